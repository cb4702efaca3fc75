#!/usr/bin/env python3
"""What PyTorch makes of the adversarial network, for tests/gan.rs to compare with.

    /usr/bin/python3 tests/reference/gan.py        (Debian: python3-torch; any PyTorch >= 1.13 does)

reads   gan-noise.json   noise of each step: the program's own ChaCha8 noise, written once by
                         cargo test --release --test native -- --ignored gan::write_noise
writes  gan.json         the cases; scores, fakes, losses, both players' gradients, three steps of the game

Weights and data come from a formula that both sides evaluate exactly (`unit`, see vae.py). Everything is
computed in double precision. Layouts follow the program: a linear weight is [d_in, d_out].
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

from vae import digest, rounded, signed

HERE = pathlib.Path(__file__).parent
STEPS, LEAK, STEP, FADED, POWER_ITERATIONS = 3, 0.2, 0.005, 0.01, 16
BATCH, MEAN, SCALE = 8, [0.5, -0.25], 2.0

CASES = [
    {"loss": "minimax", "hidden": 16, "layers": 2, "z_dim": 3},
    {"loss": "non-saturating", "hidden": 17, "layers": 1, "z_dim": 2, "r1": 2.0},
    {"loss": "least-squares", "hidden": 16, "layers": 3, "z_dim": 5, "r2": 0.5, "d_steps": 2},
    {"loss": "relativistic", "hidden": 24, "layers": 2, "z_dim": 4, "r1": 0.5, "r2": 3.0, "fade": 2},
    {"loss": "non-saturating", "hidden": 16, "layers": 2, "z_dim": 2, "d_steps": 2, "spectral_norm": True},
    {"loss": "relativistic", "hidden": 16, "layers": 2, "z_dim": 2, "r1": 1.0, "spectral_norm": True},
    {"loss": "relativistic", "hidden": 16, "layers": 2, "z_dim": 3, "r1": 0.2, "r2": 0.1, "frequencies": 3,
     "noise_frequencies": 2},
]
DEFAULTS = {"r1": 0.0, "r2": 0.0, "fade": 0, "frequencies": 0, "noise_frequencies": 0, "d_steps": 1,
            "spectral_norm": False}
FREQUENCIES = {"discriminator": "frequencies", "generator": "noise_frequencies"}


def parameters(c):
    shapes = {}
    for player, numbers, d_out in [("discriminator", 2, 1), ("generator", c["z_dim"], 2)]:
        widths = [numbers * (1 + 2 * c[FREQUENCIES[player]])] + [c["hidden"]] * c["layers"]
        for i, (a, b) in enumerate(zip(widths, widths[1:])):
            shapes[f"{player}.hidden.{i}.weight"], shapes[f"{player}.hidden.{i}.bias"] = (a, b), (b,)
        shapes[f"{player}.output.weight"], shapes[f"{player}.output.bias"] = (c["hidden"], d_out), (d_out,)
    out = {}
    for index, (name, shape) in enumerate(sorted(shapes.items())):
        scale = math.sqrt(3 / shape[0]) if name.endswith(".weight") else 0.1
        out[name] = signed(index + 1, math.prod(shape), scale).reshape(shape).requires_grad_()
    return out


def spectral_norm(w):
    with torch.no_grad():
        v = torch.cos(torch.arange(1, w.shape[1] + 1, dtype=torch.float64))
        v /= v.norm()
        u = F.normalize(w @ v, dim=0)
        for _ in range(POWER_ITERATIONS):
            v = F.normalize(w.T @ u, dim=0)
            u = F.normalize(w @ v, dim=0)
    return u @ w @ v


class Game:
    def __init__(self, c):
        self.c, self.p = c, parameters(c)

    def of(self, player):
        return {name: p for name, p in self.p.items() if name.startswith(player)}

    def mlp(self, player, x, normalize=False):
        h = [x]
        for i in range(self.c[FREQUENCIES[player]]):
            angle = x * (2 * math.pi / 16 * 2**i)
            h += [torch.sin(angle), torch.cos(angle)]
        h = torch.cat(h, 1)
        for name in [f"hidden.{i}" for i in range(self.c["layers"])] + ["output"]:
            w, b = self.p[f"{player}.{name}.weight"], self.p[f"{player}.{name}.bias"]
            h = h @ (w / spectral_norm(w) if normalize else w) + b
            if name != "output":
                h = F.leaky_relu(h, LEAK)
        return h

    def score(self, x):
        return self.mlp("discriminator", x, self.c["spectral_norm"])[:, 0]

    def discriminator(self, x, draw):
        fake = self.mlp("generator", draw(self.c["z_dim"])).detach()
        real_score, fake_score = self.score(x), self.score(fake)
        bce = F.binary_cross_entropy_with_logits
        if self.c["loss"] in ["minimax", "non-saturating"]:
            loss = bce(real_score, torch.ones(BATCH)) + bce(fake_score, torch.zeros(BATCH))
        elif self.c["loss"] == "least-squares":
            loss = (F.mse_loss(real_score, torch.ones(BATCH)) + F.mse_loss(fake_score, torch.zeros(BATCH))) / 2
        else:
            loss = F.softplus(-(real_score - fake_score)).mean()
        out = {"discriminator": loss}
        for name, at, score in [("r1", x, real_score), ("r2", fake, fake_score)]:
            if self.c[name] > 0:
                near = self.score(at + STEP * draw(2))
                out[name] = ((near - score) / STEP).square().mean() / 2
        return out

    def total(self, parts, step=0):
        left = FADED ** min(1.0, step / self.c["fade"]) if self.c["fade"] else 1.0
        gammas = {"discriminator": 1.0, "r1": self.c["r1"] * left, "r2": self.c["r2"] * left}
        return sum(gammas[name] * part for name, part in parts.items())

    def generator(self, x, draw):
        fake_score = self.score(self.mlp("generator", draw(self.c["z_dim"])))
        if self.c["loss"] == "minimax":
            return torch.log(1 - torch.sigmoid(fake_score)).mean()
        if self.c["loss"] == "non-saturating":
            return -torch.log(torch.sigmoid(fake_score)).mean()
        if self.c["loss"] == "least-squares":
            return F.mse_loss(fake_score, torch.ones(BATCH)) / 2
        return F.softplus(-(fake_score - self.score(x))).mean()


def drawer(noise):
    """Takes `noise` from the front, a [BATCH, d] matrix at a time."""
    rest = list(noise)

    def draw(d):
        taken = [rest.pop(0) for _ in range(BATCH * d)]
        return torch.tensor(taken, dtype=torch.float64).float().double().reshape(BATCH, d)

    return draw


def run(case, noise):
    c = {**DEFAULTS, **case}
    game = Game(c)
    data = signed(1000, BATCH * 2, 3.0).reshape(BATCH, 2)
    x = (data - torch.tensor(MEAN)) / SCALE
    draw = drawer(noise[0])
    fake = game.mlp("generator", drawer(noise[0])(c["z_dim"]))
    out = {"config": c, "fakes": (fake * SCALE + torch.tensor(MEAN)).flatten().tolist(), "scores": game.score(x).tolist()}
    parts = game.discriminator(x, draw)
    generator = game.generator(x, draw)
    out["losses"] = {name: value.item() for name, value in [*parts.items(), ("generator", generator)]}
    out["gradients"] = {}
    for player, loss in [("discriminator", game.total(parts)), ("generator", generator)]:
        names, values = zip(*sorted(game.of(player).items()))
        for name, gradient in zip(names, torch.autograd.grad(loss, values)):
            out["gradients"][name] = digest(gradient)

    adams = {p: torch.optim.Adam(game.of(p).values(), lr=1e-2, betas=(0.5, 0.99)) for p in ["discriminator", "generator"]}
    out["steps"] = []
    for step in range(STEPS):
        draw = drawer(noise[step])
        for _ in range(c["d_steps"]):
            parts = game.discriminator(x, draw)
            adams["discriminator"].zero_grad()
            game.total(parts, step).backward()
            adams["discriminator"].step()
        loss = game.generator(x, draw)
        adams["generator"].zero_grad()
        loss.backward()
        adams["generator"].step()
        out["steps"].append({"discriminator": parts["discriminator"].item(), "generator": loss.item()})
    out["weights"] = {name: digest(p) for name, p in sorted(game.p.items())}
    return out


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    noise = json.loads((HERE / "gan-noise.json").read_text())
    results = [run(case, noise) for case in CASES]
    (HERE / "gan.json").write_text(json.dumps(rounded(results), indent=1) + "\n")
