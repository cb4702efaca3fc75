// The transformer of text: its numbers, its text, its weights, and how a text is written with it.
import { random } from "../measure.js";

export const LAYERS = 4;
export const HEADS = 4;
export const WIDTH = 128;
export const CONTEXT = 64;
export const HIDDEN = 4 * WIDTH;
export const BATCH = 12;
export const RATE = 1e-3;
export const BETA_2 = 0.99;
export const EPSILON = 1e-5;

/** In the order of their code points, as our tokenizer has them. */
const SYMBOLS = `\n !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz`;
export const VOCABULARY = SYMBOLS.length;

/** What every written text begins with: a token that all must read. */
export const PROMPT = "\n";

const numbersOf = (string) => Int32Array.from(string, (symbol) => SYMBOLS.indexOf(symbol));

/** A play of invented words: speakers, sentences, lines; a few words make up most of it. */
export function text() {
  const draw = random(1);
  const one = (list) => list[Math.floor(draw() * list.length)];
  const capital = (word) => word[0].toUpperCase() + word.slice(1);
  const word = () =>
    Array.from({ length: 1 + Math.floor(draw() * 3) }, () => one("bcdfghjklmnpqrstvwxyz") + one("aeiou") + one(["", "", "n", "r", "s"])).join("");
  const words = Array.from({ length: 400 }, word);
  const speakers = words.slice(0, 12).map((name) => name.toUpperCase());
  const usual = () => words[Math.floor(words.length ** draw()) - 1];
  const sentence = () => {
    const parts = Array.from({ length: 4 + Math.floor(draw() * 8) }, () => usual() + one(["", "", "", "", ",", ";"]));
    return capital(parts.join(" ").replace(/[,;]$/, "")) + one(".....!?");
  };
  let play = `${SYMBOLS.trim()}\n`;
  while (play.length < 200_000) {
    const lines = Array.from({ length: 1 + Math.floor(draw() * 4) }, sentence);
    play += `\n${one(speakers)}:\n${lines.join("\n")}\n`;
  }
  return play;
}

/** Batches of random windows of the text's first nine tenths: `read`, and `next`, one further. */
export function batches(count = 256) {
  const draw = random(2);
  const all = numbersOf(text());
  const last = Math.floor(all.length * 0.9) - CONTEXT - 1;
  return Array.from({ length: count }, () => {
    const read = new Int32Array(BATCH * CONTEXT);
    const next = new Int32Array(BATCH * CONTEXT);
    for (let i = 0; i < BATCH; i++) {
      const at = Math.floor(draw() * (last + 1));
      read.set(all.subarray(at, at + CONTEXT), i * CONTEXT);
      next.set(all.subarray(at + 1, at + 1 + CONTEXT), i * CONTEXT);
    }
    return { read, next };
  });
}

/** Weights as our GPT draws them (src/families/gpt.rs): GPT-2's, without biases. */
export function weights() {
  const draw = random(3);
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
  const matrix = (rows, columns, sigma = 0.02) => ({
    shape: [rows, columns],
    values: Float32Array.from({ length: rows * columns }, () => sigma * gaussian()),
  });
  const gain = () => ({ shape: [WIDTH], values: new Float32Array(WIDTH).fill(1) });
  const residual = 0.02 / Math.sqrt(2 * LAYERS);
  const all = { wte: matrix(VOCABULARY, WIDTH), wpe: matrix(CONTEXT, WIDTH), norm: gain() };
  for (let i = 0; i < LAYERS; i++) {
    all[`norm1_${i}`] = gain();
    all[`qkv${i}`] = matrix(WIDTH, 3 * WIDTH);
    all[`proj${i}`] = matrix(WIDTH, WIDTH, residual);
    all[`norm2_${i}`] = gain();
    all[`up${i}`] = matrix(WIDTH, HIDDEN);
    all[`down${i}`] = matrix(HIDDEN, WIDTH, residual);
  }
  return all;
}

