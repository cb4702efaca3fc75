#!/usr/bin/env python3
"""What PyTorch makes of the drum transformer, for tests/drums.rs to compare with.

    python3 tests/reference/drums.py        (any PyTorch >= 1.13 does)

writes  drums.json      a groove, what of it is told, the nats of all that is not, and the gradient's norm

Weights come from a formula that both sides evaluate exactly (`signed`); everything is computed in double precision, cell
by cell, as the top of src/families/drums/mod.rs has it.
"""
import json
import math

import torch
import torch.nn.functional as F

from vae import HERE, digest, signed

DRUMS, VELOCITIES, OFFSETS, BAR, STYLES, TEMPI, AHEAD, STEPS = 9, 8, 15, 16, 19, 11, 8, 20
PLAYED = VELOCITIES + OFFSETS
READ = DRUMS * PLAYED + AHEAD * DRUMS * 2 + BAR + STYLES + TEMPI
C, HEADS, HIDDEN, LAYERS = 16, 2, 32, 2

SHAPES = {"read": (READ, C), "norm_f": (C,), "hit_row": (C, C), "hit_before": (2 * DRUMS, C), "hit_out": (C, DRUMS),
          "hit_bias": (DRUMS,), "play_row": (C, C), "play_others": (2 * DRUMS + DRUMS * PLAYED, C),
          "play_velocity": (VELOCITIES, C), "velocity_out": (C, VELOCITIES), "velocity_bias": (VELOCITIES,),
          "offset_out": (C, OFFSETS), "offset_bias": (OFFSETS,)}
for i in range(LAYERS):
    for name, shape in {"norm_1": (C,), "qkv": (C, 3 * C), "proj": (C, C), "norm_2": (C,), "up": (C, HIDDEN),
                        "down": (HIDDEN, C)}.items():
        SHAPES[f"layers.{i}.{name}"] = shape
w = {}
for index, (name, shape) in enumerate(sorted(SHAPES.items())):
    scale = math.sqrt(3 / shape[0]) if len(shape) == 2 else 0.3
    values = torch.as_tensor(signed(index + 1, math.prod(shape), scale), dtype=torch.float64)
    w[name] = values.reshape(shape).requires_grad_()


def rms(x, gain):
    return x / (x.square().mean(-1, keepdim=True) + 1e-5).sqrt() * gain


def rotate(x):
    """[t, heads, d]: the halves of each head are the parts of complex numbers."""
    t, _, d = x.shape
    falls = 10_000.0 ** (-torch.arange(d // 2, dtype=torch.float64) / (d // 2))
    angle = torch.arange(t, dtype=torch.float64)[:, None] * falls
    turned = torch.complex(x[..., : d // 2], x[..., d // 2 :]) * torch.polar(torch.ones_like(angle), angle)[:, None]
    return torch.cat([turned.real, turned.imag], -1)


def split(code):
    return (code - 1) // OFFSETS, (code - 1) % OFFSETS


def one(i, n):
    return F.one_hot(torch.tensor(i), n).double()


def how(code):
    """How a drum is hit: its velocity and its offset, or nothing."""
    if code == 0:
        return torch.zeros(PLAYED).double()
    velocity, offset = split(code)
    return torch.cat([one(velocity, VELOCITIES), one(offset, OFFSETS)])


def told_of(cells, told, t, d):
    if t >= STEPS or not told[t][d]:
        return torch.zeros(2).double()
    return one(0 if cells[t][d] else 1, 2)


def nats(cells, told, style, tempo):
    silence = [0] * DRUMS
    rows = []
    for t in range(STEPS):
        past = cells[t - 1] if t else silence
        ahead = [told_of(cells, told, t + a, d) for a in range(AHEAD) for d in range(DRUMS)]
        rows.append(torch.cat([how(code) for code in past] + ahead + [one(t % BAR, BAR), one(style, STYLES), one(tempo, TEMPI)]))
    x = torch.stack(rows) @ w["read"]
    for i in range(LAYERS):
        p = {name: w[f"layers.{i}.{name}"] for name in ["norm_1", "qkv", "proj", "norm_2", "up", "down"]}
        q, k, v = (rms(x, p["norm_1"]) @ p["qkv"]).reshape(STEPS, 3, HEADS, C // HEADS).unbind(1)
        q, k = rotate(q), rotate(k)
        fits = torch.einsum("ihd,jhd->hij", q, k) / math.sqrt(C // HEADS)
        later = torch.ones(STEPS, STEPS).triu(1).bool()
        mixed = torch.einsum("hij,jhd->ihd", fits.masked_fill(later, -math.inf).softmax(-1), v)
        x = x + mixed.reshape(STEPS, C) @ p["proj"]
        x = x + F.gelu(rms(x, p["norm_2"]) @ p["up"], approximate="tanh") @ p["down"]
    x = rms(x, w["norm_f"])
    out = []
    for t in range(STEPS):
        hits = torch.tensor([float(code > 0) for code in cells[t]]).double()
        of = [how(code) for code in cells[t]]
        for d in range(DRUMS):
            each = [torch.zeros(()).double()] * 3
            before = torch.cat([hits[:d], torch.zeros(DRUMS - d).double(), one(d, DRUMS)])
            h = F.relu(x[t] @ w["hit_row"] + before @ w["hit_before"])
            logit = (h @ w["hit_out"] + w["hit_bias"])[d]
            if not told[t][d]:
                each[0] = -F.logsigmoid(logit if cells[t][d] else -logit)
            if cells[t][d]:
                velocity, offset = split(cells[t][d])
                later = torch.zeros((DRUMS - d) * PLAYED).double()
                others = torch.cat([hits, one(d, DRUMS)] + of[:d] + [later])
                playing = x[t] @ w["play_row"] + others @ w["play_others"]
                logits = F.relu(playing) @ w["velocity_out"] + w["velocity_bias"]
                each[1] = -F.log_softmax(logits, 0)[velocity]
                logits = F.relu(playing + w["play_velocity"][velocity]) @ w["offset_out"] + w["offset_bias"]
                each[2] = -F.log_softmax(logits, 0)[offset]
            out.append(torch.stack(each))
    return torch.stack(out)


cells = [[0 if (3 * t + 5 * d) % 7 > 1 else 1 + (11 * t + 7 * d) % 120 for d in range(DRUMS)] for t in range(STEPS)]
cases = {"continued": [[False] * DRUMS] * STEPS, "humanised": [[True] * DRUMS] * STEPS}
# 3 is latin; 110 quarters a minute are of class 4.
out = {"steps": STEPS, "style": 3, "tempo": 110, "cells": sum(cells, [])}
for name, told in cases.items():
    found = nats(cells, told, 3, 4)
    for tensor in w.values():
        tensor.grad = None
    found.sum().backward()
    out[name] = digest(found.detach())
    out[name + "Gradient"] = math.sqrt(sum(float(v.grad.square().sum()) for v in w.values() if v.grad is not None))
if __name__ == "__main__":
    (HERE / "drums.json").write_text(json.dumps(out) + "\n")
