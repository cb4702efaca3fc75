#!/usr/bin/env python3
"""What PyTorch makes of the GPT, for tests/gpt.rs to compare with.

    /usr/bin/python3 tests/reference/gpt.py        (Debian: python3-torch; any PyTorch >= 1.13 does)

writes  gpt.json    for each case: its options, the logits of one text, and the losses of ten training
                    steps with what the weights have become

The network is written with torch.nn.functional's own norms, activations, attention mask and
cross-entropy, the optimizer is torch.optim.AdamW with decay on the matrices alone; Muon is written
out from its definition. Weights and texts come from a formula that both sides evaluate exactly
(`unit`). Everything is computed in double precision, so what the test measures is the distance to
the mathematics. Layouts follow the program: a linear weight is [d_in, d_out].
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

from formula import signed, unit

HERE = pathlib.Path(__file__).parent
VOCABULARY, LENGTH, BATCH, STEPS = 11, 20, 6, 10
LR, BETAS, DECAY, CLIP = 3e-3, (0.9, 0.99), 0.1, 1.0
CASES = [
    {"positions": "rotary", "norm": "rms", "mlp": "swiglu", "tied": True, "optimizer": "adam"},
    {"positions": "learned", "norm": "layer", "mlp": "gelu", "tied": False, "optimizer": "adam"},
    {"positions": "rotary", "norm": "rms", "mlp": "gelu", "tied": True, "optimizer": "muon"},
]
SIZE = {"n_layer": 2, "n_head": 2, "n_embd": 16, "block_size": 24}


def shapes(c):
    """Name -> shape of every parameter, sorted by name."""
    width = SIZE["n_embd"]
    hidden = 4 * width if c["mlp"] == "gelu" else math.ceil(math.ceil(8 * width / 3) / 16) * 16
    out = {"wte": (VOCABULARY, width), "norm_f": (width,)}
    if c["positions"] == "learned":
        out["wpe"] = (SIZE["block_size"], width)
    if not c["tied"]:
        out["head"] = (VOCABULARY, width)
    for i in range(SIZE["n_layer"]):
        at = f"layers.{i}."
        out[at + "norm_1"] = out[at + "norm_2"] = (width,)
        out[at + "qkv"] = (width, 3 * width)
        out[at + "proj"] = (width, width)
        out[at + "up"] = (width, hidden if c["mlp"] == "gelu" else 2 * hidden)
        out[at + "down"] = (hidden, width)
    return dict(sorted(out.items()))


def weights(c):
    out = {}
    for salt, (name, shape) in enumerate(shapes(c).items()):
        n = math.prod(shape)
        # Gains around one, matrices large enough for every part to matter.
        values = 1 + signed(salt, n, 0.3) if len(shape) == 1 else signed(salt, n, 0.4)
        out[name] = values.float().double().reshape(shape).requires_grad_()
    return out


def texts(salt, n):
    return torch.tensor([int(unit(salt, i) * VOCABULARY) for i in range(n)])


def norm(c, x, gain):
    if c["norm"] == "layer":
        return F.layer_norm(x, x.shape[-1:], weight=gain, eps=1e-5)
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * gain


def turn(x):
    """Rotary positions: each pair (i, i + d/2) as a complex number times exp(i t θ)."""
    t, d = x.shape[-2:]
    theta = 10000.0 ** (-torch.arange(d // 2, dtype=torch.float64) / (d // 2))
    angle = torch.arange(t, dtype=torch.float64)[:, None] * theta
    turned = torch.complex(x[..., : d // 2], x[..., d // 2 :]) * torch.exp(1j * angle)
    return torch.cat([turned.real, turned.imag], -1)


def forward(c, w, ids):
    b, t = ids.shape
    width, heads = SIZE["n_embd"], SIZE["n_head"]
    x = F.embedding(ids, w["wte"])
    if c["positions"] == "learned":
        x = x + w["wpe"][:t]
    mask = torch.full((t, t), float("-inf"), dtype=torch.float64).triu(1)
    for i in range(SIZE["n_layer"]):
        at = f"layers.{i}."
        h = norm(c, x, w[at + "norm_1"]) @ w[at + "qkv"]
        q, k, v = (p.reshape(b, t, heads, -1).transpose(1, 2) for p in h.split(width, -1))
        if c["positions"] == "rotary":
            q, k = turn(q), turn(k)
        a = F.softmax(q @ k.transpose(2, 3) / math.sqrt(width / heads) + mask, -1) @ v
        x = x + a.transpose(1, 2).reshape(b, t, width) @ w[at + "proj"]
        h = norm(c, x, w[at + "norm_2"]) @ w[at + "up"]
        if c["mlp"] == "gelu":
            h = F.gelu(h, approximate="tanh")
        else:
            value, gate = h.chunk(2, -1)
            h = value * F.silu(gate)
        x = x + h @ w[at + "down"]
    return norm(c, x, w["norm_f"]) @ w["wte" if c["tied"] else "head"].T


def newton_schulz(x):
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        gram = x @ x.T
        x = 3.4445 * x + (-4.775 * gram + 2.0315 * gram @ gram) @ x
    return x.T if tall else x


class Muon:
    def __init__(self, params):
        self.momentum = [(p, torch.zeros_like(p)) for p in params]

    @torch.no_grad()
    def step(self):
        for p, m in self.momentum:
            m.mul_(0.95).add_(p.grad, alpha=0.05)
            ahead = 0.95 * m + 0.05 * p.grad
            p.mul_(1 - LR * DECAY)
            p.sub_(newton_schulz(ahead), alpha=LR * 0.2 * math.sqrt(max(p.shape)))


def case(index, c):
    w = weights(c)
    logits = forward(c, w, texts(100 + index, LENGTH)[None])[0]
    inside = [p for n, p in w.items() if n.startswith("layers.") and p.dim() == 2]
    by_muon = inside if c["optimizer"] == "muon" else []
    others = [p for p in w.values() if not any(p is q for q in by_muon)]
    adam = torch.optim.AdamW(
        [
            {"params": [p for p in others if p.dim() == 2], "weight_decay": DECAY},
            {"params": [p for p in others if p.dim() != 2], "weight_decay": 0.0},
        ],
        lr=LR, betas=BETAS, eps=1e-8,
    )
    muon = Muon(by_muon)
    losses = []
    for step in range(STEPS):
        batch = texts(1000 * (index + 1) + step, BATCH * (LENGTH + 1)).reshape(BATCH, LENGTH + 1)
        out = forward(c, w, batch[:, :-1])
        loss = F.cross_entropy(out.reshape(-1, VOCABULARY), batch[:, 1:].reshape(-1))
        for p in w.values():
            p.grad = None
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(w.values()), CLIP)
        adam.step()
        muon.step()
        losses.append(loss.item())
    return {
        "config": {**SIZE, **{k: c[k] for k in ("positions", "norm", "mlp", "tied")}},
        "optimizer": c["optimizer"],
        "shapes": {n: list(s) for n, s in shapes(c).items()},
        "logits": [round(v, 9) for v in logits.flatten().tolist()],
        "losses": losses,
        "trained": {n: [round(v, 9) for v in p.flatten()[:6].tolist()] for n, p in w.items()},
    }


if __name__ == "__main__":
    out = {
        "vocabulary": VOCABULARY, "length": LENGTH, "batch": BATCH,
        "lr": LR, "beta_2": BETAS[1], "weight_decay": DECAY, "clip": CLIP,
        "cases": [case(i, c) for i, c in enumerate(CASES)],
    }
    (HERE / "gpt.json").write_text(json.dumps(out, indent=1) + "\n")
    for c in out["cases"]:
        print(c["config"], c["optimizer"], c["losses"][0], c["losses"][-1])