/** Logits after each token of a text, plainly: no cache, no library, for comparison. */
function plainly(p, ids) {
  const product = (x, { shape: [rows, columns], values }) => {
    const y = new Float64Array(columns);
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) y[j] += x[i] * values[i * columns + j];
    return y;
  };
  const norm = (x, { values }) => {
    const mean = x.reduce((sum, v) => sum + v, 0) / WIDTH;
    const variance = x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / WIDTH;
    return x.map((v, i) => ((v - mean) / Math.sqrt(variance + EPSILON)) * values[i]);
  };
  const plus = (x, y) => x.map((v, i) => v + y[i]);
  const dot = (x, y) => x.reduce((sum, v, i) => sum + v * y[i], 0);
  const gelu = (u) => 0.5 * u * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (u + 0.044715 * u ** 3)));
  const row = ({ values }, i) => Float64Array.from(values.subarray(i * WIDTH, (i + 1) * WIDTH));
  const size = WIDTH / HEADS;
  let stream = [...ids].map((id, t) => plus(row(p.wte, id), row(p.wpe, t)));
  for (let i = 0; i < LAYERS; i++) {
    const qkv = stream.map((x) => product(norm(x, p[`norm1_${i}`]), p[`qkv${i}`]));
    stream = stream.map((x, t) => {
      const mixed = new Float64Array(WIDTH);
      for (let head = 0; head < HEADS; head++) {
        const part = (s, which) => qkv[s].subarray(which * WIDTH + head * size, which * WIDTH + (head + 1) * size);
        const scores = Array.from({ length: t + 1 }, (_, s) => Math.exp(dot(part(t, 0), part(s, 1)) / Math.sqrt(size)));
        const total = scores.reduce((sum, v) => sum + v, 0);
        scores.forEach((score, s) => part(s, 2).forEach((v, j) => (mixed[head * size + j] += (score / total) * v)));
      }
      return plus(x, product(mixed, p[`proj${i}`]));
    });
    stream = stream.map((x) => plus(x, product(product(norm(x, p[`norm2_${i}`]), p[`up${i}`]).map(gelu), p[`down${i}`])));
  }
  return stream.map((x) => {
    const h = norm(x, p.norm);
    return Float64Array.from({ length: VOCABULARY }, (_, id) => dot(h, row(p.wte, id)));
  });
}

/**
 * How a peer writes. `reader` reads tokens and keeps what it needs of them: `start(ids)` forgets
 * all and reads anew, `push(id)` reads one more; both give the logits of the token that follows.
 */
export function writer(reader) {
  const draw = random(4);
  /** A place among the logits, with the probability that they give it (temperature 1). */
  const drawn = (logits) => {
    let most = -Infinity;
    for (const logit of logits) most = Math.max(most, logit);
    const chances = Float64Array.from(logits, (logit) => Math.exp(logit - most));
    let left = draw() * chances.reduce((sum, v) => sum + v, 0);
    const found = chances.findIndex((chance) => (left -= chance) < 0);
    return found < 0 ? chances.length - 1 : found;
  };
  return {
    /** Writes `length` tokens. When the context is full it goes on from its second half, as ours does. */
    async write(length) {
      const ids = [...numbersOf(PROMPT)];
      let known = 0;
      for (let i = 0; i < length; i++) {
        let logits;
        if (known > 0 && known < CONTEXT) {
          logits = await reader.push(ids.at(-1));
          known++;
        } else {
          const recent = ids.slice(known ? -CONTEXT / 2 : -CONTEXT);
          logits = await reader.start(recent);
          known = recent.length;
        }
        ids.push(drawn(logits));
      }
    },
    /** Throws unless its logits are those of a plain pass with the same weights. */
    async check(weights) {
      const half = CONTEXT / 2;
      const ids = numbersOf(text().slice(1000, 1000 + half + 4));
      const expected = plainly(weights, ids);
      const compare = (logits, at) => {
        const off = Math.max(...expected[at].map((v, i) => Math.abs(v - logits[i])));
        if (!(logits.length === VOCABULARY && off < 1e-4)) throw new Error(`logits after token ${at} are off by ${off}`);
      };
      compare(await reader.start([...ids.subarray(0, half)]), half - 1);
      for (let t = half; t < ids.length; t++) compare(await reader.push(ids[t]), t);
      compare(await reader.start([ids[0]]), 0);
      compare(await reader.push(ids[1]), 1);
    },
  };
}
