"""Tiny model files in each form that is opened, and what PyTorch makes of them.

    python tests/reference/opened.py                    writes tests/reference/opened/
    python tests/reference/opened.py check FILE.gguf COMMAND…
        compares COMMAND FILE.gguf (which reads a JSON list of texts and prints ids and logits, a line for each,
        as examples/guest_logits.rs does) with the dequantised model in PyTorch, on five prompts

Needs numpy, torch, gguf (its numpy code takes blocks apart) and safetensors.
"""

import json
import struct
import subprocess
import sys
from io import BytesIO
from pathlib import Path
import tarfile

import numpy as np
import torch
import torch.nn.functional as F
from gguf import GGMLQuantizationType as Q, GGUFReader, GGUFWriter, quants

OUT = Path(__file__).parent / "opened"
TYPES = {"Q8_0": Q.Q8_0, "Q4_0": Q.Q4_0, "Q4_1": Q.Q4_1, "Q4_K": Q.Q4_K, "Q6_K": Q.Q6_K}
BLOCK = {"Q8_0": (32, 34), "Q4_0": (32, 18), "Q4_1": (32, 20), "Q4_K": (256, 144), "Q6_K": (256, 210)}
# Where the halves d (and m) stand in a block.
HALVES = {"Q8_0": [0], "Q4_0": [0], "Q4_1": [0, 2], "Q4_K": [0, 2], "Q6_K": [208]}
TEXT = "low lower lowest slow slower"


def norm(x, weights, name, eps, layer):
    gain = weights[name + ".weight"]
    if layer:
        return F.layer_norm(x, x.shape[-1:], gain, weights.get(name + ".bias"), eps)
    return gain * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps)


def linear(x, weights, name):
    return F.linear(x, weights[name + ".weight"], weights.get(name + ".bias"))


