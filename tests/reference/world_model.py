#!/usr/bin/env python3
"""What PyTorch makes of the world model, for tests/world_model.rs to compare with.

    /usr/bin/python3 tests/reference/world_model.py        (any PyTorch >= 1.13 does)

writes  world_model.json    steps with what was seen before each, probabilities of what is expected of two of them, the
                            four losses, and the gradient of every weight

What is remembered is kept here in a dictionary of places of the plane, which complex numbers are. Weights come from a
formula that both sides evaluate exactly (`signed`); everything is computed in double precision. A linear weight is
[d_in, d_out].
"""
import json
import math
import random

import torch
import torch.nn.functional as F

from vae import HERE, digest, signed

SIZE = {"n_layer": 2, "n_head": 2, "n_embd": 16}
C, HEADS, CELLS, REACH, SYMBOLS, ACTIONS, SHARP = 16, 2, 49, 6, 39, 6, 16
NEAR, OWN, FRONT, COLOURS = (2 * REACH + 1) ** 2, 45, 38, 6
FEED = -(-(-(-8 * C // 3)) // 16) * 16


def shapes():
    """Name -> shape of every parameter."""
    out = {"sorts": (7, C), "colours": (7, C), "states": (3, C), "shift": (ACTIONS * CELLS, NEAR), "norm": (C,)}
    out |= {name: (C, C) for name in ("here", "around", "front", "carried")}
    out |= {"places": (CELLS, C), "actions": (ACTIONS, C), "view": (C, SYMBOLS), "motion": (C, 4)}
    out |= {"verb": (3, C), "colour": (7, C), "sort": (4, C), "reward": (3 * C, 2 * C), "reward_out": (2 * C, 2)}
    for i in range(SIZE["n_layer"]):
        block = {"norm_1": (C,), "qkv": (C, 3 * C), "proj": (C, C), "norm_2": (C,), "up": (C, 2 * FEED), "down": (FEED, C)}
        out |= {f"layers.{i}.{name}": shape for name, shape in block.items()}
    return out


def weights():
    out = {}
    for index, (name, shape) in enumerate(sorted(shapes().items())):
        n = math.prod(shape)
        # Not all where it looks may be the same, nor all one.
        scale = 0.1 if name == "shift" else 0.4
        values = 1 + signed(index + 1, n, 0.3) if len(shape) == 1 else signed(index + 1, n, scale)
        out[name] = values.float().double().reshape(shape).requires_grad_()
    return out


def traits(symbol):
    """Sort, colour and state of a symbol of a view."""
    if symbol < 3:
        return symbol, COLOURS, 0
    if symbol < 21:
        return 3, (symbol - 3) // 3, (symbol - 3) % 3
    return 4 + (symbol - 21) // 6, (symbol - 21) % 6, 0


def cells(place, facing, rows, columns, last):
    """Places of a field before the agent, the farthest row first; it stands in row `last`, in the middle column."""
    right = facing * -1j
    return [place + (last - row) * facing + (column - columns // 2) * right for row in range(rows) for column in range(columns)]


class Memory:
    def __init__(self, sight):
        self.map, self.place, self.facing = {}, 0, 1j
        self.see(sight)

    def see(self, sight):
        self.sight = sight
        for i, (place, symbol) in enumerate(zip(cells(self.place, self.facing, 7, 7, 6), sight)):
            if i == OWN:
                self.map.setdefault(place, 1)
            elif symbol:
                self.map[place] = symbol

    def step(self, motion, sight):
        if motion == 3:
            self.place += self.facing
        self.facing *= (1, 1j, -1j, 1)[motion]
        self.see(sight)

    def around(self):
        return [self.map.get(place, 0) for place in cells(self.place, self.facing, 2 * REACH + 1, 2 * REACH + 1, REACH)]


def rms(x, gain):
    return x / (x.square().mean(-1, keepdim=True) + 1e-5).sqrt() * gain


def block(w, at, x):
    h = rms(x, w[at + "norm_1"])
    q, k, v = (part.reshape(-1, HEADS, C // HEADS).transpose(0, 1) for part in (h @ w[at + "qkv"]).split(C, 1))
    looks = (q @ k.transpose(1, 2) / math.sqrt(C // HEADS)).softmax(-1)
    x = x + (looks @ v).transpose(0, 1).reshape(-1, C) @ w[at + "proj"]
    value, gate = (rms(x, w[at + "norm_2"]) @ w[at + "up"]).split(FEED, 1)
    return x + (value * F.silu(gate)) @ w[at + "down"]


def forward(w, sight, around, action):
    kinds = torch.stack([w["sorts"][s] + w["colours"][c] + w["states"][d] for s, c, d in map(traits, range(SYMBOLS))])
    table = w["shift"].reshape(ACTIONS, CELLS, NEAR)[action] * SHARP
    moved = table.softmax(-1) @ (kinds @ w["around"])[around]
    told = w["actions"][action] + kinds[sight[FRONT]] @ w["front"] + kinds[sight[OWN]] @ w["carried"]
    x = (kinds @ w["here"])[sight] + moved + w["places"] + told
    for i in range(SIZE["n_layer"]):
        x = block(w, f"layers.{i}.", x)
    return rms(x, w["norm"])


def reward(w, x, asked):
    verb, colour, sort = asked
    told = torch.cat([x[FRONT], x[OWN], w["verb"][verb] + w["colour"][colour] + w["sort"][sort]])
    return F.gelu(told @ w["reward"], approximate="tanh") @ w["reward_out"]


def episodes():
    draw = random.Random(7)
    sight = lambda: [draw.choice([0, 1, 1, 2, draw.randrange(3, SYMBOLS)]) for _ in range(CELLS)]
    out = []
    for length in (1, 7, 12):
        # Motions as they come about: turns by the actions, and a step ahead or none by the action forward.
        steps = []
        for _ in range(length):
            action = draw.choice([0, 1, 2, 2, 3, 4, 5])
            motion = {0: 1, 1: 2, 2: draw.choice([0, 3, 3])}.get(action, 0)
            asked = [[draw.randrange(3), draw.randrange(COLOURS + 1), draw.randrange(4), draw.randrange(2)] for _ in range(4)]
            # A door is not picked up, and nothing else is opened.
            for question in asked:
                question[2] = {1: question[2] % 3, 2: 3}.get(question[0], question[2])
            steps.append({"action": action, "motion": motion, "sight": sight(), "asked": asked})
        out.append({"first": sight(), "steps": steps})
    return out


def main():
    w, all_episodes = weights(), episodes()
    losses, expected, around = {"view": [], "motion": [], "reward": []}, [], []
    for episode in all_episodes:
        memory = Memory(episode["first"])
        for step in episode["steps"]:
            around = memory.around()
            x = forward(w, memory.sight, around, step["action"])
            logits, moves = x @ w["view"], x[OWN] @ w["motion"]
            losses["view"].append(F.cross_entropy(logits, torch.tensor(step["sight"])))
            losses["motion"].append(F.cross_entropy(moves[None], torch.tensor([step["motion"]])))
            answers = torch.stack([reward(w, x, question[:3]) for question in step["asked"]])
            right = torch.tensor([question[3] for question in step["asked"]])
            losses["reward"].append(F.cross_entropy(answers, right))
            done = answers[0].softmax(-1)[1]
            expected.append(torch.cat([logits.softmax(-1).flatten(), moves.softmax(-1), done[None]]).detach())
            memory.step(step["motion"], step["sight"])
    means = {name: torch.stack(values).mean() for name, values in losses.items()}
    loss = sum(means.values())
    loss.backward()
    out = {
        "config": SIZE,
        "episodes": all_episodes,
        # What lies around the agent at the last moment, and what is expected of the first step and the last.
        "around": around,
        "expected": [digest(expected[0]), digest(expected[-1])],
        "losses": {"loss": loss.item()} | {name: value.item() for name, value in means.items()},
        "gradients": {name: digest(value.grad) for name, value in w.items()},
    }
    (HERE / "world_model.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")


main()
