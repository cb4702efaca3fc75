#!/usr/bin/env python3
"""What PyTorch makes of the agent's transformer, for tests/agent.rs to compare with.

    /usr/bin/python3 tests/reference/agent.py        (any PyTorch >= 1.13 does)

writes  agent.json    a few episodes, the logits of the actions at each of their moments, how much the first episode's
                      moments attend to words and cells, the loss, and the gradient of every weight

Each episode goes through the network by itself, each moment looks at its own things; attention is torch.nn.functional's
multi_head_attention_forward. Weights come from a formula that both sides evaluate exactly (`signed`); everything is
computed in double precision. A linear weight is [d_in, d_out].
"""
import json
import math
import random

import torch
import torch.nn.functional as F

from vae import HERE, digest, signed

SIZE = {"n_layer": 2, "n_head": 2, "n_embd": 16, "plan": 0.25}
C, WORDS, MOST_WORDS, CELLS, GROUND, FAR, ACTIONS, LENGTH = 16, 17, 18, 49, 6, 15, 6, 64
GOALS, OWN, FRONT, COLOURS = (5, 7, 5), 45, 38, 6


def shapes():
    """Name -> shape of every parameter."""
    out = {"words": (WORDS, C), "word_at": (MOST_WORDS, C), "sorts": (7, C), "colours": (7, C), "states": (3, C)}
    out |= {"places": (CELLS, C), "ground": (CELLS * GROUND, 2 * C), "ground_out": (2 * C, C), "norm": (C,)}
    out |= {"before": (2 * FAR + 1, C), "beside": (2 * FAR + 1, C), "turned": (4, C), "last": (ACTIONS + 1, C)}
    out |= {"time": (LENGTH, C), "action": (C, ACTIONS)}
    out |= {name: (C, n) for name, n in zip(("verb", "colour", "sort"), GOALS)}

    def attention(at):
        out.update({at + "norm": (C,), at + "q": (C, C), at + "kv": (C, 2 * C), at + "proj": (C, C)})

    def mlp(at):
        out.update({at + "norm": (C,), at + "up": (C, 4 * C), at + "down": (4 * C, C)})

    attention("read.")
    mlp("read_mlp.")
    for i in range(SIZE["n_layer"]):
        for part in ("past", "words", "things"):
            attention(f"layers.{i}.{part}.")
        mlp(f"layers.{i}.mlp.")
    return out


def weights():
    out = {}
    for index, (name, shape) in enumerate(sorted(shapes().items())):
        n = math.prod(shape)
        values = 1 + signed(index + 1, n, 0.3) if len(shape) == 1 else signed(index + 1, n, 0.4)
        out[name] = values.float().double().reshape(shape).requires_grad_()
    return out


def norm(x, gain):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * gain


def attend(w, at, x, memory, causal=False):
    """By PyTorch's own attention of several heads: rows x, normed, look at rows memory (their own if there is none)."""
    h = norm(x, w[at + "norm"])
    memory = h if memory is None else memory
    keys, values = w[at + "kv"].split(C, 1)
    mask = torch.full((len(x), len(memory)), float("-inf"), dtype=torch.float64).triu(1) if causal else None
    mixed, looks = F.multi_head_attention_forward(
        h[:, None], memory[:, None], memory[:, None], C, SIZE["n_head"], None, None, None, None, False, 0.0,
        w[at + "proj"].T, None, training=False, need_weights=True, attn_mask=mask, use_separate_proj_weight=True,
        q_proj_weight=w[at + "q"].T, k_proj_weight=keys.T, v_proj_weight=values.T,
    )
    return x + mixed[:, 0], looks[0]


def mlp(w, at, x):
    return x + F.gelu(norm(x, w[at + "norm"]) @ w[at + "up"], approximate="tanh") @ w[at + "down"]


def traits(symbol):
    """Sort, colour and state of a symbol of a view."""
    if symbol < 3:
        return symbol, COLOURS, 0
    if symbol < 21:
        return 3, (symbol - 3) // 3, (symbol - 3) % 3
    return 4 + (symbol - 21) // 6, (symbol - 21) % 6, 0


