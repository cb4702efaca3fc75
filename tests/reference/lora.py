#!/usr/bin/env python3
"""What PyTorch makes of low-rank adapters on the GPT, for tests/tuned.rs to compare with.

    /usr/bin/python3 tests/reference/lora.py       (Debian: python3-torch; any PyTorch >= 1.13 does)

writes  lora.json   the logits of one text, the gradient of the first loss by each factor, and the losses of ten
                    steps of Adam on the factors alone, with what they have become

Here the adapter is a layer of its own beside the matrix, h = x W + (alpha / r) (x A) B, as in the paper's figure 1; the
program adds the matrices first. The network is that of gpt.py, whose weights stay. Double precision throughout.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

import gpt
from formula import signed

HERE = pathlib.Path(__file__).parent
RANK, ALPHA = 2, 3.0
CASE = gpt.CASES[0]


class Adapted:
    """A matrix with an adapter beside it: PyTorch asks it what `x @ self` is."""

    def __init__(self, w, a, b):
        self.w, self.a, self.b = w, a, b

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        x, layer = args
        return x @ layer.w + (ALPHA / RANK) * ((x @ layer.a) @ layer.b)


def factors():
    """Name -> value of every factor, in the order of their names."""
    shapes = gpt.shapes(CASE)
    out = {}
    for i in range(gpt.SIZE["n_layer"]):
        for name in ("qkv", "proj", "up", "down"):
            d_in, d_out = shapes[f"layers.{i}.{name}"]
            out[f"adapters.{i}.{name}.a"] = (d_in, RANK)
            out[f"adapters.{i}.{name}.b"] = (RANK, d_out)
    values = {}
    for salt, (name, (rows, columns)) in enumerate(sorted(out.items())):
        value = signed(500 + salt, rows * columns, 0.3).reshape(rows, columns)
        values[name] = value.requires_grad_()
    return values


def adapted(w, f):
    out = {name: value.detach() for name, value in w.items()}
    for name in w:
        at = "adapters." + name.removeprefix("layers.")
        if at + ".a" in f:
            out[name] = Adapted(out[name], f[at + ".a"], f[at + ".b"])
    return out


def main():
    w, f = gpt.weights(CASE), factors()
    logits = gpt.forward(CASE, adapted(w, f), gpt.texts(100, gpt.LENGTH)[None])[0]
    adam = torch.optim.Adam(list(f.values()), lr=gpt.LR, betas=gpt.BETAS, eps=1e-8)
    losses, gradients = [], {}
    for step in range(gpt.STEPS):
        batch = gpt.texts(1000 + step, gpt.BATCH * (gpt.LENGTH + 1)).reshape(gpt.BATCH, gpt.LENGTH + 1)
        out = gpt.forward(CASE, adapted(w, f), batch[:, :-1])
        loss = F.cross_entropy(out.reshape(-1, gpt.VOCABULARY), batch[:, 1:].reshape(-1))
        adam.zero_grad()
        loss.backward()
        if step == 0:
            gradients = {n: [round(v, 10) for v in p.grad.flatten()[:6].tolist()] for n, p in f.items()}
        torch.nn.utils.clip_grad_norm_(list(f.values()), gpt.CLIP)
        adam.step()
        losses.append(loss.item())
    out = {
        "rank": RANK, "alpha": ALPHA, "vocabulary": gpt.VOCABULARY, "length": gpt.LENGTH, "batch": gpt.BATCH,
        "lr": gpt.LR, "beta_2": gpt.BETAS[1], "clip": gpt.CLIP,
        "config": {**gpt.SIZE, **{k: CASE[k] for k in ("positions", "norm", "mlp", "tied")}},
        "shapes": {n: list(s) for n, s in gpt.shapes(CASE).items()},
        "factors": {n: list(p.shape) for n, p in sorted(f.items())},
        "logits": [round(v, 9) for v in logits.flatten().tolist()],
        "gradients": gradients,
        "losses": losses,
        "trained": {n: [round(v, 9) for v in p.flatten()[:6].tolist()] for n, p in f.items()},
    }
    (HERE / "lora.json").write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
