#!/usr/bin/env python3
"""What PyTorch makes of the U-Net, for tests/unet.rs to compare with.

    python3 tests/reference/unet.py        (any PyTorch >= 1.13 does)

writes  unet.json      for each case the answer, the loss mean((answer - target)^2), and the gradient of
                       every weight, and how far a step of Muon at learning rate 1 moves those between the first
                       and the last layer, a kernel being the matrix [out, in * height * width]

Weights and inputs come from a formula that both sides evaluate exactly (`signed` of vae.py); everything
is computed in double precision. A linear weight is [d_in, d_out].
"""
import json
import math

import torch
import torch.nn.functional as F

from gpt import newton_schulz
from vae import HERE, digest, rounded, signed

# Channels, height and width of the images; widths, groups and heads; times; how many classes there
# are, and that of each image (the number of classes for none); frames of a clip, and channels that lie beside
# the image and are not answered; layers of a transformer in the middle.
CASES = [
    (1, 8, 8, [8, 16, 16], 4, 4, [0.1, 0.75], 0, [], 1, 0, 0),
    (3, 6, 4, [6, 4], 2, 2, [0.5], 0, [], 1, 0, 0),
    (1, 5, 7, [4], 1, 1, [0.0, 0.3, 1.0], 0, [], 1, 0, 0),
    (1, 4, 4, [4, 8], 2, 2, [0.2], 3, [0, 3, 2], 1, 0, 1),
    (4, 4, 6, [4, 8], 2, 2, [0.1, 0.6, 0.0], 0, [], 3, 4, 2),
]


def images(frames):
    """How many images there are: three, or two clips."""
    return 3 if frames == 1 else 2 * frames


def attentions(depth):
    """The names of what looks at all pixels in the middle."""
    return ["attention"] + [f"layers.{i}.attention" for i in range(depth)]


def shapes(channels, widths, classes, frames, beside, depth=0):
    """Name -> shape of every parameter."""
    out = {}

    def linear(name, d_in, d_out):
        out[name + ".weight"], out[name + ".bias"] = (d_in, d_out), (d_out,)

    def conv(name, c_in, c_out, k):
        out[name + ".weight"], out[name + ".bias"] = (c_out, c_in, k, k), (c_out,)

    def norm(name, c):
        out[name + ".gain"], out[name + ".bias"] = (c,), (c,)

    def block(name, c_in, c_out):
        norm(name + ".norm_1", c_in)
        conv(name + ".conv_1", c_in, c_out, 3)
        linear(name + ".time", 4 * widths[0], c_out)
        norm(name + ".norm_2", c_out)
        conv(name + ".conv_2", c_out, c_out, 3)
        if c_in != c_out:
            conv(name + ".skip", c_in, c_out, 1)

    def along(name, c):
        if frames > 1:
            norm(name + ".norm", c)
            out[name + ".places"] = (frames, c)
            linear(name + ".qkv", c, 3 * c)
            linear(name + ".out", c, c)

    linear("time_1", widths[0], 4 * widths[0])
    linear("time_2", 4 * widths[0], 4 * widths[0])
    if classes:
        out["classes"] = (classes + 1, 4 * widths[0])
    conv("input", channels + beside, widths[0], 3)
    c = widths[0]
    for i, width in enumerate(widths):
        block(f"down.{i}.block", c, width)
        along(f"down.{i}.along", width)
        if i + 1 < len(widths):
            conv(f"down.{i}.next", width, width, 3)
        c = width
    block("middle_1", c, c)
    for name in attentions(depth):
        norm(name + ".norm", c)
        if frames > 1:
            out[name + ".places"] = (frames, c)
        linear(name + ".qkv", c, 3 * c)
        linear(name + ".out", c, c)
    for i in range(depth):
        norm(f"layers.{i}.norm", c)
        linear(f"layers.{i}.mlp_up", c, 4 * c)
        linear(f"layers.{i}.mlp_down", 4 * c, c)
    block("middle_2", c, c)
    for j, width in enumerate(reversed(widths)):
        block(f"up.{j}.block", c + width, width)
        along(f"up.{j}.along", width)
        if j + 1 < len(widths):
            conv(f"up.{j}.next", width, width, 3)
        c = width
    norm("norm", c)
    conv("output", c, channels, 3)
    return out


def fan_in(shape):
    return shape[0] if len(shape) == 2 else math.prod(shape[1:])


def parameters(*sizes):
    out = {}
    for index, (name, shape) in enumerate(sorted(shapes(*sizes).items())):
        scale = math.sqrt(3 / fan_in(shape)) if len(shape) > 1 else 0.3
        values = signed(index + 1, math.prod(shape), scale)
        if name.endswith(".gain"):
            values = values + 1
        out[name] = values.float().double().reshape(shape).requires_grad_()
    return out