def ground(symbol):
    if symbol < 3:
        return symbol
    if symbol < 21:
        return (1, 3, 4)[(symbol - 3) % 3]
    return 5


def forward(w, episode):
    ids = torch.tensor(episode["words"])
    words = w["words"][ids] + w["word_at"][: len(ids)]
    words = mlp(w, "read_mlp.", attend(w, "read.", words, None)[0])
    rows, things, places = [], [], []
    for t, moment in enumerate(episode["moments"]):
        cells = torch.zeros(CELLS, GROUND, dtype=torch.float64)
        for i, symbol in enumerate(moment["sight"]):
            cells[i, ground(symbol)] = 1
        hidden = F.gelu(cells.flatten() @ w["ground"], approximate="tanh") @ w["ground_out"]
        before, beside = moment["place"]
        hidden = hidden + w["before"][before + FAR] + w["beside"][beside + FAR] + w["turned"][moment["turned"]]
        rows.append(hidden + w["last"][moment["last"]] + w["time"][t])
        seen = [i for i, symbol in enumerate(moment["sight"]) if symbol > 2 or i in (OWN, FRONT)]
        told = [traits(moment["sight"][i]) for i in seen]
        things.append(
            torch.stack([w["sorts"][s] + w["colours"][c] + w["states"][d] + w["places"][i]
                         for (s, c, d), i in zip(told, seen)])
        )
        places.append(seen)
    x = torch.stack(rows)
    looks_words, looks_cells = 0, torch.zeros(len(rows), CELLS, dtype=torch.float64)
    for i in range(SIZE["n_layer"]):
        at = f"layers.{i}."
        x = attend(w, at + "past.", x, None, True)[0]
        x, looks = attend(w, at + "words.", x, words)
        looks_words = looks_words + looks / SIZE["n_layer"]
        each = [attend(w, at + "things.", x[t : t + 1], things[t]) for t in range(len(rows))]
        x = torch.cat([row for row, _ in each])
        for t, (_, looks) in enumerate(each):
            looks_cells[t, places[t]] += looks[0].detach() / SIZE["n_layer"]
        x = mlp(w, at + "mlp.", x)
    return norm(x, w["norm"]), looks_words, looks_cells


def episodes():
    draw = random.Random(3)
    out = []
    for length, words in [(3, [0, 1, 6, 7, 14]), (1, [4, 6, 16]), (5, [2, 3, 6, 9, 13, 5, 0, 1, 6, 11, 15])]:
        moments = []
        for _ in range(length):
            sight = [draw.choice([0, 1, 1, 1, 2, draw.randrange(3, 39)]) for _ in range(CELLS)]
            moments.append({
                "sight": sight, "place": [draw.randint(-15, 15), draw.randint(-15, 15)], "turned": draw.randrange(4),
                "last": draw.randrange(7), "right": draw.randrange(6), "goal": [draw.randrange(n) for n in GOALS],
            })
        out.append({"words": words, "moments": moments})
    return out


def main():
    w, all_episodes = weights(), episodes()
    found = [forward(w, episode) for episode in all_episodes]
    x = torch.cat([rows for rows, _, _ in found])
    moments = [moment for episode in all_episodes for moment in episode["moments"]]
    logits = x @ w["action"]
    loss = F.cross_entropy(logits, torch.tensor([moment["right"] for moment in moments]))
    for i, name in enumerate(("verb", "colour", "sort")):
        right = torch.tensor([moment["goal"][i] for moment in moments])
        loss = loss + SIZE["plan"] * F.cross_entropy(x @ w[name], right)
    loss.backward()
    out = {
        "config": SIZE,
        "episodes": all_episodes,
        "logits": digest(logits),
        "words": found[0][1].detach().flatten().tolist(),
        "cells": found[0][2].flatten().tolist(),
        "loss": loss.item(),
        "gradients": {name: digest(value.grad) for name, value in w.items()},
    }
    (HERE / "agent.json").write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
