#!/usr/bin/env python3
"""What PyTorch makes of the in-context learner, and numpy of regression, for tests/in_context.rs to compare with.

    python3 tests/reference/in_context.py        (any PyTorch >= 1.13 and numpy do)

writes  in_context.json     guesses, losses and gradients of a small network; weights of least squares (numpy's
                            pseudo-inverse), ridge regression and the lasso (proximal gradient steps, and how far off
                            its optimality conditions it is); best guesses of sparse functions and trees, all shapes
                            weighed as Gaussian processes with their own kernels

Weights come from a formula that both sides evaluate exactly (`signed`); everything is computed in double precision.
"""
import itertools
import json
import math

import numpy as np
import torch
import torch.nn.functional as F

from vae import HERE, digest, signed

D, N, T, NOISE = 3, 4, 7, 0.5
C, HEADS, LAYERS = 16, 2, 2
FEED = -(-(-(-8 * C // 3)) // 16) * 16


def shapes():
    all = {"read.weight": (2 * D + 2, C), "read.bias": (C,), "norm_f": (C,), "head": (C, 1)}
    for i in range(LAYERS):
        for name, shape in {"norm_1": (C,), "qkv": (C, 3 * C), "proj": (C, C), "norm_2": (C,), "up": (C, 2 * FEED),
                            "down": (FEED, C)}.items():
            all[f"layers.{i}.{name}"] = shape
    return all


def weights():
    w = {}
    for index, (name, shape) in enumerate(sorted(shapes().items())):
        scale = math.sqrt(3 / shape[0]) if len(shape) == 2 else 0.3
        values = torch.as_tensor(signed(index + 1, math.prod(shape), scale), dtype=torch.float64)
        w[name] = values.reshape(shape).requires_grad_()
    return w


def rms(x, gain):
    return x / (x.square().mean(-1, keepdim=True) + 1e-5).sqrt() * gain


def guess(w, x, y):
    """x [n, t, D], y [n, t] -> [n, t], each from the pairs before it."""
    n, t, _ = x.shape
    before = torch.cat([x, y[..., None] / math.sqrt(D), torch.ones(n, t, 1, dtype=x.dtype)], -1)
    before = torch.cat([torch.zeros(n, 1, D + 2, dtype=x.dtype), before[:, :-1]], 1)
    h = torch.cat([x, before], -1) @ w["read.weight"] + w["read.bias"]
    for i in range(LAYERS):
        p = {name: w[f"layers.{i}.{name}"] for name in ["norm_1", "qkv", "proj", "norm_2", "up", "down"]}
        q, k, v = (rms(h, p["norm_1"]) @ p["qkv"]).reshape(n, t, 3, HEADS, C // HEADS).permute(2, 0, 3, 1, 4)
        later = torch.ones(t, t, dtype=torch.bool).triu(1)
        scores = (q @ k.transpose(-1, -2) / math.sqrt(C // HEADS)).masked_fill(later, -math.inf)
        mixed = scores.softmax(-1) @ v
        h = h + mixed.transpose(1, 2).reshape(n, t, C) @ p["proj"]
        value, gate = (rms(h, p["norm_2"]) @ p["up"]).chunk(2, -1)
        h = h + (value * F.silu(gate)) @ p["down"]
    return (rms(h, w["norm_f"]) @ w["head"])[..., 0] * math.sqrt(D)


def expected(k):
    """The root of e = D / (1 + k / (NOISE² + e))."""
    e = 1.0
    for _ in range(10_000):
        e = D / (1 + k / (NOISE**2 + e))
    return e


w = weights()
rows = torch.as_tensor(signed(1000, N * T * (D + 2), 2.0)).reshape(N, T, D + 2)
x, y, f = rows[..., :D], rows[..., D], rows[..., D + 1]
guesses = guess(w, x, y)
squares = (guesses - f).square()
loss = (squares / torch.tensor([expected(k) for k in range(T)])).mean()
loss.backward()

xs = np.asarray(signed(1001, 9 * 5, 2.0)).reshape(9, 5)
ys = np.asarray(signed(1002, 9, 3.0))


def lasso(x, y, alpha):
    k = len(y)
    step = 1 / (np.linalg.norm(x, 2) ** 2 / k)
    b = np.zeros(x.shape[1])
    for _ in range(400_000):
        b = b - step * x.T @ (x @ b - y) / k
        b = np.sign(b) * np.maximum(np.abs(b) - step * alpha, 0)
    along = x.T @ (y - x @ b) / k
    assert np.all(np.abs(along) <= alpha + 1e-9) and np.allclose(along[b != 0], alpha * np.sign(b[b != 0]), atol=1e-9)
    return b


regression = []
for k in [1, 3, 5, 9]:
    a, b = xs[:k], ys[:k]
    regression.append({
        "pairs": k,
        "squares": (np.linalg.pinv(a) @ b).tolist(),
        "ridge": np.linalg.solve(a.T @ a + 0.25 * np.eye(5), a.T @ b).tolist(),
        "lasso": lasso(a, b, 0.1).tolist(),
    })

# The best guess: with y ~ N(0, K + NOISE² I) for each shape, its evidence and its conditional mean, by dense matrices.
FUNCTION = 1.3
xt = np.asarray(signed(1003, 4 * 5, 2.0)).reshape(4, 5)


def sparse_kernels(a, b):
    """Of each pair of inputs that can be the two whose weights are not zero."""
    for i, j in itertools.combinations(range(5), 2):
        yield FUNCTION**2 * 5 / 2 * a[:, [i, j]] @ b[:, [i, j]].T


def leaves(x, asked):
    yes = x > 0
    first = yes[:, asked[0]]
    return np.where(first, np.where(yes[:, asked[1]], 0, 1), np.where(yes[:, asked[2]], 2, 3))


def tree_kernels(a, b):
    for asked in itertools.product(range(5), repeat=3):
        yield FUNCTION**2 * 5 * (leaves(a, asked)[:, None] == leaves(b, asked)[None])


def best(kernels, x, y, at):
    evidence, means = [], []
    for own, across in zip(kernels(x, x), kernels(at, x)):
        k = own + NOISE**2 * np.eye(len(y))
        means.append(across @ np.linalg.solve(k, y))
        evidence.append(-0.5 * (np.linalg.slogdet(k)[1] + y @ np.linalg.solve(k, y)))
    weights = np.exp(np.asarray(evidence) - max(evidence))
    return weights / weights.sum() @ np.asarray(means)


posterior = [{"pairs": k, "sparse": best(sparse_kernels, xs[:k], ys[:k], xt).tolist(),
              "trees": best(tree_kernels, xs[:k], ys[:k], xt).tolist()} for k in [1, 3, 5, 9]]

out = {
    "guesses": digest(guesses.detach()),
    "loss": loss.item(),
    "squareError": squares.mean().item(),
    "gradients": {name: digest(value.grad) for name, value in w.items()},
    "regression": regression,
    "posterior": posterior,
}
(HERE / "in_context.json").write_text(json.dumps(out) + "\n")
