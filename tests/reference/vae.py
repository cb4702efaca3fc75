#!/usr/bin/env python3
"""What PyTorch makes of the variational autoencoder, for tests/reference.rs to compare with.

    /usr/bin/python3 tests/reference/vae.py        (Debian: python3-torch; any PyTorch >= 1.13 does)

reads   cases.json   the cases: sizes, options, learning rate
        noise.json   epsilon of each case and step: the program's own ChaCha8 noise, written once by
                     cargo test --release --test native -- --ignored reference::write_noise
writes  vae.json     means, log-variances, logits, losses, gradients, and ten steps of Adam

Weights and images come from a formula that both sides evaluate exactly (`unit`). Everything is computed
in double precision, so what the test measures is the distance to the mathematics. Layouts follow the
program: a linear weight is [d_in, d_out].
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

from formula import signed, unit

HERE = pathlib.Path(__file__).parent
STEPS = 10
CHANNELS = [16, 32]


def shapes(case):
    """Name -> shape of every parameter."""
    c = case["config"]
    pixels, hidden, d = case["height"] * case["width"], c["hidden"], c["latent_dim"]
    out = {}

    def linear(name, d_in, d_out):
        out[name + ".weight"], out[name + ".bias"] = (d_in, d_out), (d_out,)

    conv = c["architecture"] == "conv"
    bottom = CHANNELS[1] * pixels // 16
    layers = 1 if conv else c["layers"]
    if conv:
        for i, (a, b) in enumerate([(1, CHANNELS[0]), tuple(CHANNELS)]):
            out[f"encoder.convolutions.{i}.weight"] = (b, a, 3, 3)
            out[f"encoder.convolutions.{i}.bias"] = (b,)
        for i, (a, b) in enumerate([(CHANNELS[1], CHANNELS[0]), (CHANNELS[0], 1)]):
            out[f"decoder.convolutions.{i}.weight"] = (a, b, 4, 4)
            out[f"decoder.convolutions.{i}.bias"] = (b,)
    for i in range(layers):
        linear(f"encoder.hidden.{i}", (bottom if conv else pixels) if i == 0 else hidden, hidden)
        linear(f"decoder.hidden.{i}", d if i == 0 else hidden, hidden)
    linear("encoder.mu", hidden, d)
    linear("encoder.logvar", hidden, d)
    if conv:
        linear(f"decoder.hidden.{layers}", hidden, bottom)
    else:
        linear("decoder.logits", hidden, pixels)
    return out


def fan_in(name, shape):
    if len(shape) == 2:
        return shape[0]
    return shape[0] * 4 if name.startswith("decoder") else shape[1] * 9


def parameters(case):
    out = {}
    for index, (name, shape) in enumerate(sorted(shapes(case).items())):
        scale = math.sqrt(3 / fan_in(name, shape)) if name.endswith(".weight") else 0.1
        values = signed(index + 1, math.prod(shape), scale)
        out[name] = values.reshape(shape).requires_grad_()
    return out


class Model:
    def __init__(self, case):
        self.case, self.config, self.p = case, case["config"], parameters(case)
        self.act = {"relu": torch.relu, "tanh": torch.tanh}[self.config["activation"]]

    def linear(self, name, x):
        return x @ self.p[name + ".weight"] + self.p[name + ".bias"]

    def chain(self, name, h):
        i = 0
        while f"{name}.{i}.weight" in self.p:
            h = self.act(self.linear(f"{name}.{i}", h))
            i += 1
        return h

    def encode(self, x):
        h = x
        if self.config["architecture"] == "conv":
            h = h.reshape(-1, 1, self.case["height"], self.case["width"])
            for i in range(2):
                name = f"encoder.convolutions.{i}"
                w, b = self.p[name + ".weight"], self.p[name + ".bias"]
                h = self.act(F.conv2d(h, w, b, stride=2, padding=1))
            h = h.flatten(1)
        h = self.chain("encoder.hidden", h)
        return self.linear("encoder.mu", h), self.linear("encoder.logvar", h)

    def decode(self, z):
        h = self.chain("decoder.hidden", z)
        if self.config["architecture"] == "mlp":
            return self.linear("decoder.logits", h)
        h = h.reshape(-1, CHANNELS[1], self.case["height"] // 4, self.case["width"] // 4)
        for i in range(2):
            name = f"decoder.convolutions.{i}"
            w, b = self.p[name + ".weight"], self.p[name + ".bias"]
            h = F.conv_transpose2d(h, w, b, stride=2, padding=1)
            if i == 0:
                h = self.act(h)
        return h.flatten(1)

    def losses(self, x, epsilon):
        c, k = self.config, self.case["draws"]
        mu, logvar = self.encode(x)
        prior = torch.distributions.Normal(0.0, 1.0)
        q = torch.distributions.Normal(mu, (logvar / 2).exp())
        kl_each = torch.distributions.kl_divergence(q, torch.distributions.Normal(torch.zeros_like(mu), 1.0))
        bernoulli = lambda logits, x: torch.distributions.Bernoulli(logits=logits, validate_args=False).log_prob(x)
        if c.get("importance_samples", 1) == 1:
            z = mu + (logvar / 2).exp() * epsilon
            reconstruction = -bernoulli(self.decode(z), x).sum(1).mean()
            kl = kl_each.mean(0)
            paid = kl.clamp(min=c.get("free_bits", 0.0)).sum()
            return {
                "loss": reconstruction + c.get("beta", 1.0) * paid,
                "reconstruction": reconstruction,
                "kl": kl.sum(),
            }
        n, d = mu.shape
        z = mu[:, None] + (logvar / 2).exp()[:, None] * epsilon.reshape(n, k, d)
        log_x = bernoulli(self.decode(z.reshape(n * k, d)).reshape(n, k, -1), x[:, None]).sum(2)
        log_z = prior.log_prob(z).sum(2)
        log_q = torch.distributions.Normal(mu[:, None], (logvar / 2).exp()[:, None]).log_prob(z).sum(2)
        bound = torch.logsumexp(log_x + log_z - log_q, 1) - math.log(k)
        return {"loss": -bound.mean(), "reconstruction": -log_x.mean(), "kl": kl_each.sum(1).mean()}


def digest(values):
    """Enough of many numbers to notice any change: some of them, their size, and a probe of all."""
    flat = values.detach().flatten()
    return {
        "head": flat[:8].tolist(),
        "norm": flat.norm().item(),
        "largest": flat.abs().max().item(),
        "probe": (flat @ signed(777, flat.numel(), 1.0)).item(),
    }


def run(case, noise):
    model = Model(case)
    n, pixels = case["batch"], case["height"] * case["width"]
    x = torch.tensor([unit(1000, i) for i in range(n * pixels)], dtype=torch.float64).reshape(n, pixels)
    epsilon = [torch.tensor(e, dtype=torch.float64).float().double() for e in noise]
    d = case["config"]["latent_dim"]
    epsilon = [e.reshape(n * case["draws"], d) for e in epsilon]

    mu, logvar = model.encode(x)
    z = mu.repeat_interleave(case["draws"], 0) + (logvar / 2).exp().repeat_interleave(case["draws"], 0) * epsilon[0]
    out = {
        "name": case["name"],
        "mu": mu.flatten().tolist(),
        "logvar": logvar.flatten().tolist(),
        "logits": digest(model.decode(z)),
    }
    losses = model.losses(x, epsilon[0])
    out["losses"] = {name: value.item() for name, value in losses.items()}
    losses["loss"].backward()
    out["gradients"] = {name: digest(p.grad) for name, p in sorted(model.p.items())}

    adam = torch.optim.Adam(model.p.values(), lr=case["learning_rate"])
    out["steps"] = []
    for e in epsilon:
        adam.zero_grad()
        loss = model.losses(x, e)["loss"]
        loss.backward()
        adam.step()
        out["steps"].append(loss.item())
    out["weights"] = {name: digest(p) for name, p in sorted(model.p.items())}
    return out


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, list):
        return [rounded(v) for v in value]
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return value


if __name__ == "__main__":
    cases = json.loads((HERE / "cases.json").read_text())
    noise = json.loads((HERE / "noise.json").read_text())
    torch.set_default_dtype(torch.float64)
    results = [run(case, e[:STEPS]) for case, e in zip(cases, noise)]
    (HERE / "vae.json").write_text(json.dumps(rounded(results), indent=1) + "\n")
