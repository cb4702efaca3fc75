#!/usr/bin/env python3
"""Densities, entropies and divergences of the plane by other means, for tests/points.rs to compare with.

    /usr/bin/python3 tests/reference/plane.py      (Debian: python3-torch and python3-numpy)

writes  plane.json   ln p at a few points and the entropy of each toy whose density is known, ln Z of the
                     energies, and the k-nearest-neighbour KL of two fixed sets of points

The program tabulates nodes of a Gauss rule and skips what is far; here everything is summed: circles by
their Bessel function, arcs by a fine trapezium rule, the spirals' square blur by erf, the pinwheel by its
first feature and a numerical Jacobian. Entropies are sums over a grid. The KL is that of
github.com/gregversteeg/NPEET (`kldiv` with its default base 2), written anew by looking at all pairs.
"""
import json
import math
import pathlib

import numpy as np
import torch

from formula import unit

HERE = pathlib.Path(__file__).parent


def points(salt, n, scale):
    """Uniform on a square, rounded to single precision as the program holds them."""
    flat = [(unit(salt, i) * 2 - 1) * scale for i in range(2 * n)]
    return np.array(flat, dtype=np.float32).astype(np.float64).reshape(n, 2)


def log_mean_exp(exponents, log_weights):
    return torch.logsumexp(torch.tensor(exponents) + torch.tensor(log_weights), dim=-1).numpy()


