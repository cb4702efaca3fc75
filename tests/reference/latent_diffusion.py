#!/usr/bin/env python3
"""What PyTorch makes of latent diffusion, for tests/latent_diffusion.rs to compare with.

    python3 tests/reference/latent_diffusion.py        (any PyTorch >= 1.13 does)

writes  latent_diffusion.json      for each case the code's distribution, the logits, the losses and the gradient of
                                   every weight

The code's distribution and its divergence are torch.distributions' own. Weights and inputs come from a formula that
both sides evaluate exactly (`signed`, `unit`); everything is computed in double precision. A linear weight is
[d_in, d_out].
"""
import json
import math

import torch
import torch.nn.functional as F
from torch.distributions import Normal, kl_divergence

import unet
from vae import HERE, digest, rounded, signed

# Channels, height and width of the images; channels of the autoencoder, of a code and of the denoiser, its levels;
# beta; how many classes there are, and that of each image (the number of classes for none).
CASES = [
    (1, 8, 8, 8, 2, 8, 1, 0.1, 3, [0, 3, 2]),
    (3, 8, 16, 8, 3, 16, 2, 1.0, 0, []),
]
TIMESTEPS = [100, 500, 990]


def shapes(channels, c, d, first, levels, classes):
    out = {}

    def conv(name, c_in, c_out):
        out[name + ".weight"], out[name + ".bias"] = (c_out, c_in, 3, 3), (c_out,)

    def norm(name, width):
        out[name + ".gain"], out[name + ".bias"] = (width,), (width,)

    for net, convs in {
        "encoder": [("input", channels, c), ("half", c, 2 * c), ("quarter", 2 * c, 2 * c), ("output", 2 * c, 2 * d)],
        "decoder": [("input", d, 2 * c), ("half", 2 * c, 2 * c), ("whole", 2 * c, c), ("output", c, channels)],
    }.items():
        for name, c_in, c_out in convs:
            conv(f"{net}.{name}", c_in, c_out)
        for i in (1, 2):
            for j in (1, 2):
                norm(f"{net}.block_{i}.norm_{j}", 2 * c)
                conv(f"{net}.block_{i}.conv_{j}", 2 * c, 2 * c)
        norm(f"{net}.norm", 2 * c if net == "encoder" else c)
    widths = [first << min(i, 1) for i in range(levels)]
    for name, shape in unet.shapes(d, widths, classes, 1, 0).items():
        out["denoiser." + name] = shape
    return out


class Net:
    def __init__(self, channels, c, d, first, levels, classes):
        self.p, self.groups = {}, min(8, c // 2)
        for index, (name, shape) in enumerate(sorted(shapes(channels, c, d, first, levels, classes).items())):
            scale = math.sqrt(3 / unet.fan_in(shape)) if len(shape) > 1 else 0.3
            values = signed(index + 1, math.prod(shape), scale) + (1 if name.endswith(".gain") else 0)
            self.p[name] = values.float().double().reshape(shape).requires_grad_()
        self.denoiser = unet.UNet.__new__(unet.UNet)
        self.denoiser.p = {k.removeprefix("denoiser."): v for k, v in self.p.items() if k.startswith("denoiser.")}
        self.denoiser.widths, self.denoiser.frames = [first << min(i, 1) for i in range(levels)], 1
        self.denoiser.groups, self.denoiser.heads, self.denoiser.depth = min(8, first // 2), 4, 0

    def conv(self, name, x, stride=1):
        return F.conv2d(x, self.p[name + ".weight"], self.p[name + ".bias"], stride, 1)

    def activated(self, name, x):
        return F.silu(F.group_norm(x, self.groups, self.p[name + ".gain"], self.p[name + ".bias"], 1e-5))

    def block(self, name, x):
        h = self.conv(name + ".conv_1", self.activated(name + ".norm_1", x))
        return x + self.conv(name + ".conv_2", self.activated(name + ".norm_2", h))

    def encode(self, x):
        h = self.conv("encoder.half", self.conv("encoder.input", x * 2 - 1), 2)
        h = self.conv("encoder.quarter", self.block("encoder.block_1", h), 2)
        mu, logvar = self.conv("encoder.output", self.activated("encoder.norm", self.block("encoder.block_2", h))).chunk(2, 1)
        return Normal(mu, (logvar.clamp(-12, 4) / 2).exp())

    def decode(self, z):
        h = self.block("decoder.block_1", self.conv("decoder.input", z))
        h = self.conv("decoder.half", F.interpolate(h, scale_factor=2, mode="nearest"))
        h = self.block("decoder.block_2", h)
        h = self.conv("decoder.whole", F.interpolate(h, scale_factor=2, mode="nearest"))
        return self.conv("decoder.output", self.activated("decoder.norm", h))


def cosine(t):
    """alpha-bar of Nichol & Dhariwal over 1000 steps, whose beta is at most 0.999."""
    at = lambda s: math.cos((s / 1000 + 0.008) / 1.008 * math.pi / 2) ** 2
    product = 1.0
    for s in range(1, t + 1):
        product *= 1 - min(1 - at(s) / at(s - 1), 0.999)
    return product


def run(channels, height, width, c, d, first, levels, beta, classes, labels):
    net, n = Net(channels, c, d, first, levels, classes), 3
    x = (signed(1000, n * channels * height * width, 0.5) + 0.5).reshape(n, channels, height, width)
    code = (n, d, height // 4, width // 4)
    epsilon, noise = (signed(salt, math.prod(code), 1.5).reshape(code) for salt in (1001, 1002))
    q = net.encode(x)
    z = q.mean + q.stddev * epsilon
    logits = net.decode(z)
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / n
    kl = kl_divergence(q, Normal(torch.zeros_like(z), torch.ones_like(z))).sum() / n
    z0 = z.detach()
    a = torch.tensor([cosine(t) for t in TIMESTEPS])[:, None, None, None]
    answer = net.denoiser.forward(a.sqrt() * z0 + (1 - a).sqrt() * noise, torch.tensor(TIMESTEPS) / 1000, labels)
    denoising = ((a.sqrt() * noise - (1 - a).sqrt() * z0 - answer) ** 2).mean()
    loss = (reconstruction + beta * kl) / (channels * height * width) + denoising
    loss.backward()
    losses = {"loss": loss, "reconstruction": reconstruction, "kl": kl, "denoising": denoising}
    return {
        "image": [channels, height, width],
        "config": {
            **{"channels": c, "latent_channels": d, "denoiser_channels": first, "levels": levels},
            **{"beta": beta, "conditional": classes > 0},
        },
        "classes": classes,
        "labels": labels,
        "timesteps": TIMESTEPS,
        "mu": digest(q.mean),
        "logvar": digest(2 * q.stddev.log()),
        "logits": digest(logits),
        "losses": {name: value.item() for name, value in losses.items()},
        "gradients": {name: digest(p.grad) for name, p in sorted(net.p.items())},
    }


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    (HERE / "latent_diffusion.json").write_text(json.dumps(rounded([run(*case) for case in CASES]), indent=1) + "\n")
