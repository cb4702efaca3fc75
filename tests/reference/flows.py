#!/usr/bin/env python3
"""What PyTorch makes of the exact models of the plane, for tests/flows.rs to compare with.

    /usr/bin/python3 tests/reference/flows.py      (Debian: python3-torch; any PyTorch >= 1.13 does)

writes  flows.json   log p(x) of some points, losses, and gradients

Weights and points come from a formula that both sides evaluate exactly (`unit`). Everything is computed
in double precision. Log-determinants are taken from the full Jacobian, by automatic differentiation of
the map, not from the formulas that the program uses; the spline is written bin by bin.
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

from formula import signed

HERE = pathlib.Path(__file__).parent
MEAN, SCALE = [0.25, -0.5], 1.5
POINTS = 24

CASES = [
    {"family": "realnvp", "config": {"transform": "affine", "couplings": 5, "hidden": 12, "layers": 2}},
    {"family": "realnvp", "config": {"transform": "spline", "couplings": 4, "hidden": 10, "layers": 1, "bins": 5}},
    {"family": "planar", "config": {"kind": "planar", "layers": 6}},
    {"family": "planar", "config": {"kind": "radial", "layers": 5}},
    {"family": "planar", "config": {"kind": "both", "layers": 4}},
    {"family": "mdn", "config": {"components": 3, "hidden": 9, "layers": 2, "frequencies": 3}},
]


def shapes(case):
    c, out = case["config"], {}

    def mlp(name, sizes):
        for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
            out[f"{name}.layers.{i}.weight"], out[f"{name}.layers.{i}.bias"] = (a, b), (b,)

    if case["family"] == "realnvp":
        outputs = 2 if c["transform"] == "affine" else 3 * c["bins"] - 1
        for i in range(c["couplings"]):
            mlp(f"couplings.{i}", [2] + [c["hidden"]] * c["layers"] + [outputs])
    if case["family"] == "planar":
        for i in range(c["layers"]):
            radial = c["kind"] == "radial" or (c["kind"] == "both" and i % 2 == 1)
            out[f"layers.{i}.v"] = (1, 2)
            out[f"layers.{i}.scalars"] = (1, 2 if radial else 1)
            if not radial:
                out[f"layers.{i}.u"] = (1, 2)
    if case["family"] == "mdn":
        out["first"] = (1, 3 * c["components"])
        mlp("second", [1 + 2 * c["frequencies"]] + [c["hidden"]] * c["layers"] + [3 * c["components"]])
    return out


def parameters(case):
    out = {}
    for index, (name, shape) in enumerate(sorted(shapes(case).items())):
        values = signed(index + 1, math.prod(shape), 0.5)
        out[name] = values.reshape(shape).requires_grad_()
    return out


def mlp(p, name, x):
    i = 0
    while f"{name}.layers.{i}.weight" in p:
        if i:
            x = torch.relu(x)
        x = x @ p[f"{name}.layers.{i}.weight"] + p[f"{name}.layers.{i}.bias"]
        i += 1
    return x


def spline(x, raw, bins, bound=4.0, least=1e-3):
    """One number through the monotone rational-quadratic spline with these raw parameters."""
    if abs(x.item()) > bound:
        return x

    def sizes(r):
        return 2 * bound * (least + (1 - least * bins) * torch.softmax(r, 0))

    w, h = sizes(raw[:bins]), sizes(raw[bins : 2 * bins])
    shift = math.log(math.exp(1 - least) - 1)
    one = torch.ones(1, dtype=torch.float64)
    d = torch.cat([one, least + F.softplus(raw[2 * bins :] + shift), one])
    x0 = y0 = torch.tensor(-bound, dtype=torch.float64)
    for k in range(bins):
        if x.item() < (x0 + w[k]).item() or k == bins - 1:
            break
        x0, y0 = x0 + w[k], y0 + h[k]
    s, theta = h[k] / w[k], (x - x0) / w[k]
    top = h[k] * (s * theta**2 + d[k] * theta * (1 - theta))
    return y0 + top / (s + (d[k] + d[k + 1] - 2 * s) * theta * (1 - theta))


def to_noise(case, p, u):
    """One standardised point to noise."""
    c = case["config"]
    if case["family"] == "realnvp":
        for i in range(c["couplings"]):
            kept = i % 2
            mask = torch.tensor([1.0 - kept, float(kept)], dtype=torch.float64)
            raw = mlp(p, f"couplings.{i}", (u * mask)[None])[0]
            b = u[1 - kept]
            if c["transform"] == "affine":
                b = b * torch.exp(3 * torch.tanh(raw[0] / 3)) + raw[1]
            else:
                b = spline(b, raw, c["bins"])
            u = torch.stack([u[0], b] if kept == 0 else [b, u[1]])
        return u
    for i in range(c["layers"]):
        v, scalars = p[f"layers.{i}.v"][0], p[f"layers.{i}.scalars"][0]
        if f"layers.{i}.u" in p:
            raw = p[f"layers.{i}.u"][0]
            dot = v @ raw
            hat = raw + (F.softplus(dot) - 1 - dot) * v / (v @ v + 1e-8)
            u = u + hat * torch.tanh(v @ u + scalars[0])
        else:
            alpha, beta = F.softplus(scalars) + 1e-3
            beta = beta - alpha
            r = torch.sqrt(((u - v) ** 2).sum() + 1e-12)
            u = u + beta / (alpha + r) * (u - v)
    return u


def log_prob(case, p, x):
    u = (x - torch.tensor(MEAN, dtype=torch.float64)) / SCALE
    scale = -2 * math.log(SCALE)
    if case["family"] != "mdn":
        z = to_noise(case, p, u)
        jacobian = torch.autograd.functional.jacobian(lambda u: to_noise(case, p, u), u, create_graph=True)
        normal = torch.distributions.MultivariateNormal(torch.zeros(2).double(), torch.eye(2).double())
        return normal.log_prob(z) + torch.linalg.slogdet(jacobian)[1] + scale
    k, c = case["config"]["components"], case["config"]

    def mixture(raw, x):
        q = torch.distributions.MixtureSameFamily(
            torch.distributions.Categorical(logits=raw[:k]),
            torch.distributions.Normal(raw[k : 2 * k], torch.exp(raw[2 * k :].clamp(min=-6))),
        )
        return q.log_prob(x)

    features = [u[0]]
    for i in range(c["frequencies"]):
        angle = u[0] * 2 * math.pi / 16 * 2**i
        features += [torch.sin(angle), torch.cos(angle)]
    second = mlp(p, "second", torch.stack(features)[None])[0]
    return mixture(p["first"][0], u[0]) + mixture(second, u[1]) + scale


def run(case):
    p = parameters(case)
    x = signed(1000, 2 * POINTS, 4.0).reshape(POINTS, 2)
    values = torch.stack([log_prob(case, p, row) for row in x])
    (-values.mean()).backward()
    return {
        **case,
        "mean": MEAN,
        "scale": SCALE,
        "log_prob": [round(v, 9) for v in values.tolist()],
        "gradients": {name: [round(v, 9) for v in w.grad.flatten().tolist()] for name, w in sorted(p.items())},
    }


if __name__ == "__main__":
    (HERE / "flows.json").write_text(json.dumps([run(case) for case in CASES], indent=None, separators=(",", ":")) + "\n")
