"""Turns the wheel of hibari-tts 0.2.1 (Apache-2.0) into two files that the playground reads:

    heart.safetensors    the voice: weights of the graph `hibari.onnx`, names as in the graph. Products of
                         matrices keep the graph's 8 bits and their scale (`NAME.scale`), the rest is float.
    english.safetensors  how English is read: dictionary, tagger, tokenizer's special cases, tables of
                         abbreviations and the network for unknown words. Tables are sorted, each key without
                         what it shares with the one before, and deflated.

    pip download --no-deps hibari-tts==0.2.1
    pip install numpy==2.3.5 onnx==1.19.1 safetensors==0.7.0
    python recipes/voice/convert.py hibari_tts-0.2.1-py3-none-any.whl web/voices
"""

import gzip
import hashlib
import json
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from safetensors.numpy import save_file

WHEEL = "49f2abbbe451c988"  # first digits of its SHA-256, see `main`


def graph(wheel, name):
    model = onnx.load_from_string(wheel.read(f"hibari/assets/{name}"))
    tensors = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    return list(model.graph.node), tensors


def layer_of(nodes, tensors):
    """The layer whose product reads a weight without a name of its own: that of the bias added to it."""
    readers = {}
    for node in nodes:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    found = {}
    for name in tensors:
        todo = list(readers.get(name, []))
        while todo:
            node = todo.pop(0)
            bias = [i for i in node.input if i.endswith("bias") and node.op_type == "Add"]
            if bias:
                found[name] = bias[0].removesuffix("bias").removesuffix("_").removesuffix(".")
                break
            if node.op_type in ("MatMulInteger", "MatMul", "Cast", "Mul"):
                todo += [reader for out in node.output for reader in readers.get(out, [])]
    return found


def voice(wheel):
    nodes, tensors = graph(wheel, "hibari.onnx")
    layers, out = layer_of(nodes, tensors), {}
    for name, value in tensors.items():
        if name.endswith("_quantized"):
            stem = name.removesuffix("_quantized")
            assert value.dtype == np.int8 and not tensors[f"{stem}_zero_point"].any()
            to = layers[name] + ".weight"
            out[to] = value  # inputs × outputs
            out[f"{to}.scale"] = tensors[f"{stem}_scale"].reshape(1)
        elif not name.endswith(("_scale", "_zero_point")):
            out[name.replace("in_proj_bias", "in_proj.bias")] = value.astype(np.float32)
    return out


def packed(data):
    """Deflated, as bytes of a tensor."""
    return np.frombuffer(zlib.compress(bytes(data), 9), np.uint8)


def table(entries):
    """Sorted keys, each as what it shares with the one before and the rest, then the values by lines."""
    keys, values, last = bytearray(), [], b""
    for key, value in sorted((k.encode(), v) for k, v in entries.items()):
        shared = 0
        while shared < min(len(key), len(last), 255) and key[shared] == last[shared]:
            shared += 1
        assert len(key) - shared < 256 and "\n" not in value
        keys += bytes([shared, len(key) - shared]) + key[shared:]
        values.append(value)
        last = key
    return packed(keys), packed("\n".join(values).encode())


def reading(value):
    """Phonemes, or those of each part of speech: `DEFAULT=…|VERB=…`; none is an empty text."""
    if isinstance(value, str):
        return value
    return "|".join(f"{tag}={phonemes or ''}" for tag, phonemes in value.items())


def eight_bits(out, name, weight):
    """Rows are inputs; one scale for each output."""
    scale = np.abs(weight).max(0) / 127
    out[name] = np.rint(weight / scale).astype(np.int8)
    out[f"{name}.scale"] = scale.astype(np.float32)


def english(wheel):
    def load(name):
        data = wheel.read(f"hibari/assets/{name}")
        return json.loads(gzip.decompress(data) if name.endswith(".gz") else data)

    out = {}

    def put(name, entries):
        out[f"{name}.keys"], out[f"{name}.values"] = table(entries)

    for name in ("gold", "silver"):
        put(name, {k: reading(v) for k, v in load(f"lexicon_us_{name}.json.gz").items()})
    tagger = load("tagger.json.gz")
    put("tags", tagger["tagdict"])
    put("vocabulary", {word: "" for word in tagger["vocab"]})
    # No piece holds a space but those of white space itself, which no word is.
    put("pieces", {k: " ".join(v) for k, v in load("tokenizer_exceptions.json").items() if not k.isspace()})
    put("features", {feature: "" for feature in tagger["weights"]})
    number = {tag: i for i, tag in enumerate(tagger["tags"])}
    counts, tags, weights = [], [], []
    for _, scores in sorted((k.encode(), v) for k, v in tagger["weights"].items()):
        counts.append(len(scores))
        for tag, weight in sorted(scores.items(), key=lambda s: number[s[0]]):
            tags.append(number[tag])
            weights.append(round(10 * weight))
            assert abs(weights[-1] - 10 * weight) < 1e-6
    out["features.counts"] = packed(np.array(counts, np.uint8).tobytes())
    out["features.tags"] = packed(np.array(tags, np.uint8).tobytes())
    out["features.tenths"] = packed(np.array(weights, "<i2").view(np.uint8).reshape(-1, 2).T.tobytes())
    # As pairs, for the order counts.
    tables = {k: list(v.items()) if isinstance(v, dict) else v for k, v in load("normalize.json").items()}
    out["tables"] = packed(json.dumps(tables, ensure_ascii=False).encode())

    nodes, tensors = graph(wheel, "oov.onnx")
    layers = layer_of(nodes, tensors)
    for name, value in tensors.items():
        if name.startswith("onnx::MatMul"):
            eight_bits(out, "unknown." + layers[name] + ".weight", value)
        else:
            to = "unknown." + name.replace("in_proj_bias", "in_proj.bias")
            out[to] = value.astype(np.float32 if value.ndim == 1 else np.float16)
    alphabets = load("oov.json")
    return out, {
        "tags": json.dumps(tagger["tags"], ensure_ascii=False),
        "letters": "".join(alphabets["in"]),
        "sounds": "".join(alphabets["out"]),
    }


def save(path, tensors, about):
    """The same bytes every time: what a file says about itself comes in the order of the alphabet."""
    save_file(tensors, path, about)
    data = Path(path).read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.dumps(json.loads(data[8 : 8 + size]), sort_keys=True, ensure_ascii=False).encode()
    header += b" " * (-len(header) % 8)
    Path(path).write_bytes(len(header).to_bytes(8, "little") + header + data[8 + size :])


def main(path, to):
    data = Path(path).read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    assert digest.startswith(WHEEL), f"not the wheel of 0.2.1: {digest}"
    credit = {"licence": "Apache-2.0", "credit": "hibari-tts 0.2.1, Copyright 2026 Maureese Williams; see NOTICE"}
    with zipfile.ZipFile(path) as wheel:
        symbols = json.loads(wheel.read("hibari/assets/vocab.json"))
        save(f"{to}/heart.safetensors", voice(wheel), {
            "format": "voice-1", "symbols": json.dumps(symbols, ensure_ascii=False), **credit})
        tensors, meta = english(wheel)
        save(f"{to}/english.safetensors", tensors, {"format": "english-1", **meta, **credit})
        notice = [n for n in wheel.namelist() if n.endswith("NOTICE")][0]
        Path(to, "NOTICE").write_bytes(wheel.read(notice))


if __name__ == "__main__":
    main(*sys.argv[1:])
