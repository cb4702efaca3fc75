#!/usr/bin/env python3
"""What PyTorch makes of convolutions, for tests/convolution.rs to compare with.

    python3 tests/reference/convolution.py        (any PyTorch >= 1.13 does)

writes  convolution.json     for each case some numbers of the output and of each gradient of
                             sum(output * probe), and last a probe of all of them

Inputs come from a formula that both sides evaluate exactly (`signed` of vae.py); everything is computed
in double precision.
"""
import json

import torch
import torch.nn.functional as F

from vae import HERE, rounded, signed

SOME = 40

# Channels in and out, groups; then image, kernel, stride, padding, output padding, dilation.
CASES = [
    (False, 3, 32, 1, (28, 28), (3, 3), (1, 1), (1, 1), (0, 0), (1, 1)),
    (False, 16, 8, 1, (14, 14), (3, 3), (2, 2), (1, 1), (0, 0), (1, 1)),
    (False, 6, 12, 1, (7, 7), (1, 1), (1, 1), (0, 0), (0, 0), (1, 1)),
    (False, 4, 6, 2, (9, 11), (3, 5), (2, 1), (0, 3), (0, 0), (2, 1)),
    (False, 8, 8, 8, (10, 10), (3, 3), (1, 1), (1, 1), (0, 0), (1, 1)),
    (False, 2, 3, 1, (16, 16), (4, 4), (2, 2), (1, 1), (0, 0), (1, 1)),
    (True, 16, 8, 1, (7, 7), (4, 4), (2, 2), (1, 1), (0, 0), (1, 1)),
    (True, 8, 1, 1, (14, 14), (4, 4), (2, 2), (1, 1), (0, 0), (1, 1)),
    (True, 10, 16, 1, (1, 1), (4, 4), (1, 1), (0, 0), (0, 0), (1, 1)),
    (True, 6, 9, 3, (5, 6), (3, 2), (3, 2), (1, 0), (2, 1), (1, 2)),
    (True, 4, 4, 1, (6, 6), (3, 3), (2, 2), (1, 1), (1, 1), (1, 1)),
]


def some(values):
    flat = values.detach().flatten()
    step = -(-flat.numel() // SOME)
    return flat[::step].tolist() + [(flat @ signed(5, flat.numel(), 1.0)).item()]


def tensor(salt, shape):
    n = torch.Size(shape).numel()
    return signed(salt, n, 1.0).reshape(shape).requires_grad_()


def run(case):
    transposed, c_in, c_out, groups, image, kernel, stride, padding, more, dilation = case
    channels = (c_in, c_out // groups) if transposed else (c_out, c_in // groups)
    x, w, b = tensor(1, (2, c_in, *image)), tensor(2, (*channels, *kernel)), tensor(3, (c_out,))
    if transposed:
        out = F.conv_transpose2d(x, w, b, stride, padding, more, groups, dilation)
    else:
        out = F.conv2d(x, w, b, stride, padding, dilation, groups)
    (out * signed(4, out.numel(), 1.0).reshape(out.shape)).sum().backward()
    return {
        "transposed": transposed,
        "x": list(x.shape),
        "weight": list(w.shape),
        "bias": list(b.shape),
        "groups": groups,
        "stride": stride,
        "padding": padding,
        "output_padding": more,
        "dilation": dilation,
        "out": some(out),
        "by_x": some(x.grad),
        "by_weight": some(w.grad),
        "by_bias": some(b.grad),
    }


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    results = [run(case) for case in CASES]
    (HERE / "convolution.json").write_text(json.dumps(rounded(results)) + "\n")
