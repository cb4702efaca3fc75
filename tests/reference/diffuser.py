#!/usr/bin/env python3
"""What PyTorch makes of the planner, for tests/maze.rs to compare with.

    python3 tests/reference/diffuser.py        (any PyTorch >= 1.13 does)

writes  diffuser.json     predicted paths, loss and gradients of a small network in three mazes

Weights and paths come from a formula that both sides evaluate exactly (`signed`); everything is computed in double
precision.
"""
import json
import math

import torch
import torch.nn.functional as F

from vae import HERE, digest, signed

SIDE, H = 7, 32
CELLS = SIDE * SIDE
CHANNELS, SWEEPS, GROUPS = 8, 3, 4
C, HEADS, LAYERS = 16, 2, 2
FEED = -(-(-(-8 * C // 3)) // 16) * 16
PLACE, TIME = (8, 0.5, 12.0), (8, 1.0, 60.0)
T, STEPS = 100, [10, 50, 90]
TASKS = [
    ("open", [0.5, 0.5], [6.3, 6.6], 7 * ["......."]),
    ("one wall", [1.2, 1.7], [5.5, 1.4], ["...#...", "...#...", ".......", "...#...", "...#...", "...#...", "...#..."]),
    ("corridors", [0.6, 6.4], [6.4, 0.7], [".#.....", ".#.###.", "...#...", ".###.##", ".....#.", ".###.#.", "...#..."]),
]


def shapes():
    wide = 4 * PLACE[0]
    all = {"enter.weight": (CHANNELS, 3, 3, 3), "enter.bias": (CHANNELS,),
           "sweep.weight": (CHANNELS, CHANNELS, 3, 3), "sweep.bias": (CHANNELS,),
           "norm.gain": (CHANNELS,), "norm.bias": (CHANNELS,),
           "cell.weight": (wide + CHANNELS, C), "cell.bias": (C,),
           "place.weight": (wide + CHANNELS, C), "place.bias": (C,),
           "time.weight": (2 * TIME[0], C), "time.bias": (C,),
           "order": (H, C), "norm_f": (C,), "head": (C, 2)}
    for i in range(LAYERS):
        for name, shape in {"norm_1": (C,), "qkv": (C, 3 * C), "proj": (C, C), "norm_2": (C,), "up": (C, 2 * FEED),
                            "down": (FEED, C)}.items():
            all[f"layers.{i}.{name}"] = shape
    return all


def weights():
    w = {}
    for index, (name, shape) in enumerate(sorted(shapes().items())):
        fan = {1: None, 2: shape[0]}.get(len(shape), math.prod(shape[1:]))
        scale = math.sqrt(3 / fan) if fan else 0.3
        values = torch.as_tensor(signed(index + 1, math.prod(shape), scale), dtype=torch.float64)
        if name.endswith(".gain"):
            values = (values + 1).float().double()
        w[name] = values.reshape(shape).requires_grad_()
    return w


def rms(x, gain):
    return x / (x.square().mean(-1, keepdim=True) + 1e-5).sqrt() * gain


def waves(x, count, first, last):
    """[..., k] -> [..., 2 k count]: for each number its sines, then its cosines."""
    angles = x[..., None] * (last / first) ** (torch.arange(count) / (count - 1)).double() * first
    return torch.cat([angles.sin(), angles.cos()], -1).flatten(-2)


def walls(rows):
    """Rows from the top down -> [SIDE, SIDE] from the bottom up."""
    return torch.tensor([[sign == "#" for sign in row] for row in reversed(rows)]).double()


def around(place, image):
    """The bilinear mean of `image` [k, SIDE, SIDE] at a place in cells: the middles of cells are its nodes."""
    x, y = [min(max(float(v) - 0.5, 0.0), SIDE - 1.0) for v in place]
    x0, y0 = min(int(x), SIDE - 2), min(int(y), SIDE - 2)
    u, v = x - x0, y - y0
    return ((1 - u) * (1 - v) * image[:, y0, x0] + u * (1 - v) * image[:, y0, x0 + 1]
            + (1 - u) * v * image[:, y0 + 1, x0] + u * v * image[:, y0 + 1, x0 + 1])


def read(w, rows, start, goal):
    wall = walls(rows)
    ends = torch.zeros(2, SIDE, SIDE, dtype=torch.float64)
    for k, end in enumerate((start, goal)):
        for y in range(SIDE):
            for x in range(SIDE):
                ends[k, y, x] = max(0, 1 - abs(end[0] - 0.5 - x)) * max(0, 1 - abs(end[1] - 0.5 - y))
    image, floor = torch.cat([wall[None], ends])[None], 1 - wall
    h = F.conv2d(image, w["enter.weight"], w["enter.bias"], padding=1) * floor
    for _ in range(SWEEPS):
        more = F.silu(F.group_norm(h, GROUPS, w["norm.gain"], w["norm.bias"], 1e-5))
        h = (h + F.conv2d(more, w["sweep.weight"], w["sweep.bias"], padding=1)) * floor
    return h[0]


def predict(w, task, noisy, time):
    """noisy [H, 2] in the network's units -> [H, 2]."""
    _, start, goal, rows = task
    ends = (torch.tensor([start, goal]).double() - SIDE / 2) / 2
    share = torch.linspace(0, 1, H).double()[:, None]
    line = ends[0] + share * (ends[1] - ends[0])
    seen = read(w, rows, start, goal)
    path = torch.cat([ends[:1], noisy[1:-1], ends[1:]])
    near = torch.stack([around(place * 2 + SIDE / 2, seen) for place in path])
    h = torch.cat([waves(path, *PLACE), near], -1) @ w["place.weight"] + w["place.bias"]
    h = h + w["order"] + waves(torch.tensor([time]).double(), *TIME) @ w["time.weight"] + w["time.bias"]
    middles = torch.tensor([[(i % SIDE - 3) / 2, (i // SIDE - 3) / 2] for i in range(CELLS)]).double()
    cells = torch.cat([waves(middles, *PLACE), seen.flatten(1).T], -1) @ w["cell.weight"] + w["cell.bias"]
    h = torch.cat([h, cells])
    for i in range(LAYERS):
        p = {name: w[f"layers.{i}.{name}"] for name in ["norm_1", "qkv", "proj", "norm_2", "up", "down"]}
        q, k, v = (rms(h, p["norm_1"]) @ p["qkv"]).reshape(H + CELLS, 3, HEADS, C // HEADS).permute(1, 2, 0, 3)
        mixed = (q @ k.transpose(-1, -2) / math.sqrt(C // HEADS)).softmax(-1) @ v
        h = h + mixed.transpose(0, 1).reshape(H + CELLS, C) @ p["proj"]
        up, gate = (rms(h, p["norm_2"]) @ p["up"]).chunk(2, -1)
        h = h + (up * F.silu(gate)) @ p["down"]
    off = rms(h[:H], w["norm_f"]) @ w["head"]
    inner = torch.ones(H, 1).double()
    inner[0] = inner[-1] = 0
    return off * inner + line


def alpha_bar(t):
    """Nichol & Dhariwal's cosine schedule."""
    cosine = lambda t: math.cos((t / T + 0.008) / 1.008 * math.pi / 2) ** 2
    product = 1.0
    for s in range(1, t + 1):
        product *= 1 - min(1 - cosine(s) / cosine(s - 1), 0.999)
    return product


def main():
    w = weights()
    paths = torch.as_tensor(signed(6, 3 * H * 2, 1.5), dtype=torch.float64).reshape(3, H, 2)
    epsilon = torch.as_tensor(signed(5, 3 * H * 2, 1.0), dtype=torch.float64).reshape(3, H, 2)
    guesses = []
    for task, path, noise, step in zip(TASKS, paths, epsilon, STEPS):
        a = alpha_bar(step)
        guesses.append(predict(w, task, math.sqrt(a) * path + math.sqrt(1 - a) * noise, step / T))
    guesses = torch.stack(guesses)
    loss = (guesses - paths).square().mean()
    loss.backward()
    out = {"tasks": [{"start": s, "goal": g, "walls": "/".join(rows)} for _, s, g, rows in TASKS],
           "guesses": digest(guesses.detach()), "loss": loss.item(),
           "gradients": {name: digest(v.grad) for name, v in w.items()}}
    (HERE / "diffuser.json").write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
