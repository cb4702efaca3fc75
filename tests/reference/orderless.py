#!/usr/bin/env python3
"""What PyTorch makes of the orderless transformer, for tests/chorales.rs to compare with.

    python3 tests/reference/orderless.py        (any PyTorch >= 1.13 does)

writes  orderless.json      a score, what of it is hidden, and the logits of every symbol of every cell

Weights come from a formula that both sides evaluate exactly (`signed`); everything is computed in double precision.
"""
import json
import math

import torch
import torch.nn.functional as F

from vae import HERE, digest, signed

VOICES, SYMBOLS, CONTEXTS, STEPS = 4, 48, 49, 16
C, HEADS, HIDDEN, LAYERS = 16, 2, 32, 2

HIDDEN_SYMBOL, HOLD = SYMBOLS, 1


def weights(pitches):
    shapes = {"notes": (VOICES * (SYMBOLS + 1), C), "places": (CONTEXTS, C), "norm_f": (C,),
              "head": (C, VOICES * SYMBOLS)}
    if pitches:
        shapes |= {"sounding": (VOICES * SYMBOLS, C), "before": (VOICES * (SYMBOLS + 1), C),
                   "sounded": (VOICES * SYMBOLS, C)}
    for i in range(LAYERS):
        for name, shape in {"norm_1": (C,), "qkv": (C, 3 * C), "proj": (C, C), "norm_2": (C,), "up": (C, HIDDEN),
                            "down": (HIDDEN, C)}.items():
            shapes[f"layers.{i}.{name}"] = shape
    w = {}
    for index, (name, shape) in enumerate(sorted(shapes.items())):
        scale = math.sqrt(3 / shape[0]) if len(shape) == 2 else 0.3
        w[name] = torch.as_tensor(signed(index + 1, math.prod(shape), scale), dtype=torch.float64).reshape(shape)
    return w


def rms(x, gain):
    return x / (x.square().mean(-1, keepdim=True) + 1e-5).sqrt() * gain


def rotate(x):
    """[t, heads, d]: the halves of each head are the parts of complex numbers."""
    t, _, d = x.shape
    falls = 10_000.0 ** (-torch.arange(d // 2, dtype=torch.float64) / (d // 2))
    angle = torch.arange(t, dtype=torch.float64)[:, None] * falls
    turned = torch.complex(x[..., : d // 2], x[..., d // 2 :]) * torch.polar(torch.ones_like(angle), angle)[:, None]
    return torch.cat([turned.real, turned.imag], -1)


def heard(symbols):
    """What sounds in each sixteenth as far as it is shown; HOLD where nobody knows."""
    now, out = HOLD, []
    for symbol in symbols:
        now = HOLD if symbol == HIDDEN_SYMBOL else now if symbol == HOLD else symbol
        out.append(now)
    return out


def logits(w, cells, hidden, contexts, causal=False):
    """Of a model that reads from left to right, later sixteenths know all of those before."""
    x = w["places"][contexts]
    for v in range(VOICES):
        shown = [HIDDEN_SYMBOL if h else s for s, h in zip(cells[v], hidden[v])]
        x = x + w["notes"][[v * (SYMBOLS + 1) + s for s in shown]]
        if "before" in w:
            past = cells[v] if causal else shown
            sounds = heard(past)
            now = [HOLD if s == HIDDEN_SYMBOL else p for s, p in zip(shown, sounds)]
            x = x + w["sounding"][[v * SYMBOLS + p for p in now]]
            x = x + w["before"][[v * (SYMBOLS + 1) + s for s in [HIDDEN_SYMBOL] + past[:-1]]]
            x = x + w["sounded"][[v * SYMBOLS + p for p in [HOLD] + sounds[:-1]]]
    for i in range(LAYERS):
        p = {name: w[f"layers.{i}.{name}"] for name in ["norm_1", "qkv", "proj", "norm_2", "up", "down"]}
        q, k, v = (rms(x, p["norm_1"]) @ p["qkv"]).reshape(STEPS, 3, HEADS, C // HEADS).unbind(1)
        q, k = rotate(q), rotate(k)
        mixed = F.scaled_dot_product_attention(q.transpose(0, 1), k.transpose(0, 1), v.transpose(0, 1), is_causal=causal)
        x = x + mixed.transpose(0, 1).reshape(STEPS, C) @ p["proj"]
        x = x + F.gelu(rms(x, p["norm_2"]) @ p["up"], approximate="tanh") @ p["down"]
    return rms(x, w["norm_f"]) @ w["head"]


cells = [[(7 * v + 3 * t * t) % SYMBOLS for t in range(STEPS)] for v in range(VOICES)]
for row in cells:
    row[0] = max(row[0], 2)
hidden = [[int((v + t * (v + 2)) % 5 == 0) for t in range(STEPS)] for v in range(VOICES)]
contexts = [(t * 5) % CONTEXTS for t in range(STEPS)]
# The first of a voice is shown, so that no window has to ask where its note began.
for row in hidden:
    row[0] = 0
# From the third voice down, in every sixteenth.
lower = [[int(v >= 2)] * STEPS for v in range(VOICES)]
read = logits(weights(True), cells, lower, contexts, causal=True)[:, 2 * SYMBOLS : 3 * SYMBOLS]

out = {"steps": STEPS, "cells": sum(cells, []), "hidden": sum(hidden, []), "contexts": contexts, "logits": digest(logits(weights(False), cells, hidden, contexts)),
       "pitches": digest(logits(weights(True), cells, hidden, contexts)),
       "read": digest(read)}
(HERE / "orderless.json").write_text(json.dumps(out) + "\n")
