#!/usr/bin/env python3
"""What PyTorch makes of the agent's voice, for tests/seeing.rs to compare with.

    /usr/bin/python3 tests/reference/agent_voice.py        (any PyTorch >= 1.13 does)

writes  agent_voice.json    a few views with a question and an answer each, −log p of every word of the answers, and the
                            gradients of their mean by every weight of the voice

Each saying goes through the decoder by itself. Weights are those of agent.py, and its attention is PyTorch's.
"""
import json
import math
import random

import torch
import torch.nn.functional as F

from agent import C, CELLS, FRONT, OWN, SIZE, WORDS, attend, mlp, norm, shapes, traits
from vae import HERE, digest, signed

VOCABULARY, MOST_SAID, THINGS, LAYERS = 67, 56, 16, 2


def voice_shapes():
    out = {"voice.words": (VOCABULARY - WORDS, C), "voice.at": (MOST_SAID, C), "voice.number": (THINGS, C)}
    out |= {"voice.norm": (C,), "voice.next": (C, VOCABULARY)}
    for i in range(LAYERS):
        for part in ("said", "things"):
            at = f"voice.layers.{i}.{part}."
            out.update({at + "norm": (C,), at + "q": (C, C), at + "kv": (C, 2 * C), at + "proj": (C, C)})
        at = f"voice.layers.{i}.mlp."
        out.update({at + "norm": (C,), at + "up": (C, 4 * C), at + "down": (4 * C, C)})
    return out


def weights():
    out = {}
    for index, (name, shape) in enumerate(sorted((shapes() | voice_shapes()).items())):
        n = math.prod(shape)
        values = 1 + signed(index + 1, n, 0.3) if len(shape) == 1 else signed(index + 1, n, 0.4)
        out[name] = values.float().double().reshape(shape).requires_grad_(name.startswith("voice."))
    return out


def looked_at(sight):
    """Cells that are looked at, with their numbers: doors and things by how near they lie, counted from 1."""
    def order(i):
        ahead, right = 6 - i // 7, i % 7 - 3
        return ahead + abs(right), abs(right), right

    items = sorted((i for i, symbol in enumerate(sight) if symbol > 2 and i != OWN), key=order)
    first = [(OWN, 0)] + ([(FRONT, 0)] if FRONT not in items else [])
    return first + [(cell, number + 1) for number, cell in enumerate(items)]


def surprise(w, saying):
    things = []
    for cell, number in looked_at(saying["sight"]):
        sort, colour, state = traits(saying["sight"][cell])
        row = w["sorts"][sort] + w["colours"][colour] + w["states"][state] + w["places"][cell]
        things.append(row + w["voice.number"][min(number, THINGS - 1)])
    things = torch.stack(things)
    words = torch.tensor(saying["question"] + saying["answer"])
    x = torch.cat([w["words"], w["voice.words"]])[words[:-1]] + w["voice.at"][: len(words) - 1]
    for i in range(LAYERS):
        at = f"voice.layers.{i}."
        x = attend(w, at + "said.", x, None, True)[0]
        x = attend(w, at + "things.", x, things)[0]
        x = mlp(w, at + "mlp.", x)
    asked = len(saying["question"])
    logits = norm(x, w["voice.norm"])[asked - 1 :] @ w["voice.next"]
    return F.cross_entropy(logits, words[asked:], reduction="none")


def sayings():
    draw = random.Random(5)
    out = []
    for question, answer in [(5, 9), (7, 1), (6, 30), (2, 4)]:
        sight = [draw.choice([0, 1, 1, 1, 2, draw.randrange(3, 39)]) for _ in range(CELLS)]
        sight[OWN] = draw.choice([1, draw.randrange(21, 39)])
        words = lambda n: [draw.randrange(VOCABULARY) for _ in range(n)]
        out.append({"sight": sight, "question": words(question), "answer": words(answer)})
    return out


def main():
    w, said = weights(), sayings()
    found = torch.cat([surprise(w, saying) for saying in said])
    found.mean().backward()
    out = {
        "config": SIZE | {"n_say": LAYERS},
        "sayings": said,
        "surprise": found.tolist(),
        "gradients": {name: digest(value.grad) for name, value in w.items() if value.requires_grad},
    }
    (HERE / "agent_voice.json").write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
