#!/usr/bin/env python3
"""What PyTorch makes of group norm with SiLU, for tests/group_norm.rs to compare with.

    python3 tests/reference/group_norm.py        (any PyTorch >= 1.13 does)

writes  group_norm.json      for each case some numbers of the output and of each gradient of
                             sum(output * probe), and last a probe of all of them

Inputs come from a formula that both sides evaluate exactly (`signed` of vae.py); everything is computed
in double precision.
"""
import json

import torch
import torch.nn.functional as F

from convolution import some, tensor
from vae import HERE, rounded, signed

# Images, channels, height, width, groups, SiLU.
CASES = [
    (2, 32, 7, 7, 8, True),
    (3, 12, 5, 6, 4, True),
    (2, 6, 4, 4, 1, False),
    (1, 8, 1, 1, 2, True),
    (2, 5, 3, 9, 5, False),
]

if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    results = []
    for n, c, h, w, groups, silu in CASES:
        x, gain, bias = tensor(1, (n, c, h, w)), tensor(2, (c,)), tensor(3, (c,))
        out = F.group_norm(x, groups, gain, bias, 1e-5)
        out = F.silu(out) if silu else out
        (out * signed(4, out.numel(), 1.0).reshape(out.shape)).sum().backward()
        results.append({
            "x": [n, c, h, w],
            "groups": groups,
            "silu": silu,
            "out": some(out),
            "by_x": some(x.grad),
            "by_gain": some(gain.grad),
            "by_bias": some(bias.grad),
        })
    (HERE / "group_norm.json").write_text(json.dumps(rounded(results)) + "\n")
