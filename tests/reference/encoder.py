#!/usr/bin/env python3
"""A tiny sentence encoder of BERT's form with random weights, and what PyTorch makes of some texts.

    python3 tests/reference/encoder.py        (any PyTorch >= 1.13 does)

writes  opened/encoder.tar     model.safetensors (F16), config.json, tokenizer.json
        opened/encoder.json    texts with their tokens and vectors

With the folder of a real one as an argument, compares nothing and prints the cosines of a sentence with some labels,
to stand beside `playground open FOLDER --prompt TEXT --labels A,B`; words are cut by `tokenizers`.
"""
import io
import json
import math
import struct
import sys
import tarfile
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

OUT = Path(__file__).parent / "opened"
C, HEADS, FEED, LAYERS, CONTEXT, EPS = 32, 4, 64, 2, 24, 1e-12
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "rain", "in", "sun", "##ny", "##s", "day", "low", "##er", ".", "a"]
TEXTS = {"The rain in a sunny day.": ["the", "rain", "in", "a", "sun", "##ny", "day", "."],
         "lower days": ["low", "##er", "day", "##s"],
         "": [],
         "xyz rains": ["[UNK]", "rain", "##s"],
         "rain " * 40: ["rain"] * 22}


def encode(w, ids, heads, eps=EPS):
    """The mean of what tokens become, of length 1."""
    norm = lambda x, name: F.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], eps)
    dense = lambda x, name: F.linear(x, w[name + ".weight"], w[name + ".bias"])
    e = "embeddings."
    x = w[e + "word_embeddings.weight"][ids] + w[e + "position_embeddings.weight"][: len(ids)]
    x = norm(x + w[e + "token_type_embeddings.weight"][0], e + "LayerNorm")
    n, c = x.shape
    layers = 1 + max(int(name.split(".")[2]) for name in w if name.startswith("encoder.layer."))
    for i in range(layers):
        at = f"encoder.layer.{i}."
        q, k, v = (dense(x, at + "attention.self." + name).reshape(n, heads, c // heads).transpose(0, 1)
                   for name in ["query", "key", "value"])
        mixed = (q @ k.transpose(1, 2) / math.sqrt(c // heads)).softmax(-1) @ v
        x = norm(x + dense(mixed.transpose(0, 1).reshape(n, c), at + "attention.output.dense"), at + "attention.output.LayerNorm")
        x = norm(x + dense(F.gelu(dense(x, at + "intermediate.dense")), at + "output.dense"), at + "output.LayerNorm")
    return F.normalize(x.mean(0), dim=0)


def safetensors(tensors):
    table, data = {}, b""
    for name, value in tensors.items():
        table[name] = {"dtype": "F16", "shape": list(value.shape), "data_offsets": [len(data), len(data) + value.nbytes]}
        data += value.tobytes()
    head = json.dumps(table).encode()
    head += b" " * (-len(head) % 8)
    return struct.pack("<Q", len(head)) + head + data


def tiny():
    torch.manual_seed(16)
    shapes = {"embeddings.word_embeddings.weight": (len(WORDS), C), "embeddings.position_embeddings.weight": (CONTEXT, C),
              "embeddings.token_type_embeddings.weight": (2, C)}
    norms = ["embeddings.LayerNorm"]
    for i in range(LAYERS):
        at = f"encoder.layer.{i}."
        for name, (rows, columns) in {"attention.self.query": (C, C), "attention.self.key": (C, C), "attention.self.value": (C, C),
                                      "attention.output.dense": (C, C), "intermediate.dense": (FEED, C),
                                      "output.dense": (C, FEED)}.items():
            shapes |= {f"{at}{name}.weight": (rows, columns), f"{at}{name}.bias": (rows,)}
        norms += [at + "attention.output.LayerNorm", at + "output.LayerNorm"]
    w = {name: torch.randn(shape) * (0.3 if len(shape) == 2 else 0.1) for name, shape in shapes.items()}
    for name in norms:
        w |= {name + ".weight": 1 + 0.2 * torch.randn(C), name + ".bias": 0.1 * torch.randn(C)}
    halves = {name: value.numpy().astype(np.float16) for name, value in w.items()}
    w = {name: torch.from_numpy(value.astype(np.float64)) for name, value in halves.items()}
    config = {"model_type": "bert", "_name_or_path": "tests/tiny-encoder", "hidden_act": "gelu", "hidden_size": C,
              "intermediate_size": FEED, "layer_norm_eps": EPS, "max_position_embeddings": CONTEXT, "num_attention_heads": HEADS,
              "num_hidden_layers": LAYERS, "position_embedding_type": "absolute", "type_vocab_size": 2, "vocab_size": len(WORDS)}
    special = [{"id": i, "content": WORDS[i], "special": True, "single_word": False, "lstrip": False, "rstrip": False,
                "normalized": False} for i in range(4)]
    template = [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 0}}]
    tokenizer = {"version": "1.0", "added_tokens": special,
                 "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                                "strip_accents": None, "lowercase": True},
                 "pre_tokenizer": {"type": "BertPreTokenizer"},
                 "post_processor": {"type": "TemplateProcessing", "single": template, "pair": template,
                                    "special_tokens": {}},
                 "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
                 "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                           "max_input_chars_per_word": 100, "vocab": {word: i for i, word in enumerate(WORDS)}}}
    with tarfile.open(OUT / "encoder.tar", "w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in {"model.safetensors": safetensors(halves), "config.json": json.dumps(config).encode(),
                           "tokenizer.json": json.dumps(tokenizer).encode()}.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    cases = []
    for text, words in TEXTS.items():
        ids = [WORDS.index(word) for word in ["[CLS]", *words[: CONTEXT - 2], "[SEP]"]]
        cases.append({"text": text, "tokens": ids, "vector": encode(w, ids, HEADS).tolist()})
    (OUT / "encoder.json").write_text(json.dumps(cases) + "\n")


def real(folder):
    from tokenizers import Tokenizer

    file = next(Path(folder).glob("*.safetensors")).read_bytes()
    (n,) = struct.unpack("<Q", file[:8])
    w = {}
    for name, line in json.loads(file[8 : 8 + n]).items():
        if name != "__metadata__" and line["dtype"] in ("F16", "F32"):
            a, b = line["data_offsets"]
            values = np.frombuffer(file[8 + n + a : 8 + n + b], dtype={"F16": "<f2", "F32": "<f4"}[line["dtype"]])
            w[name] = torch.from_numpy(values.astype(np.float64)).reshape(line["shape"])
    config = json.loads((Path(folder) / "config.json").read_text())
    cutter = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
    cutter.no_padding()
    vector = lambda text: encode(w, cutter.encode(text).ids, config["num_attention_heads"], config["layer_norm_eps"])
    sentence, labels = sys.argv[2], sys.argv[3].split(",")
    own = vector(sentence)
    for near, label in sorted(((float(own @ vector(label)), label) for label in labels), reverse=True):
        print(f"{near:7.4f}  {label}")


if __name__ == "__main__":
    real(sys.argv[1]) if len(sys.argv) > 1 else tiny()