def turn(x, base, halves, from_=0):
    """x: heads, tokens, width of a head."""
    t, d = x.shape[1:]
    angle = torch.outer(torch.arange(from_, from_ + t).double(), base ** (-torch.arange(0, d, 2).double() / d))
    cos, sin = angle.cos().float(), angle.sin().float()
    a, b = (x[..., : d // 2], x[..., d // 2 :]) if halves else (x[..., 0::2], x[..., 1::2])
    a, b = a * cos - b * sin, a * sin + b * cos
    return torch.cat([a, b], -1) if halves else torch.stack([a, b], -1).flatten(-2)


def forward(c, weights, ids):
    """Logits of each place; weights have GGUF's names."""
    x = weights["token_embd.weight"][ids]
    layer_norm = c["kind"] == "gpt2"
    if layer_norm:
        x = x + weights["position_embd.weight"][: len(ids)]
    t, d = len(ids), c["head_width"]
    for i in range(c["layers"]):
        at = f"blk.{i}."
        h = norm(x, weights, at + "attn_norm", c["eps"], layer_norm)
        q, k, v = (linear(h, weights, at + n).view(t, -1, d).transpose(0, 1) for n in ("attn_q", "attn_k", "attn_v"))
        if at + "attn_q_norm.weight" in weights:
            q = norm(q, weights, at + "attn_q_norm", c["eps"], False)
            k = norm(k, weights, at + "attn_k_norm", c["eps"], False)
        if not layer_norm:
            q, k = turn(q, c["base"], c["halves"]), turn(k, c["base"], c["halves"])
        k, v = (y.repeat_interleave(c["heads"] // c["kv_heads"], 0) for y in (k, v))
        mixed = F.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=True)[0]
        x = x + linear(mixed.transpose(0, 1).reshape(t, -1), weights, at + "attn_output")
        h = norm(x, weights, at + "ffn_norm", c["eps"], layer_norm)
        if layer_norm:
            h = F.gelu(linear(h, weights, at + "ffn_up"), approximate="tanh")
        else:
            h = F.silu(linear(h, weights, at + "ffn_gate")) * linear(h, weights, at + "ffn_up")
        x = x + linear(h, weights, at + "ffn_down")
    x = norm(x, weights, "output_norm", c["eps"], layer_norm)
    return x @ weights.get("output.weight", weights["token_embd.weight"]).T


def draw(rng, c, tied, bias, qk_norm=False):
    """Random weights under GGUF's names, matrices [out, in]."""
    w, h, f = c["width"], c["heads"] * c["head_width"], c["hidden"]
    kv = c["kv_heads"] * c["head_width"]
    shapes = {"token_embd": (c["vocabulary"], w)}
    if c["kind"] == "gpt2":
        shapes["position_embd"] = (c["context"], w)
    for i in range(c["layers"]):
        at = f"blk.{i}."
        shapes |= {at + "attn_q": (h, w), at + "attn_k": (kv, w), at + "attn_v": (kv, w), at + "attn_output": (w, h)}
        shapes |= {at + "ffn_up": (f, w), at + "ffn_down": (w, f)}
        if c["kind"] != "gpt2":
            shapes[at + "ffn_gate"] = (f, w)
    if not tied:
        shapes["output"] = (c["vocabulary"], w)
    weights = {}
    for name, (rows, columns) in shapes.items():
        weights[name + ".weight"] = rng.normal(0, 1.5 / columns**0.5, (rows, columns)).astype(np.float32)
        if "." in name and bias(name):
            weights[name + ".bias"] = rng.normal(0, 0.3, rows).astype(np.float32)
    norms = [f"blk.{i}.{n}" for i in range(c["layers"]) for n in ("attn_norm", "ffn_norm")] + ["output_norm"]
    for name in norms:
        weights[name + ".weight"] = rng.normal(1, 0.2, w).astype(np.float32)
        if c["kind"] == "gpt2":
            weights[name + ".bias"] = rng.normal(0, 0.2, w).astype(np.float32)
    for i in range(c["layers"] if qk_norm else 0):
        for n in ("attn_q_norm", "attn_k_norm"):
            weights[f"blk.{i}.{n}.weight"] = rng.normal(1, 0.2, c["head_width"]).astype(np.float32)
    return weights


def blocks(rng, kind, rows, columns):
    """Random blocks with scales of a sensible size."""
    weights, size = BLOCK[kind]
    n = rows * columns // weights
    raw = rng.integers(0, 256, (n, size), dtype=np.uint8)
    for at in HALVES[kind]:
        scale = 0.02 if kind in ("Q8_0", "Q4_0", "Q4_1") else 0.001
        half = rng.uniform(scale / 4, scale, n).astype(np.float16).view(np.uint8).reshape(n, 2)
        raw[:, at : at + 2] = half
    return raw.reshape(rows, -1)


def plain(weights):
    return {name: torch.tensor(np.asarray(w, dtype=np.float32)) for name, w in weights.items()}


def byte_letters():
    """GPT-2's characters for bytes."""
    seen = [b for b in range(256) if 33 <= b <= 126 or 161 <= b <= 172 or 174 <= b]
    rest = [b for b in range(256) if b not in seen]
    return {b: chr(b) for b in seen} | {b: chr(256 + i) for i, b in enumerate(rest)}


MERGES = [("l", "o"), ("lo", "w"), ("Ġ", "low"), ("e", "r"), ("e", "s"), ("es", "t"), ("Ġ", "s"), ("Ġs", "low")]


def byte_tokens():
    tokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] + list(byte_letters().values())
    return tokens + ["".join(m) for m in MERGES]


def bpe_json(pre, extra=()):
    tokens = byte_tokens()
    return {
        "version": "1.0",
        "added_tokens": [
            {"id": i, "content": tokens[i], "single_word": False, "lstrip": False, "rstrip": False,
             "normalized": False, "special": True} for i in range(3)
        ],
        "normalizer": None,
        "pre_tokenizer": pre,
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                  "vocab": {t: i for i, t in enumerate(tokens)}, "merges": [" ".join(m) for m in MERGES]},
    }


LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
QWEN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
SPLIT = {"type": "Sequence", "pretokenizers": [
    {"type": "Split", "pattern": {"Regex": QWEN}, "behavior": "Isolated", "invert": False},
    {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}]}

SENTENCE = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)] + [
    "▁", "l", "o", "w", "e", "r", "s", "t", "lo", "low", "▁low", "er", "es", "est", "▁s", "▁slow"]


