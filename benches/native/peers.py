"""The models of benches/browser/gpt and benches/browser/unet in PyTorch, and how fast they train.

    python peers.py gpt|unet FOLDER STEPS THREADS

FOLDER holds the data as `playground train` reads it. Prints JSON: steps, wall seconds, processor
seconds, the first loss and the mean of the last ten.
"""
import gzip
import json
import math
import pathlib
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.proj = nn.Linear(width, width, bias=False)

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.proj(mixed.transpose(1, 2).reshape(b, t, c))


class Layer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, bias=False)
        self.attention = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, bias=False)
        self.up = nn.Linear(width, 4 * width, bias=False)
        self.down = nn.Linear(4 * width, width, bias=False)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class Gpt(nn.Module):
    """4 layers, 4 heads, 128 wide, context 64; `step` draws 12 windows and gives their loss."""

    rate, betas = 1e-3, (0.9, 0.99)

    def __init__(self, folder, layers=4, heads=4, width=128, context=64, batch=12):
        super().__init__()
        text = next((folder / "play").glob("*.txt")).read_text()
        symbols = sorted(set(text))
        self.tokens = torch.tensor([symbols.index(c) for c in text[: len(text) * 9 // 10]])
        self.context, self.batch = context, batch
        self.wte = nn.Embedding(len(symbols), width)
        self.wpe = nn.Parameter(torch.empty(context, width))
        self.layers = nn.Sequential(*(Layer(width, heads) for _ in range(layers)))
        self.norm = nn.LayerNorm(width, bias=False)
        for name, p in self.named_parameters():
            if p.dim() > 1:
                branch_end = name.endswith(("proj.weight", "down.weight"))
                nn.init.normal_(p, std=0.02 / math.sqrt(2 * layers) if branch_end else 0.02)

    def step(self):
        at = torch.randint(len(self.tokens) - self.context - 1, (self.batch, 1)) + torch.arange(self.context)
        x = self.norm(self.layers(self.wte(self.tokens[at]) + self.wpe))
        logits = x @ self.wte.weight.T
        return F.cross_entropy(logits.flatten(0, 1), self.tokens[at + 1].flatten())


def zero(layer):
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


class Block(nn.Module):
    def __init__(self, inputs, outputs, time):
        super().__init__()
        self.norm1 = nn.GroupNorm(8, inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.time = nn.Linear(time, outputs)
        self.norm2 = nn.GroupNorm(8, outputs)
        self.conv2 = zero(nn.Conv2d(outputs, outputs, 3, padding=1))
        self.skip = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x, time):
        h = self.conv1(F.silu(self.norm1(x))) + self.time(time)[:, :, None, None]
        return self.conv2(F.silu(self.norm2(h))) + self.skip(x)


class Unet(nn.Module):
    """Widths 32/64/64 on 28 × 28 × 1; `step` noises 16 images and gives the loss of the noise."""

    rate, betas = 1e-3, (0.9, 0.999)

    def __init__(self, folder, widths=(32, 64, 64), heads=4, batch=16):
        super().__init__()
        raw = gzip.open(folder / "mnist" / "train-images-idx3-ubyte.gz").read()[16:]
        self.images = torch.frombuffer(bytearray(raw), dtype=torch.uint8).view(-1, 1, 28, 28)
        self.batch, self.heads, self.widths = batch, heads, widths
        time = 4 * widths[0]
        self.time1, self.time2 = nn.Linear(widths[0], time), nn.Linear(time, time)
        self.first = nn.Conv2d(1, widths[0], 3, padding=1)
        before = (widths[0], *widths)
        self.down = nn.ModuleList(Block(a, b, time) for a, b in zip(before, widths))
        self.smaller = nn.ModuleList(nn.Conv2d(w, w, 3, stride=2, padding=1) for w in widths[:-1])
        last = widths[-1]
        self.middle1, self.middle2 = Block(last, last, time), Block(last, last, time)
        self.norm = nn.GroupNorm(8, last)
        self.qkv, self.out = nn.Conv2d(last, 3 * last, 1), zero(nn.Conv2d(last, last, 1))
        after = (*widths[1:], last)
        self.up = nn.ModuleList(Block(a + b, b, time) for a, b in zip(after, widths))
        self.larger = nn.ModuleList(nn.Conv2d(w, w, 3, padding=1) for w in widths[1:])
        self.last_norm = nn.GroupNorm(8, widths[0])
        self.last = zero(nn.Conv2d(widths[0], 1, 3, padding=1))

    def attention(self, h):
        n, c, rows, columns = h.shape
        parts = self.qkv(self.norm(h)).reshape(n, 3, self.heads, c // self.heads, rows * columns)
        q, k, v = parts.permute(1, 0, 2, 4, 3)
        mixed = F.scaled_dot_product_attention(q, k, v).transpose(2, 3).reshape(n, c, rows, columns)
        return h + self.out(mixed)

    def forward(self, x, t):
        half = self.widths[0] // 2
        angles = t[:, None] * 1000 * 10_000 ** (-torch.arange(half) / half)
        time = F.silu(self.time1(torch.cat([angles.sin(), angles.cos()], 1)))
        time = F.silu(self.time2(time))
        h = self.first(x)
        skips = []
        for i, block in enumerate(self.down):
            h = block(h, time)
            skips.append(h)
            if i < len(self.smaller):
                h = self.smaller[i](h)
        h = self.middle2(self.attention(self.middle1(h, time)), time)
        for i in reversed(range(len(self.widths))):
            h = self.up[i](torch.cat([h, skips[i]], 1), time)
            if i > 0:
                h = self.larger[i - 1](F.interpolate(h, scale_factor=2.0, mode="nearest"))
        return self.last(F.silu(self.last_norm(h)))

    def step(self):
        clean = self.images[torch.randint(len(self.images), (self.batch,))].float() / 127.5 - 1
        t = torch.rand(self.batch)
        noise = torch.randn_like(clean)
        angle = (t * math.pi / 2)[:, None, None, None]  # the share of the data's variance is cos²
        x = angle.cos() * clean + angle.sin() * noise
        return F.mse_loss(self(x, t), noise)


def main():
    kind, folder, steps, threads = sys.argv[1:]
    torch.set_num_threads(int(threads))
    torch.manual_seed(1)
    model = {"gpt": Gpt, "unet": Unet}[kind](pathlib.Path(folder))
    optimizer = torch.optim.Adam(model.parameters(), lr=model.rate, betas=model.betas, fused=True)
    losses = []

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = model.step()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())

    for _ in range(5):
        step()
    began, spent = time.perf_counter(), time.process_time()
    for _ in range(int(steps)):
        step()
    report = {"steps": int(steps), "seconds": time.perf_counter() - began, "cpu": time.process_time() - spent}
    parameters = sum(p.numel() for p in model.parameters())
    print(json.dumps({**report, "first": losses[0].item(), "last": torch.stack(losses[-10:]).mean().item(), "parameters": parameters}))


main()