def in_parts(f, xy):
    return np.concatenate([f(part) for part in np.array_split(xy, max(1, len(xy) // 500))])


def trapezium(t):
    w = np.ones_like(t)
    w[0] = w[-1] = 0.5
    return np.log(w / w.sum())


def gaussians(centres, sigma):
    def ln_p(xy):
        d2 = ((xy[:, None] - centres[None]) ** 2).sum(-1)
        w = np.full(len(centres), -math.log(len(centres)))
        return log_mean_exp(-d2 / (2 * sigma**2), w) - math.log(2 * math.pi * sigma**2)
    return ln_p


def ring_of_8(radius):
    a = np.arange(8) * math.pi / 4
    return np.stack([radius * np.cos(a), radius * np.sin(a)], 1)


def curves(arcs, log_weights, sigma):
    nodes = np.concatenate(arcs)
    w = np.concatenate(log_weights) - math.log(len(arcs))
    sx, sy = sigma

    def ln_p(xy):
        d = (xy[:, None] - nodes[None]) / np.array([sx, sy])
        return log_mean_exp(-0.5 * (d**2).sum(-1), w) - math.log(2 * math.pi * sx * sy)
    return lambda xy: in_parts(ln_p, xy)


def moons(sigma, scale, shift):
    t = np.linspace(0, math.pi, 3001)
    upper = np.stack([np.cos(t), np.sin(t)], 1)
    lower = np.stack([1 - np.cos(t), 1 - np.sin(t) - 0.5], 1)
    scale, shift = np.array(scale), np.array(shift)
    place = [upper * scale + shift, lower * scale + shift]
    return curves(place, [trapezium(t)] * 2, sigma * scale)


def circles(radii, sigma):
    def ln_p(xy):
        r = np.hypot(xy[:, 0], xy[:, 1])[:, None]
        big = np.array(radii)[None]
        ln_bessel = torch.special.i0e(torch.tensor(r * big / sigma**2)).log().numpy()
        w = np.full(len(radii), -math.log(len(radii)))
        both = -((r - big) ** 2) / (2 * sigma**2) + ln_bessel
        return log_mean_exp(both, w) - math.log(2 * math.pi * sigma**2)
    return ln_p


def swiss_roll():
    t = np.linspace(1.5 * math.pi, 4.5 * math.pi, 4001)
    return curves([np.stack([t * np.cos(t), t * np.sin(t)], 1) / 5], [trapezium(t)], (0.2, 0.2))


def spirals():
    # n = 3 pi sqrt(u): u evenly, in the middles of its cells.
    n = np.sqrt((np.arange(6000) + 0.5) / 6000) * 3 * math.pi
    arm = np.stack([-np.cos(n) * n, np.sin(n) * n], 1) / 3
    width, sigma = 0.5 / 3, 0.1

    def phi(z):
        return 0.5 * torch.erfc(-torch.tensor(z) / math.sqrt(2)).numpy()

    def one(xy):
        d = xy[:, None] - arm[None]
        # On the far side the difference of two numbers near 1 has no digits: mirror it.
        d = np.where(d > width / 2, width - d, d)
        return (((phi(d / sigma) - phi((d - width) / sigma)) / width).prod(-1)).mean(-1)

    def ln_p(xy):
        with np.errstate(divide="ignore"):
            return np.log(0.5 * one(xy) + 0.5 * one(-xy))
    return lambda xy: in_parts(ln_p, xy)


def pinwheel(xy):
    """2 * f @ R over five classes, f0 found on a fine grid where turning the point back returns it."""
    def turned(f0, f1, k):
        a = 2 * math.pi * k / 5 + 0.25 * np.exp(f0)
        return np.array([2 * (f0 * np.cos(a) + f1 * np.sin(a)), 2 * (-f0 * np.sin(a) + f1 * np.cos(a))])

    out = []
    f0 = np.linspace(-1.5, 3.5, 200001)
    for x, y in xy:
        p = 0.0
        for k in range(5):
            a = 2 * math.pi * k / 5 + 0.25 * np.exp(f0)
            miss = (x * np.cos(a) - y * np.sin(a)) / 2 - f0
            for i in np.nonzero(miss[:-1] * miss[1:] < 0)[0]:
                g0 = f0[i] - miss[i] * (f0[i + 1] - f0[i]) / (miss[i + 1] - miss[i])
                a0 = 2 * math.pi * k / 5 + 0.25 * math.exp(g0)
                g1 = (x * math.sin(a0) + y * math.cos(a0)) / 2
                h = 1e-5
                d0 = (turned(g0 + h, g1, k) - turned(g0 - h, g1, k)) / (2 * h)
                d1 = (turned(g0, g1 + h, k) - turned(g0, g1 - h, k)) / (2 * h)
                det = abs(d0[0] * d1[1] - d0[1] * d1[0])
                e = -0.5 * (((g0 - 1) / 0.3) ** 2 + (g1 / 0.1) ** 2)
                p += math.exp(e) / (2 * math.pi * 0.03) / det / 5
        out.append(math.log(p) if p > 0 else -math.inf)
    return np.array(out)


def energy(which):
    def ln_p(xy):
        x, y = xy[:, 0], xy[:, 1]
        e = lambda d, s: -0.5 * (d / s) ** 2
        w1 = np.sin(2 * math.pi * x / 4)
        w2 = 3 * np.exp(e(x - 1, 0.6))
        w3 = 3 / (1 + np.exp(-(x - 1) / 0.3))
        wall = e(np.maximum(np.abs(x) - 4, 0), 0.2)
        if which == 1:
            return e(np.hypot(x, y) - 2, 0.4) + np.logaddexp(e(x - 2, 0.6), e(x + 2, 0.6))
        if which == 2:
            return e(y - w1, 0.4) + wall
        if which == 3:
            return np.logaddexp(e(y - w1, 0.35), e(y - w1 + w2, 0.35)) + wall
        return np.logaddexp(e(y - w1, 0.4), e(y - w1 + w3, 0.35)) + wall
    return ln_p


def grid(reach, n):
    at = -reach + (np.arange(n) + 0.5) * 2 * reach / n
    return np.stack(np.meshgrid(at, at), -1).reshape(-1, 2), (2 * reach / n) ** 2


def entropy(ln_p, reach, n):
    xy, cell = grid(reach, n)
    v = ln_p(xy)
    p = np.exp(v) * cell
    assert abs(p.sum() - 1) < 1e-3, p.sum()
    return -float((p * np.where(p > 0, v, 0)).sum())


def neighbour(x, y, k):
    """Distance in the maximum norm from each x to its k-th nearest y, counted from 1."""
    d = np.abs(x[:, None] - y[None]).max(-1)
    return np.sort(d, axis=1)[:, k - 1]


def kldiv(x, y, k):
    n, m = len(x), len(y)
    # The nearest x of an x is itself.
    ratio = np.log(neighbour(x, y, k)).mean() - np.log(neighbour(x, x, k + 1)).mean()
    return float((math.log(m) - math.log(n - 1) + 2 * ratio) / math.log(2))


def main():
    # Density, then reach and cells of the grid for its entropy, then the square of the points.
    toys = {
        "8gaussians": (gaussians(ring_of_8(4 / 1.414), 0.5 / 1.414), 6, 400, 4),
        "ring": (gaussians(ring_of_8(1), 0.01), 1.2, 800, 1.1),
        "grid": (gaussians(np.array([[i, j] for i in range(-4, 5, 2) for j in range(-4, 5, 2)]), 0.05), 5, 600, 4),
        "moons": (moons(0.1, [2, 2], [-1, -0.2]), 5.5, 200, 4),
        "moons-tight": (moons(0.03, [2, 3], [-0.4, -0.1]), 5, 400, 4),
        "circles": (circles([3, 1.5], 0.24), 5, 400, 4),
        "rings": (circles([0.75, 1.5, 2.25, 3], 0.08), 4, 500, 4),
        "swissroll": (swiss_roll(), 4.5, 160, 4),
        "spirals": (spirals(), 4.2, 180, 4),
        "pinwheel": (pinwheel, None, None, 3),
    }
    out = {"toys": {}, "energies": {}}
    for name, (ln_p, reach, n, square) in toys.items():
        # Where there is something: the best of many points.
        some = points(7, 400, square)
        values = ln_p(some)
        best = np.argsort(-values)[:12]
        out["toys"][name] = {
            "xy": some[best].reshape(-1).tolist(),
            "lnP": [round(float(v), 8) for v in values[best]],
            "entropy": None if reach is None else round(entropy(ln_p, reach, n), 6),
        }
        print(name, out["toys"][name]["entropy"], values[best][[0, -1]])
    for which in range(1, 5):
        ln_p = energy(which)
        xy, cell = grid(7, 1500)
        ln_z = math.log(np.exp(ln_p(xy)).sum() * cell)
        some = points(8, 12, 4.5)
        out["energies"][f"u{which}"] = {
            "xy": some.reshape(-1).tolist(),
            "lnP": [round(float(v), 8) for v in ln_p(some) - ln_z],
        }
        print(f"u{which}", ln_z)
    x, y = points(1, 500, 1.0), points(2, 700, 1.2)
    out["kldiv"] = [
        {"k": k, "xThenY": round(kldiv(x, y, k), 9), "yThenX": round(kldiv(y, x, k), 9)}
        for k in (1, 3, 5)
    ]
    print(out["kldiv"])
    (HERE / "plane.json").write_text(json.dumps(out, indent=1) + "\n")


main()
