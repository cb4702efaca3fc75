#!/usr/bin/env python3
"""What PyTorch makes of the diffusion model, for tests/ddpm.rs to compare with.

    /usr/bin/python3 tests/reference/ddpm.py       (Debian: python3-torch; any PyTorch >= 1.13 does)

writes  ddpm.json    for each kind of prediction: the case, its loss and the gradient of every weight

Weights, points, noise and times come from a formula that both sides evaluate exactly (`unit`).
Everything is computed in double precision, so what the test measures is the distance to the
mathematics. Layouts follow the program: a linear weight is [d_in, d_out].
"""
import json
import math
import pathlib

import torch

from formula import signed, unit

HERE = pathlib.Path(__file__).parent
CASES = [
    {"timesteps": 100, "schedule": "linear", "prediction": "noise", "hidden": 32, "layers": 3, "embedding": 16},
    {"timesteps": 50, "schedule": "cosine", "prediction": "x0", "hidden": 24, "layers": 2, "embedding": 12},
    {"timesteps": 1000, "schedule": "cosine", "prediction": "v", "hidden": 40, "layers": 1, "embedding": 8, "frequency": 60.0},
    {"timesteps": 100, "schedule": "even", "prediction": "v", "hidden": 16, "layers": 2, "embedding": 16},
    {"timesteps": 100, "schedule": "linear", "prediction": "velocity", "hidden": 32, "layers": 3, "embedding": 16},
]
BATCH = 12


def shapes(c):
    """Name -> shape of every parameter."""
    hidden, e = c["hidden"], c["embedding"]
    out = {
        "input.weight": (2 * e, hidden),
        "input.bias": (hidden,),
        "time.weight": (e, hidden),
        "output.weight": (hidden, 2),
        "output.bias": (2,),
    }
    for i in range(c["layers"]):
        out[f"hidden.{i}.weight"], out[f"hidden.{i}.bias"] = (hidden, hidden), (hidden,)
    return out


def parameters(c):
    out = {}
    for index, (name, shape) in enumerate(sorted(shapes(c).items())):
        scale = math.sqrt(3 / shape[0]) if len(shape) == 2 else 0.1
        out[name] = signed(index + 1, math.prod(shape), scale).reshape(shape).requires_grad_()
    return out


def alphas_cumprod(c):
    T = c["timesteps"]
    t = torch.arange(1, T + 1, dtype=torch.float64)
    if c["schedule"] == "linear":
        betas = torch.linspace(1e-4, 0.02, T, dtype=torch.float64) * 1000 / T
    else:
        if c["schedule"] == "cosine":
            f = torch.cos((torch.arange(T + 1, dtype=torch.float64) / T + 0.008) / 1.008 * math.pi / 2) ** 2
            bar = f / f[0]
        else:
            bar = torch.cat([torch.ones(1, dtype=torch.float64), torch.sigmoid(13 - 22 * (t - 1) / (T - 1))])
        betas = 1 - bar[1:] / bar[:-1]
    return torch.cumprod(1 - betas.clamp(max=0.999), 0)


def embed(x, highest, size):
    half = size // 2
    frequencies = torch.logspace(math.log10(highest), -1, half, dtype=torch.float64)
    angles = x[..., None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], -1).flatten(1)


def forward(p, c, x, time):
    h = embed(x, c.get("frequency", 25.0), c["embedding"]) @ p["input.weight"] + p["input.bias"]
    h = h + embed(time[:, None], 1000.0, c["embedding"]) @ p["time.weight"]
    for i in range(c["layers"]):
        h = h + torch.relu(h) @ p[f"hidden.{i}.weight"] + p[f"hidden.{i}.bias"]
    return torch.relu(h) @ p["output.weight"] + p["output.bias"]


def digest(values):
    """Enough of many numbers to notice any change: some of them, their size, and a probe of all."""
    flat = values.detach().flatten()
    return {
        "head": flat[:8].tolist(),
        "norm": flat.norm().item(),
        "largest": flat.abs().max().item(),
        "probe": (flat @ signed(777, flat.numel(), 1.0)).item(),
    }


def run(c):
    p = parameters(c)
    x0 = signed(1000, 2 * BATCH, 1.5).reshape(BATCH, 2)
    noise = signed(1001, 2 * BATCH, 2.0).reshape(BATCH, 2)
    steps = torch.tensor([1 + int(unit(1002, i) * c["timesteps"]) for i in range(BATCH)])
    time = steps / c["timesteps"]
    bar = alphas_cumprod(c)[steps - 1]
    if c["prediction"] == "velocity":
        alpha, sigma = 1 - time, time
    else:
        alpha, sigma = bar.sqrt(), (1 - bar).sqrt()
    alpha, sigma = alpha[:, None], sigma[:, None]
    target = {
        "noise": noise,
        "x0": x0,
        "v": alpha * noise - sigma * x0,
        "velocity": noise - x0,
    }[c["prediction"]]
    answer = forward(p, c, alpha * x0 + sigma * noise, time)
    loss = torch.nn.functional.mse_loss(answer, target)
    loss.backward()
    return {
        "config": c,
        "answer": digest(answer),
        "loss": loss.item(),
        "gradients": {name: digest(w.grad) for name, w in sorted(p.items())},
    }


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, list):
        return [rounded(v) for v in value]
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return value


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    results = [run(c) for c in CASES]
    (HERE / "ddpm.json").write_text(json.dumps(rounded(results), indent=1) + "\n")
