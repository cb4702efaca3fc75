#!/usr/bin/env python3
"""What PyTorch makes of the encoder-decoder transformer, for tests/seq2seq.rs to compare with.

    python3 tests/reference/seq2seq.py        (any PyTorch >= 2.0 does)

writes  seq2seq.json    the logits of a few pairs of different lengths, the weights of cross-attention of the first
                        one, the loss and the gradient of every weight

Each pair goes through the network by itself; attention is torch.nn.functional's multi_head_attention_forward, with the
weights that it returns. Weights come from a formula that both sides evaluate exactly (`signed`); everything is computed
in double precision. A linear weight is [d_in, d_out].
"""
import json
import math

import torch
import torch.nn.functional as F

from vae import HERE, digest, signed

SIZE = {"n_layer": 2, "n_head": 2, "n_embd": 16, "block_size": 12}
# Pieces "a" to "f" and the languages digits, en, de; then the end.
PIECES, LANGUAGES = 6, 3
END = PIECES + LANGUAGES
# From, to, what is read, what is written.
PAIRS = [
    (0, 1, [0, 3, 2], [1, 1, 4, 5]),
    (2, 0, [5], []),
    (1, 2, [4, 4, 1, 0, 2, 3, 5], [2]),
    (2, 1, [1, 2], [0, 0, 3, 1, 2, 5, 4]),
]


def shapes():
    """Name -> shape of every parameter."""
    c, t = SIZE["n_embd"], SIZE["block_size"]
    out = {"table": (END + 1, c), "read_at": (t, c), "written_at": (t, c)}
    out["encoder_norm"] = out["decoder_norm"] = (c,)

    def attention(at):
        out[at + "q"], out[at + "kv"], out[at + "proj"] = (c, c), (c, 2 * c), (c, c)

    def mlp(at):
        out[at + "up"], out[at + "down"] = (c, 4 * c), (4 * c, c)

    for i in range(SIZE["n_layer"]):
        for side, norms in (("encoder", 2), ("decoder", 3)):
            at = f"{side}.{i}."
            for j in range(norms):
                out[f"{at}norm_{j + 1}"] = (c,)
            attention(at + "own.")
            mlp(at + "mlp.")
        attention(f"decoder.{i}.cross.")
    return out


def weights():
    out = {}
    for index, (name, shape) in enumerate(sorted(shapes().items())):
        n = math.prod(shape)
        values = 1 + signed(index + 1, n, 0.3) if len(shape) == 1 else signed(index + 1, n, 0.4)
        out[name] = values.float().double().reshape(shape).requires_grad_()
    return out


def norm(x, gain):
    return F.rms_norm(x, x.shape[-1:], gain, 1e-5) if hasattr(F, "rms_norm") else (
        x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * gain
    )


def attend(w, at, x, memory, causal):
    """By PyTorch's own attention of several heads: rows x look at rows memory."""
    c = SIZE["n_embd"]
    keys, values = w[at + "kv"].split(c, 1)
    mask = torch.full((len(x), len(memory)), float("-inf"), dtype=torch.float64).triu(1) if causal else None
    mixed, looks = F.multi_head_attention_forward(
        x[:, None], memory[:, None], memory[:, None], c, SIZE["n_head"], None, None, None, None, False, 0.0,
        w[at + "proj"].T, None, training=False, need_weights=True, attn_mask=mask, use_separate_proj_weight=True,
        q_proj_weight=w[at + "q"].T, k_proj_weight=keys.T, v_proj_weight=values.T, average_attn_weights=False,
    )
    return mixed[:, 0], looks[0]


def mlp(w, at, x):
    return F.gelu(x @ w[at + "up"], approximate="tanh") @ w[at + "down"]


def forward(w, source, to, read, written):
    ids = torch.tensor([PIECES + source, PIECES + to, *read])
    x = w["table"][ids] + w["read_at"][: len(ids)]
    for i in range(SIZE["n_layer"]):
        at = f"encoder.{i}."
        h = norm(x, w[at + "norm_1"])
        x = x + attend(w, at + "own.", h, h, False)[0]
        x = x + mlp(w, at + "mlp.", norm(x, w[at + "norm_2"]))
    memory = norm(x, w["encoder_norm"])
    ids = torch.tensor([PIECES + to, *written])
    y, looks = w["table"][ids] + w["written_at"][: len(ids)], []
    for i in range(SIZE["n_layer"]):
        at = f"decoder.{i}."
        h = norm(y, w[at + "norm_1"])
        y = y + attend(w, at + "own.", h, h, True)[0]
        mixed, seen = attend(w, at + "cross.", norm(y, w[at + "norm_2"]), memory, False)
        looks.append(seen)
        y = y + mixed
        y = y + mlp(w, at + "mlp.", norm(y, w[at + "norm_3"]))
    return norm(y, w["decoder_norm"]) @ w["table"].T, torch.stack(looks)


def main():
    w = weights()
    all_logits, right, first = [], [], None
    for source, to, read, written in PAIRS:
        logits, looks = forward(w, source, to, read, written)
        first = looks if first is None else first
        all_logits.append(logits)
        right += [*written, END]
    logits = torch.cat(all_logits)
    loss = F.cross_entropy(logits, torch.tensor(right))
    loss.backward()
    out = {
        "config": SIZE,
        "pairs": [{"from": a, "to": b, "source": c, "target": d} for a, b, c, d in PAIRS],
        "logits": digest(logits),
        "cross": first.detach().flatten().tolist(),
        "loss": loss.item(),
        "gradients": {name: digest(value.grad) for name, value in w.items()},
    }
    (HERE / "seq2seq.json").write_text(json.dumps(out, indent=1) + "\n")


main()