def safetensors(weights, kind):
    import safetensors.torch as st

    dtype = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}[kind]
    return {name: torch.tensor(w).to(dtype).contiguous() for name, w in weights.items()}, st


def hf_names(c, weights):
    names = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head",
             "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm", "attn_q": "self_attn.q_proj",
             "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
             "attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm", "ffn_gate": "mlp.gate_proj",
             "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj"}
    out = {}
    for name, w in weights.items():
        parts = name.split(".")
        if parts[0] == "blk":
            out[f"model.layers.{parts[1]}.{names[parts[2]]}.{parts[3]}"] = w
        else:
            out[f"{names[parts[0]]}.{parts[1]}"] = w
    return out


def gpt2_names(c, weights):
    names = {"token_embd": "wte", "position_embd": "wpe", "output_norm": "ln_f", "attn_norm": "ln_1",
             "ffn_norm": "ln_2", "attn_output": "attn.c_proj", "ffn_up": "mlp.c_fc", "ffn_down": "mlp.c_proj"}
    out = {}
    for name, w in weights.items():
        parts = name.split(".")
        if parts[0] != "blk":
            out[f"{names[parts[0]]}.{parts[1]}"] = w
            continue
        at = f"h.{parts[1]}."
        if parts[2] in ("attn_q", "attn_k", "attn_v"):
            if parts[2] == "attn_q":
                all_ = [weights[f"blk.{parts[1]}.{n}.{parts[3]}"] for n in ("attn_q", "attn_k", "attn_v")]
                out[f"{at}attn.c_attn.{parts[3]}"] = np.concatenate(all_, 0).T.copy()
        else:
            matrix = w.ndim == 2
            out[f"{at}{names[parts[2]]}.{parts[3]}"] = w.T.copy() if matrix else w
    return out


def bundle(files):
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, BytesIO(data))
    return out.getvalue()


def make_gguf(path, c, weights, kinds, tokenizer, rng):
    """Writes the file and gives the weights as numbers."""
    writer = GGUFWriter(path, c["kind"])
    writer.add_name(path.stem)
    writer.add_context_length(c["context"])
    writer.add_embedding_length(c["width"])
    writer.add_block_count(c["layers"])
    writer.add_feed_forward_length(c["hidden"])
    writer.add_head_count(c["heads"])
    writer.add_head_count_kv(c["kv_heads"])
    if c["kind"] == "gpt2":
        writer.add_layer_norm_eps(c["eps"])
    else:
        writer.add_layer_norm_rms_eps(c["eps"])
        writer.add_rope_freq_base(c["base"])
    tokenizer(writer)
    numbers = {}
    for name, w in weights.items():
        kind = kinds(name, w)
        if kind in TYPES:
            raw = blocks(rng, kind, *w.shape)
            numbers[name] = quants.dequantize(raw, TYPES[kind]).reshape(w.shape)
            writer.add_tensor(name, raw, raw_dtype=TYPES[kind])
        elif kind == "F16":
            numbers[name] = w.astype(np.float16).astype(np.float32)
            writer.add_tensor(name, w.astype(np.float16))
        else:
            numbers[name] = w
            writer.add_tensor(name, w)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return numbers


def sentence_tokens(writer):
    writer.add_tokenizer_model("llama")
    writer.add_token_list(SENTENCE)
    writer.add_token_scores([0.0] * 259 + [-float(i) for i in range(len(SENTENCE) - 259)][::-1])
    writer.add_token_types([2, 3, 3] + [6] * 256 + [1] * (len(SENTENCE) - 259))
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)


