#!/usr/bin/env python3
"""What PyTorch makes of the two convolutional networks of a GAN, for tests/gan.rs to compare with.

    python3 tests/reference/gan_images.py        (any PyTorch >= 1.13 does)

writes  gan_images.json    for each case the fakes, the scores of images, the relativistic losses of both
                           networks without penalties, and the gradient of each by every weight of its own

Weights and inputs come from a formula that both sides evaluate exactly (`signed` of vae.py); everything
is computed in double precision. A linear weight is [d_in, d_out], a transposed convolution's
[c_in, c_out, k, k].
"""
import json
import math

import torch
import torch.nn.functional as F

from vae import HERE, digest, rounded, signed

# Channels, height and width of the images; classes; channels of the config, hidden units, z_dim.
CASES = [
    (1, 8, 8, 0, 4, 16, 3),
    (3, 16, 8, 3, 4, 16, 2),
    (1, 7, 5, 2, 5, 17, 4),
]
BATCH = 4
LEAST_SIDE = 4


def halvings(height, width):
    times = 0
    while height % 2 == 0 and width % 2 == 0 and min(height, width) >= 2 * LEAST_SIDE:
        height, width, times = height // 2, width // 2, times + 1
    return times


def shapes(channels, height, width, classes, c, hidden, z):
    times = halvings(height, width)
    d, g = "discriminator.", "generator."
    out, c_in = {}, channels
    for i in range(times):
        out[f"{d}down.{i}.weight"], out[f"{d}down.{i}.bias"] = (c << i + 1, c_in, 4, 4), (c << i + 1,)
        c_in = c << i + 1
    area = (height >> times) * (width >> times)
    out[d + "hidden.weight"], out[d + "hidden.bias"] = (c_in * area, hidden), (hidden,)
    out[d + "output.weight"], out[d + "output.bias"] = (hidden, 1), (1,)
    first = (c << times) * area
    if classes:
        out[d + "classes"], out[g + "classes"] = (classes, hidden), (classes, z)
    out[g + "input.weight"], out[g + "input.bias"] = (2 * z if classes else z, first), (first,)
    for i in range(times):
        c_in, c_out = c << times - i, c << times - i - 1
        out[f"{g}up.{i}.weight"], out[f"{g}up.{i}.bias"] = (c_in, c_out, 4, 4), (c_out,)
    out[g + "output.weight"], out[g + "output.bias"] = (channels, c, 3, 3), (channels,)
    return out


def leaky(x):
    return F.leaky_relu(x, 0.2)


class Gan:
    def __init__(self, *case):
        self.case, self.p = case, {}
        for index, (name, shape) in enumerate(sorted(shapes(*case).items())):
            fan = shape[0] if len(shape) == 2 else math.prod(shape[1:])
            scale = math.sqrt(3 / fan) if len(shape) > 1 else 0.1
            values = signed(index + 1, math.prod(shape), scale).float().double()
            self.p[name] = values.reshape(shape).requires_grad_()

    def get(self, name):
        return self.p[name + ".weight"], self.p[name + ".bias"]

    def generate(self, z, labels):
        channels, height, width, classes, c, _, _ = self.case
        times = halvings(height, width)
        if classes:
            z = torch.cat([z, self.p["generator.classes"][labels]], 1)
        w, b = self.get("generator.input")
        x = leaky(z @ w + b).reshape(-1, c << times, height >> times, width >> times)
        for i in range(times):
            x = leaky(F.conv_transpose2d(x, *self.get(f"generator.up.{i}"), 2, 1))
        return torch.tanh(F.conv2d(x, *self.get("generator.output"), padding=1))

    def score(self, x, labels):
        _, height, width, classes, *_ = self.case
        for i in range(halvings(height, width)):
            x = leaky(F.conv2d(x, *self.get(f"discriminator.down.{i}"), 2, 1))
        w, b = self.get("discriminator.hidden")
        h = leaky(x.flatten(1) @ w + b)
        w, b = self.get("discriminator.output")
        score = (h @ w + b)[:, 0]
        return score + (h * self.p["discriminator.classes"][labels]).sum(1) if classes else score


def run(*case):
    channels, height, width, classes, c, hidden, z_dim = case
    gan = Gan(*case)
    labels = [i % classes for i in range(BATCH)] if classes else []
    size = (BATCH, channels, height, width)
    z = signed(1000, BATCH * z_dim, 1.5).reshape(BATCH, z_dim)
    x = signed(1001, math.prod(size), 1.0).reshape(size)
    fakes = gan.generate(z, labels)
    scores = gan.score(x, labels)
    of_d = F.softplus(gan.score(fakes.detach(), labels) - scores).mean()
    of_g = F.softplus(gan.score(x, labels).detach() - gan.score(fakes, labels)).mean()
    gradients = {}
    for loss, network in ((of_d, "discriminator"), (of_g, "generator")):
        mine = {name: p for name, p in gan.p.items() if name.startswith(network)}
        for name, g in zip(mine, torch.autograd.grad(loss, list(mine.values()), retain_graph=True)):
            gradients[name] = digest(g)
    return {
        "image": [channels, height, width],
        "classes": classes,
        "config": {"channels": c, "hidden": hidden, "z_dim": z_dim},
        "fakes": digest(fakes),
        "scores": digest(scores),
        "losses": [of_d.item(), of_g.item()],
        "gradients": dict(sorted(gradients.items())),
    }


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    results = [run(*case) for case in CASES]
    (HERE / "gan_images.json").write_text(json.dumps(rounded(results), indent=1) + "\n")
