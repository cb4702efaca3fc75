#!/usr/bin/env python3
"""What PyTorch makes of the neural process, for tests/neural_process.rs to compare with.

    python3 tests/reference/neural_process.py        (any PyTorch >= 1.13 does)

writes  neural_process.json      for each case the belief of the first hand from its examples, the logits of the
                                 decoder, the losses and the gradient of every weight

The beliefs are torch.distributions' Gaussians, multiplied one by one, and their divergence is its own. Weights and
inputs come from a formula that both sides evaluate exactly (`signed`); everything is computed in double precision.
A linear weight is [d_in, d_out].
"""
import json
import math

import torch
import torch.nn.functional as F
from torch.distributions import Independent, Normal, kl_divergence

from vae import HERE, digest, rounded, signed

WIDTHS = [1, 2, 4, 6]
# Height and width, channels, hidden units, latent size, classes, hands, images of each, how many are shown, beta.
CASES = [
    (8, 8, 4, 8, 3, 5, 2, 4, [0, 3], 1.0),
    (6, 4, 8, 8, 2, 3, 3, 2, [1, 0, 1], 0.5),
    (5, 5, 2, 8, 2, 2, 2, 1, [0, 0], 1.0),
]


def levels(height, width):
    both, count = height | width, 0
    while both % 2 == 0 and count < 3:
        both, count = both // 2, count + 1
    return count


def shapes(height, width, channels, hidden, latent, classes):
    """Name -> shape of every parameter."""
    out, n = {}, levels(height, width)

    def linear(name, d_in, d_out):
        out[name + ".weight"], out[name + ".bias"] = (d_in, d_out), (d_out,)

    def conv(name, c_in, c_out):
        out[name + ".weight"], out[name + ".bias"] = (c_out, c_in, 3, 3), (c_out,)

    def norm(name, c):
        out[name + ".gain"], out[name + ".bias"] = (c,), (c,)

    c = 1
    for i in range(n + 1):
        conv(f"encoder.convolutions.{i}", c, channels * WIDTHS[i])
        c = channels * WIDTHS[i]
    flat = c * (height >> n) * (width >> n)
    linear("encoder.image", flat, hidden)
    linear("encoder.mean", hidden, latent)
    linear("encoder.log_precision", hidden, latent)
    linear("decoder.hand", latent, hidden)
    linear("decoder.told", hidden, hidden)
    linear("decoder.bottom", hidden, flat)
    out["encoder.classes"] = out["decoder.classes"] = (classes, hidden)
    for j, i in enumerate(range(n, -1, -1)):
        w = channels * WIDTHS[i]
        if j > 0:
            conv(f"decoder.up.{j - 1}", c, w)
        c = w
        for part in (1, 2):
            norm(f"decoder.blocks.{j}.norm_{part}", c)
            conv(f"decoder.blocks.{j}.conv_{part}", c, c)
        linear(f"decoder.blocks.{j}.time", hidden, c)
    norm("decoder.norm", c)
    conv("decoder.logits", c, 1)
    return out


def parameters(*sizes):
    out = {}
    for index, (name, shape) in enumerate(sorted(shapes(*sizes).items())):
        fan_in = shape[0] if len(shape) == 2 else math.prod(shape[1:])
        values = signed(index + 1, math.prod(shape), math.sqrt(3 / fan_in) if len(shape) > 1 else 0.3)
        if name.endswith(".gain"):
            values = values + 1
        out[name] = values.float().double().reshape(shape).requires_grad_()
    return out


class Process:
    def __init__(self, height, width, channels, hidden, latent, classes):
        self.p = parameters(height, width, channels, hidden, latent, classes)
        self.n, self.size = levels(height, width), (height, width)
        self.groups = channels // 8 if channels % 8 == 0 else channels // 4 if channels % 4 == 0 else 1

    def linear(self, name, x):
        return x @ self.p[name + ".weight"] + self.p[name + ".bias"]

    def conv(self, name, x, stride=1):
        return F.conv2d(x, self.p[name + ".weight"], self.p[name + ".bias"], stride, 1)

    def norm(self, name, x):
        return F.group_norm(x, self.groups, self.p[name + ".gain"], self.p[name + ".bias"], 1e-5)

    def encode(self, x, labels):
        h = x * 2 - 1
        for i in range(self.n + 1):
            h = F.silu(self.conv(f"encoder.convolutions.{i}", h, 1 if i == 0 else 2))
        h = F.silu(self.linear("encoder.image", h.flatten(1)) + self.p["encoder.classes"][labels])
        return self.linear("encoder.mean", h), self.linear("encoder.log_precision", h).clamp(-8, 8).exp()

    def decode(self, z, labels):
        told = F.silu(self.linear("decoder.hand", z) + self.p["decoder.classes"][labels])
        told = F.silu(self.linear("decoder.told", told))
        height, width = (s >> self.n for s in self.size)
        h = self.linear("decoder.bottom", told).reshape(len(z), -1, height, width)
        for j in range(self.n + 1):
            if j > 0:
                h = self.conv(f"decoder.up.{j - 1}", F.interpolate(h, scale_factor=2, mode="nearest"))
            name = f"decoder.blocks.{j}"
            a = self.conv(name + ".conv_1", F.silu(self.norm(name + ".norm_1", h)))
            a = a + self.linear(name + ".time", told)[:, :, None, None]
            h = h + self.conv(name + ".conv_2", F.silu(self.norm(name + ".norm_2", a)))
        return self.conv("decoder.logits", F.silu(self.norm("decoder.norm", h)))


def product(examples, latent):
    """The prior N(0, I) times the Gaussian of each example."""
    mean, variance = torch.zeros(latent, dtype=torch.float64), torch.ones(latent, dtype=torch.float64)
    for m, precision in examples:
        v = 1 / precision
        mean, variance = (mean * v + m * variance) / (variance + v), variance * v / (variance + v)
    return Independent(Normal(mean, variance.sqrt()), 1)


def run(height, width, channels, hidden, latent, classes, hands, together, shown, beta):
    net = Process(height, width, channels, hidden, latent, classes)
    n = hands * together
    x = (signed(1000, n * height * width, 0.5) + 0.5).reshape(n, 1, height, width)
    labels = [i * 7 % classes for i in range(n)]
    epsilon = signed(1001, hands * latent, 1.5).reshape(hands, latent)
    said = list(zip(*net.encode(x, labels)))
    beliefs = [
        (product(said[i * together : (i + 1) * together], latent), product(said[i * together :][: shown[i]], latent))
        for i in range(hands)
    ]
    z = torch.stack([q.mean + e * q.stddev for (q, _), e in zip(beliefs, epsilon)])
    logits = net.decode(z.repeat_interleave(together, 0), labels)
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum() / n
    kl = sum(kl_divergence(q, p) for q, p in beliefs) / n
    loss = reconstruction + beta * kl
    loss.backward()
    first = product(said[:together], latent)
    return {
        "size": [height, width],
        "config": {"channels": channels, "hidden": hidden, "latent_dim": latent, "beta": beta},
        "classes": classes,
        "together": together,
        "shown": shown,
        "mean": digest(first.mean),
        "precision": digest(1 / first.stddev**2),
        "logits": digest(logits),
        "losses": {
            "loss": rounded(loss.item()),
            "reconstruction": rounded(reconstruction.item()),
            "kl": rounded(kl.item()),
        },
        "gradients": {name: digest(p.grad) for name, p in net.p.items()},
    }


if __name__ == "__main__":
    (HERE / "neural_process.json").write_text(json.dumps([run(*case) for case in CASES], indent=1) + "\n")