class UNet:
    def __init__(self, channels, widths, groups, heads, classes, frames, beside, depth=0):
        self.p = parameters(channels, widths, classes, frames, beside, depth)
        self.widths, self.frames, self.depth = widths, frames, depth
        self.groups, self.heads = groups, heads

    def linear(self, name, x):
        return x @ self.p[name + ".weight"] + self.p[name + ".bias"]

    def conv(self, name, x, stride=1):
        w = self.p[name + ".weight"]
        return F.conv2d(x, w, self.p[name + ".bias"], stride, w.shape[-1] // 2)

    def norm(self, name, x):
        return F.group_norm(x, self.groups, self.p[name + ".gain"], self.p[name + ".bias"], 1e-5)

    def block(self, name, x, time):
        h = self.conv(name + ".conv_1", self.beside(F.silu(self.norm(name + ".norm_1", x))))
        h = h + self.linear(name + ".time", time)[:, :, None, None]
        h = self.conv(name + ".conv_2", F.silu(self.norm(name + ".norm_2", h)))
        return h + (self.conv(name + ".skip", x) if name + ".skip.weight" in self.p else x)

    def beside(self, x):
        """A quarter of the channels from the frame before, a quarter from the one behind."""
        if self.frames == 1:
            return x
        out, quarter, zero = x.clone(), x.shape[1] // 4, torch.zeros_like(x[0])
        for i in range(len(x)):
            first, last = i % self.frames == 0, i % self.frames == self.frames - 1
            out[i, :quarter] = (zero if first else x[i - 1])[:quarter]
            out[i, quarter : 2 * quarter] = (zero if last else x[i + 1])[quarter : 2 * quarter]
        return out

    def looked(self, name, rows):
        """Within each sequence of rows [n, t, c] all look at all."""
        n, t, c = rows.shape
        q, k, v = self.linear(name + ".qkv", rows).chunk(3, -1)
        parts = [x.reshape(n, t, self.heads, -1).transpose(1, 2) for x in (q, k, v)]
        scores = parts[0] @ parts[1].transpose(2, 3) / math.sqrt(c / self.heads)
        out = (scores.softmax(-1) @ parts[2]).transpose(1, 2).reshape(n, t, c)
        return self.linear(name + ".out", out)

    def attention(self, x, name="attention"):
        """Each pixel looks at all others, of a clip at those of all frames."""
        n, c, h, w = x.shape
        rows = self.norm(name + ".norm", x).flatten(2).transpose(1, 2)  # [n, hw, c]
        if self.frames > 1:
            rows = torch.stack([row + self.p[name + ".places"][i % self.frames] for i, row in enumerate(rows)])
        seen = self.looked(name, rows.reshape(n // self.frames, self.frames * h * w, c))
        return x + seen.reshape(n, h * w, c).transpose(1, 2).reshape(x.shape)

    def layer(self, name, x):
        """Each pixel looks at all others, then goes through two layers by itself."""
        x = self.attention(x, name + ".attention")
        rows = self.norm(name + ".norm", x).movedim(1, -1)
        out = self.linear(name + ".mlp_down", F.silu(self.linear(name + ".mlp_up", rows)))
        return x + out.movedim(-1, 1)

    def along(self, name, x):
        """Each place looks at the same place in all frames of its clip."""
        if self.frames == 1:
            return x
        n, c, h, w = x.shape
        clips = self.norm(name + ".norm", x).reshape(n // self.frames, self.frames, c, h, w)
        out = torch.empty_like(clips)
        for y in range(h):
            for z in range(w):
                out[:, :, :, y, z] = self.looked(name, clips[:, :, :, y, z] + self.p[name + ".places"])
        return x + out.reshape(x.shape)

    def forward(self, x, times, labels):
        half = self.widths[0] // 2
        angles = times[:, None] * 1000 * 10000 ** (-torch.arange(half, dtype=torch.float64) / half)
        time = F.silu(self.linear("time_1", torch.cat([angles.sin(), angles.cos()], 1)))
        time = self.linear("time_2", time)
        if labels:
            time = time + self.p["classes"][labels]
        time = F.silu(time)
        h, kept = self.conv("input", x), []
        last = len(self.widths) - 1
        for i in range(last + 1):
            h = self.along(f"down.{i}.along", self.block(f"down.{i}.block", h, time))
            kept.append(h)
            if i < last:
                h = self.conv(f"down.{i}.next", h, 2)
        h = self.attention(self.block("middle_1", h, time))
        for i in range(self.depth):
            h = self.layer(f"layers.{i}", h)
        h = self.block("middle_2", h, time)
        for j in range(last + 1):
            h = self.block(f"up.{j}.block", torch.cat([h, kept.pop()], 1), time)
            h = self.along(f"up.{j}.along", h)
            if j < last:
                h = self.conv(f"up.{j}.next", F.interpolate(h, scale_factor=2, mode="nearest"))
        return self.conv("output", F.silu(self.norm("norm", h)))


def between(name):
    return name.endswith(".weight") and not name.startswith(("input.", "output."))


def step_of_muon(p):
    """The first step by Nesterov's momentum of 0.95 (kellerjordan.github.io/posts/muon)."""
    grad = p.grad.reshape(len(p), -1)
    ahead = 0.95 * (0.05 * grad) + 0.05 * grad
    return -0.2 * math.sqrt(max(grad.shape)) * newton_schulz(ahead)


def run(channels, height, width, widths, groups, heads, times, classes, labels, frames, beside, depth):
    net, n = UNet(channels, widths, groups, heads, classes, frames, beside, depth), images(frames)
    given = {1000: channels + beside, 1001: channels}
    size = {salt: (n, c, height, width) for salt, c in given.items()}
    x, target = (signed(salt, math.prod(size[salt]), 1.5).reshape(size[salt]) for salt in given)
    answer = net.forward(x, torch.tensor((times * n)[:n] if len(times) > 1 else times), labels)
    loss = ((answer - target) ** 2).mean()
    loss.backward()
    return {
        "image": [channels, height, width],
        "widths": widths,
        "groups": groups,
        "heads": heads,
        "times": times,
        "classes": classes,
        "labels": labels,
        "frames": frames,
        "beside": beside,
        "depth": depth,
        "answer": digest(answer),
        "loss": loss.item(),
        "gradients": {name: digest(p.grad) for name, p in sorted(net.p.items())},
        "muon": {name: digest(step_of_muon(p)) for name, p in sorted(net.p.items()) if between(name)},
    }


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    results = [run(*case) for case in CASES]
    (HERE / "unet.json").write_text(json.dumps(rounded(results), indent=1) + "\n")
