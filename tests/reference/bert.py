#!/usr/bin/env python3
"""What PyTorch makes of BERT, for tests/bert.rs to compare with.

    /usr/bin/python3 tests/reference/bert.py        (Debian: python3-torch; any PyTorch >= 1.13 does)

writes  bert.json   options, texts with some tokens hidden, the logits there, the loss, and of the gradients by all
                    weights their beginnings, sizes and a probe of all

The network is written with torch.nn.functional's own activations, attention and cross-entropy. Weights come from a
formula that both sides evaluate exactly (`formula.py`). Everything is computed in double precision. Layouts follow the
program: a linear weight is [d_in, d_out].
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

from formula import signed, unit

HERE = pathlib.Path(__file__).parent
VOCABULARY, LENGTH, TEXTS = 13, 20, 3
CONFIG = {"n_layer": 2, "n_head": 2, "n_embd": 16, "block_size": 24}


def shapes():
    """Name -> shape of every parameter, sorted by name; the table has a row more, for the gap."""
    c = CONFIG["n_embd"]
    hidden = math.ceil(math.ceil(8 * c / 3) / 16) * 16
    out = {"wte": (VOCABULARY + 1, c), "norm_f": (c,)}
    for i in range(CONFIG["n_layer"]):
        at = f"layers.{i}."
        out[at + "norm_1"] = out[at + "norm_2"] = (c,)
        out[at + "qkv"] = (c, 3 * c)
        out[at + "proj"] = (c, c)
        out[at + "up"] = (c, 2 * hidden)
        out[at + "down"] = (hidden, c)
    return dict(sorted(out.items()))


def weights():
    out = {}
    for salt, (name, shape) in enumerate(shapes().items()):
        n = math.prod(shape)
        values = 1 + signed(salt, n, 0.3) if len(shape) == 1 else signed(salt, n, 0.4)
        out[name] = values.float().double().reshape(shape).requires_grad_()
    return out


def rotated(x):
    """Pairs (i, i + d/2) of each head turned by position / 10000^(2 i / d) (Su et al. 2021)."""
    t, d = x.shape[-2], x.shape[-1]
    rates = 10000.0 ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    angles = torch.arange(t, dtype=torch.float64)[:, None] * rates
    cos, sin = angles.cos(), angles.sin()
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)


def norm(x, gain):
    return x / (x.pow(2).mean(-1, keepdim=True) + 1e-5).sqrt() * gain


def forward(w, ids):
    """[texts, t] -> what the last layer makes of each token."""
    n, t = ids.shape
    c, heads = CONFIG["n_embd"], CONFIG["n_head"]
    x = w["wte"][ids]
    for i in range(CONFIG["n_layer"]):
        at = f"layers.{i}."
        q, k, v = (norm(x, w[at + "norm_1"]) @ w[at + "qkv"]).split(c, -1)
        q, k, v = (y.reshape(n, t, heads, c // heads).transpose(1, 2) for y in (q, k, v))
        mixed = F.scaled_dot_product_attention(rotated(q), rotated(k), v) if hasattr(
            F, "scaled_dot_product_attention"
        ) else torch.softmax(rotated(q) @ rotated(k).transpose(-1, -2) / math.sqrt(c // heads), -1) @ v
        x = x + mixed.transpose(1, 2).reshape(n, t, c) @ w[at + "proj"]
        value, gate = (norm(x, w[at + "norm_2"]) @ w[at + "up"]).chunk(2, -1)
        x = x + (value * F.silu(gate)) @ w[at + "down"]
    return norm(x, w["norm_f"])


def digest(values):
    """A few of many numbers, their size, and a probe of all; see `digest` in tests/common/mod.rs."""
    flat = values.flatten()
    probe = signed(777, flat.numel(), 1.0)
    return {
        "head": [float(v) for v in flat[:6]],
        "norm": float(flat.norm()),
        "largest": float(flat.abs().max()),
        "probe": float((flat * probe).sum()),
    }


if __name__ == "__main__":
    w = weights()
    n = TEXTS * LENGTH
    ids = torch.tensor([int(unit(50, i) * VOCABULARY) for i in range(n)])
    places = torch.tensor([i for i in range(n) if unit(51, i) < 0.2])
    shown = ids.clone()
    # Gaps, one token in the place of another, and one that stays.
    shown[places] = VOCABULARY
    shown[places[1]], shown[places[2]] = (ids[places[1]] + 1) % VOCABULARY, ids[places[2]]
    x = forward(w, shown.reshape(TEXTS, LENGTH)).reshape(n, -1)
    logits = x[places] @ w["wte"][:VOCABULARY].T
    loss = F.cross_entropy(logits, ids[places])
    loss.backward()
    out = {
        "config": CONFIG, "vocabulary": VOCABULARY, "length": LENGTH, "texts": TEXTS,
        "shapes": {name: list(shape) for name, shape in shapes().items()},
        "shown": shown.tolist(), "places": places.tolist(), "targets": ids[places].tolist(),
        "logits": [round(v, 9) for v in logits.flatten().tolist()],
        "loss": loss.item(),
        "gradients": {name: digest(p.grad) for name, p in w.items()},
    }
    (HERE / "bert.json").write_text(json.dumps(out, indent=1) + "\n")
    print(loss.item(), len(places))