def bpe_tokens(pre, template=None):
    def put(writer):
        tokens = byte_tokens()
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(pre)
        writer.add_token_list(tokens)
        writer.add_token_types([3] * 3 + [1] * (len(tokens) - 3))
        writer.add_token_merges([" ".join(m) for m in MERGES])
        writer.add_eos_token_id(2)
        if template:
            writer.add_chat_template(template)

    return put


CHATML = ("{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nBe low<|im_end|>\n' }}{% endif %}"
          "{% for m in messages %}{{'<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>' + '\n'}}"
          "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")


def main():
    OUT.mkdir(exist_ok=True)
    rng = np.random.default_rng(16)
    torch.manual_seed(16)
    found = {}

    def keep(name, c, numbers, ids):
        logits = forward(c, plain(numbers), torch.tensor(ids))
        found[name] = {"ids": ids, "logits": [round(float(x), 5) for x in logits[-1]]}

    base = {"layers": 2, "width": 64, "heads": 4, "kv_heads": 2, "head_width": 16, "hidden": 256, "context": 32,
            "eps": 1e-5, "base": 10000.0, "halves": False}
    none = lambda name: False

    # GGUF: a Llama in whose matrices all kinds of blocks come; a Qwen3 in 16 bits; a GPT-2.
    def mixed(name, w):
        if w.ndim == 1:
            return "F32"
        if name.endswith("ffn_down.weight"):
            return "Q4_K" if ".0." in name else "Q6_K"
        return {"attn_q": "Q4_1", "attn_k": "Q4_0", "attn_v": "Q8_0", "attn_output": "Q4_0", "ffn_gate": "Q4_1",
                "ffn_up": "F16", "token_embd": "Q8_0"}.get(name.split(".")[-2], "F32")

    ids = [1, 268, 271, 9, 262, 200, 269, 274]
    letters = [5, 260, 261, 9, 200, 266, 40]
    c = base | {"kind": "llama", "vocabulary": len(SENTENCE)}
    numbers = make_gguf(OUT / "llama.gguf", c, draw(rng, c, True, none), mixed, sentence_tokens, rng)
    keep("llama.gguf", c, numbers, ids)
    c = base | {"kind": "qwen3", "vocabulary": len(byte_tokens()), "halves": True, "eps": 1e-6, "base": 1e6}
    sixteen = lambda name, w: "F32" if w.ndim == 1 else "F16"
    numbers = make_gguf(OUT / "qwen3.gguf", c, draw(rng, c, True, none, True), sixteen, bpe_tokens("qwen2", CHATML), rng)
    keep("qwen3.gguf", c, numbers, letters)
    c = base | {"kind": "gpt2", "vocabulary": len(byte_tokens()), "kv_heads": 4}
    numbers = make_gguf(OUT / "gpt2.gguf", c, draw(rng, c, True, lambda name: name != "output"), sixteen,
                        bpe_tokens("gpt-2"), rng)
    keep("gpt2.gguf", c, numbers, letters)

    # Safetensors with what belongs to them.
    for name, kind, dtype, pre in [("qwen2", "qwen2", "BF16", SPLIT), ("llama", "llama", "F16", LEVEL),
                                   ("gpt2", "gpt2", "F32", LEVEL)]:
        gpt2 = kind == "gpt2"
        c = base | {"kind": kind, "vocabulary": len(byte_tokens()), "halves": True}
        if gpt2:
            c["kv_heads"] = 4
        bias = (lambda n: True) if gpt2 else (lambda n: kind == "qwen2" and n.split(".")[-1] in ("attn_q", "attn_k", "attn_v"))
        weights = draw(rng, c, gpt2 or kind == "llama", bias)
        tensors, st = safetensors((gpt2_names if gpt2 else hf_names)(c, weights), dtype)
        keep(f"{name}.tar", c, {n: torch.tensor(w).to(next(iter(tensors.values())).dtype).float().numpy()
                                for n, w in weights.items()}, letters)
        config = {"model_type": kind, "vocab_size": c["vocabulary"], "eos_token_id": 2}
        if gpt2:
            config |= {"n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 32, "n_inner": 256,
                       "layer_norm_epsilon": 1e-5, "activation_function": "gelu_new"}
        else:
            config |= {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
                       "intermediate_size": 256, "max_position_embeddings": 32, "rms_norm_eps": 1e-5,
                       "rope_theta": 10000.0, "hidden_act": "silu"}
        files = {"config.json": json.dumps(config).encode(), "tokenizer.json": json.dumps(bpe_json(pre)).encode(),
                 "model.safetensors": st.save(tensors)}
        (OUT / f"{name}.tar").write_bytes(bundle(files))

    # llama2.c with its tokenizer behind it.
    c = base | {"kind": "llama", "vocabulary": 270, "hidden": 96}
    weights = draw(rng, c, True, none)
    order = ["attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_down", "ffn_up"]
    out = struct.pack("7i", 64, 96, 2, 4, 2, 270, 32) + weights["token_embd.weight"].tobytes()
    out += b"".join(weights[f"blk.{i}.{n}.weight"].tobytes() for n in order for i in range(2))
    out += weights["output_norm.weight"].tobytes() + bytes(4 * 32 * 16)
    out += struct.pack("i", 8)
    for i, token in enumerate((SENTENCE + ["x"] * 20)[:270]):
        text = token.replace("▁", " ").encode()
        out += struct.pack("fi", -float(i), len(text)) + text
    (OUT / "llama2c.bin").write_bytes(out)
    keep("llama2c.bin", c, weights, [1, 268, 9, 262, 200, 269])

    # Each kind of block by itself.
    for kind in TYPES:
        raw = blocks(rng, kind, 3, 512)
        numbers = quants.dequantize(raw, TYPES[kind]).reshape(3, 512)
        x = rng.normal(0, 1, 512).astype(np.float32)
        found[kind] = {"bytes": raw.tobytes().hex(), "numbers": [float(v) for v in numbers.reshape(-1)],
                       "x": [float(v) for v in x], "product": [float(v) for v in numbers.astype(np.float64) @ x]}
    (OUT / "expected.json").write_text(json.dumps(found))
    for path in sorted(OUT.iterdir()):
        print(path.name, path.stat().st_size)


