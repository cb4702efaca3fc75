#!/usr/bin/env python3
"""What PyTorch makes of a PixelRNN with diagonal LSTMs, for tests/pixelrnn.rs to compare with.

    python3 tests/reference/pixelrnn.py        (any PyTorch >= 1.13 does)

writes  pixelrnn.json    a row of LSTM cells with its gradients, and for each model logits, the loss and the
                         gradient of every weight

The cell is torch.nn.LSTMCell; the walk over the image goes pixel by pixel, and the first convolution is a
square kernel times a mask. Weights and pixels come from a formula that both sides evaluate exactly (`signed`
of formula.py); all is computed in double precision. A linear weight is [d_in, d_out].
"""
import json
import math

import torch
import torch.nn.functional as F

from vae import HERE, digest, rounded, signed

# Levels, units, layers, reach; height and width; images.
MODELS = [(2, 4, 1, 2, 5, 6, 3), (2, 3, 2, 1, 4, 7, 2), (5, 4, 2, 3, 6, 3, 5)]
ROWS, UNITS = 7, 6


def cell(gates, memory):
    """h and c from gates in the order o, f, i, g; PyTorch's own order is i, f, g, o."""
    p = memory.shape[1]
    lstm = torch.nn.LSTMCell(4 * p, p, bias=False, dtype=torch.float64)
    with torch.no_grad():
        lstm.weight_ih.copy_(torch.eye(4 * p))
        lstm.weight_hh.zero_()
    o, f, i, g = gates.split(p, 1)
    return lstm(torch.cat([i, f, g, o], 1), (torch.zeros_like(memory), memory))


def cells():
    gates = signed(21, ROWS * 4 * UNITS, 2.0).reshape(ROWS, -1).requires_grad_()
    memory = signed(22, ROWS * UNITS, 1.0).reshape(ROWS, -1).requires_grad_()
    out = torch.cat(cell(gates, memory), 1)
    loss = (out * signed(23, ROWS * 2 * UNITS, 1.0).reshape(ROWS, -1)).sum()
    by_gates, by_memory = torch.autograd.grad(loss, [gates, memory])
    return {"out": digest(out), "gates": digest(by_gates), "memory": digest(by_memory)}


def shapes(levels, units, layers, reach):
    c, outputs = 2 * units, 1 if levels == 2 else levels
    out = {
        "above.weight": (c, 1, reach, 2 * reach + 1),
        "above.bias": (c,),
        "left.weight": (c, 1, 1, reach),
        "left.bias": (c,),
        "head.weight": (c, c),
        "head.bias": (c,),
        "logits.weight": (c, outputs),
        "logits.bias": (outputs,),
    }
    for i in range(layers):
        for side in ("from_left", "from_right"):
            out[f"layers.{i}.{side}.input.weight"] = (c, 4 * units)
            out[f"layers.{i}.{side}.input.bias"] = (4 * units,)
            out[f"layers.{i}.{side}.state"] = (c, 4 * units)
        out[f"layers.{i}.out.weight"] = (units, c)
        out[f"layers.{i}.out.bias"] = (c,)
    return out


def masked(weight, x, reach, first, bias):
    """A square kernel of which only `weight` [c, 1, rows, columns], from its row `first` on, is not masked."""
    side = 2 * reach + 1
    kernel = torch.zeros(weight.shape[0], 1, side, side, dtype=torch.float64)
    kernel[:, :, first : first + weight.shape[2], : weight.shape[3]] = weight
    return F.conv2d(x, kernel, bias, padding=reach)


def walk(p, name, x, mirrored):
    """Hidden states [n, units, h, w] of inputs [n, c, h, w]."""
    n, _, h, w = x.shape
    weight, bias, state = (p[f"{name}.{part}"] for part in ("input.weight", "input.bias", "state"))
    units = state.shape[1] // 4
    nothing = (torch.zeros(n, units, dtype=torch.float64),) * 2
    done = {}
    for y in range(h):
        for column in range(w):
            at = w - 1 - column if mirrored else column
            left = done.get((y, at + 1 if mirrored else at - 1), nothing)
            above = done.get((y - 1, at), nothing)
            gates = x[:, :, y, at] @ weight + bias + torch.cat([above[0], left[0]], 1) @ state
            done[y, at] = cell(gates, left[1])
    rows = [torch.stack([done[y, x][0] for x in range(w)], 2) for y in range(h)]
    return torch.stack(rows, 2)


def below(x):
    return torch.cat([torch.zeros_like(x[:, :, :1]), x[:, :, :-1]], 2)


def pixelwise(x, weight, bias):
    return torch.einsum("nchw,cd->ndhw", x, weight) + bias[:, None, None]


def run(levels, units, layers, reach, height, width, images):
    p = {}
    for k, (name, shape) in enumerate(sorted(shapes(levels, units, layers, reach).items())):
        p[name] = signed(100 + k, math.prod(shape), 0.6).reshape(shape).requires_grad_()
    top = levels - 1
    pixels = signed(99, images * height * width, 0.5)
    target = torch.floor((pixels + 0.5) * top + 0.5).reshape(images, 1, height, width)
    x = target / top * 2 - 1
    near = masked(p["above.weight"], x, reach, 0, p["above.bias"])
    first = torch.arange(height)[:, None] == 0
    near = torch.where(first, torch.zeros_like(near), near)
    s = near + masked(p["left.weight"], x, reach, reach, p["left.bias"])
    for i in range(layers):
        a = walk(p, f"layers.{i}.from_left", s, False)
        b = walk(p, f"layers.{i}.from_right", near if i == 0 else below(s), True)
        s = s + pixelwise(a + b, p[f"layers.{i}.out.weight"], p[f"layers.{i}.out.bias"])
    h = F.relu(pixelwise(F.relu(s), p["head.weight"], p["head.bias"]))
    logits = pixelwise(h, p["logits.weight"], p["logits.bias"])
    if levels == 2:
        loss = F.binary_cross_entropy_with_logits(logits, target, reduction="sum") / images
    else:
        loss = F.cross_entropy(logits, target[:, 0].long(), reduction="sum") / images
    names = sorted(p)
    gradients = torch.autograd.grad(loss, [p[name] for name in names])
    return {
        "levels": levels,
        "units": units,
        "layers": layers,
        "reach": reach,
        "height": height,
        "width": width,
        "images": images,
        "logits": digest(logits),
        "loss": loss.item(),
        "gradients": {name: digest(g) for name, g in zip(names, gradients)},
    }


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    found = {"cell": cells(), "models": [run(*model) for model in MODELS]}
    (HERE / "pixelrnn.json").write_text(json.dumps(rounded(found), indent=1) + "\n")