PROMPTS = [
    "The capital of France is",
    "<|im_start|>user\nWhat is the tallest mountain?<|im_end|>\n<|im_start|>assistant\n",
    "def fibonacci(n):\n    if n < 2:\n        return n\n",
    "Once upon a time there was a little girl who",
    "Zwei mal drei macht vier, und 1234567890 ist eine Zahl.",
]


def check(file, command):
    reader = GGUFReader(file)
    field = lambda key: reader.fields[key].contents()
    kind = field("general.architecture")
    c = {"kind": kind, "layers": field(f"{kind}.block_count"), "heads": field(f"{kind}.attention.head_count"),
         "kv_heads": field(f"{kind}.attention.head_count_kv"), "eps": field(f"{kind}.attention.layer_norm_rms_epsilon"),
         "base": field(f"{kind}.rope.freq_base"), "halves": kind.startswith("qwen")}
    c["head_width"] = field(f"{kind}.embedding_length") // c["heads"]
    weights = {t.name: torch.tensor(quants.dequantize(t.data, t.tensor_type).reshape(tuple(reversed(t.shape)))).float()
               for t in reader.tensors}
    ran = subprocess.run([*command, file], input=json.dumps(PROMPTS), capture_output=True, text=True, check=True)
    worst = 0
    for text, line in zip(PROMPTS, ran.stdout.splitlines()):
        ours = json.loads(line)
        theirs = forward(c, weights, torch.tensor(ours["ids"]))[-1]
        off = (torch.tensor(ours["logits"]) - theirs).abs().max().item()
        worst = max(worst, off)
        print(f"{off:.2e}  of up to {theirs.abs().max().item():.1f}  {len(ours['ids'])} tokens  {text[:40]!r}")
    print(f"largest difference {worst:.2e}")


if __name__ == "__main__":
    with torch.no_grad():
        check(sys.argv[2], sys.argv[3:]) if sys.argv[1:2] == ["check"] else main()
