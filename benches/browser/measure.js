// What all contenders share: the model's numbers, its data, and how time is taken.

export const PIXELS = 784;
export const HIDDEN = 400;
export const LATENT = 20;
export const BATCH = 128;
export const RATE = 1e-3;
export const DECODE = 64;

/** Training images in memory before the clock starts: enough that none is learned by heart at once. */
const BATCHES = 32;

/** mulberry32: small, seeded, the same everywhere. */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The site's MNIST: gzipped safetensors with 16 levels of grey. */
async function images() {
  const packed = await fetch("/data/mnist.bin");
  if (!packed.ok) throw new Error(`data/mnist.bin: ${packed.status}`);
  const plain = await new Response(packed.body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  const length = Number(new DataView(plain).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(plain, 8, length)));
  const { shape, data_offsets: [from] } = header.train_images;
  return { grey: new Uint8Array(plain, 8 + length + from, shape[0] * PIXELS), count: shape[0] };
}

/** Batches of 0 and 1, drawn with the grey as probability, and each pixel's mean over all images. */
export async function data() {
  const { grey, count } = await images();
  const draw = random(1);
  const batches = Array.from({ length: BATCHES }, (_, b) =>
    Float32Array.from({ length: BATCH * PIXELS }, (_, i) => {
      const image = (b * BATCH + Math.floor(i / PIXELS)) % count;
      return draw() < grey[image * PIXELS + (i % PIXELS)] / 15 ? 1 : 0;
    }));
  const mean = new Float64Array(PIXELS);
  for (let i = 0; i < count * PIXELS; i++) mean[i % PIXELS] += grey[i] / 15 / count;
  return { batches, mean };
}

/**
 * Weights as our VAE draws them (src/families/vae.rs), so that all losses begin in the same place:
 * uniform with variance gain²/inputs, biases zero, the output's at the logit of the data's mean.
 */
export function weights(mean) {
  const draw = random(2);
  const linear = (inputs, outputs, gain) => {
    const bound = gain * Math.sqrt(3 / inputs);
    return {
      w: { shape: [inputs, outputs], values: Float32Array.from({ length: inputs * outputs }, () => (draw() * 2 - 1) * bound) },
      b: { shape: [outputs], values: new Float32Array(outputs) },
    };
  };
  const layers = {
    encode: linear(PIXELS, HIDDEN, Math.SQRT2),
    mu: linear(HIDDEN, LATENT, 1),
    logvar: linear(HIDDEN, LATENT, 0.1),
    decode: linear(LATENT, HIDDEN, Math.SQRT2),
    logits: linear(HIDDEN, PIXELS, 1),
  };
  layers.logits.b.values = Float32Array.from(mean, (p) => {
    const q = Math.min(Math.max(p, 0.01), 0.99);
    return Math.log(q / (1 - q));
  });
  // Flat, since both peers take flat lists of parameters well: { encode_w, encode_b, ... }.
  return Object.fromEntries(Object.entries(layers).flatMap(([name, { w, b }]) => [[`${name}_w`, w], [`${name}_b`, b]]));
}

/** Codes to decode, the same for all; any will do for timing. */
export function codes() {
  const draw = random(3);
  return Float32Array.from({ length: DECODE * LATENT }, () => (draw() + draw() + draw() - 1.5) * 2);
}

/** Repeats `act` for about so many seconds; gives the number of times and the seconds they took. */
export async function repeat(seconds, act) {
  const start = performance.now();
  let times = 0;
  do {
    await act(times);
    times++;
  } while (performance.now() - start < seconds * 1000);
  return { times, seconds: (performance.now() - start) / 1000 };
}

/**
 * Makes a worker of a peer.
 *
 * `open(backend)` gives `threads`, how many it uses; `step(i)`, which takes one step and returns its
 * loss unread; `read(loss)` and `drop(loss)`; `decode()`, whose pixels are read back; and
 * `matmul(n)`, which waits for the product.
 */
export function serve(open) {
  let peer;
  const methods = {
    async start(backend) {
      peer = await open(backend);
    },
    /** The threads in use, and the loss of the first step; it also compiles whatever is compiled. */
    async warmUp() {
      const first = await peer.read(peer.step(0));
      for (let i = 1; i < 3; i++) await peer.read(peer.step(i));
      await peer.decode();
      return { loss: first, threads: peer.threads };
    },
    async train(seconds) {
      const start = performance.now();
      const left = () => performance.now() - start < seconds * 1000;
      let steps = 0;
      let loss;
      // Reading every loss would make a GPU wait, reading none would let work pile up: each
      // stretch of steps ends with a reading, and stretches grow while they are short.
      for (let stretch = 1; left(); ) {
        const before = performance.now();
        for (let i = 1; i < stretch; i++) peer.drop(peer.step(steps++));
        loss = await peer.read(peer.step(steps++));
        stretch = performance.now() - before < 250 ? Math.min(10, stretch * 2) : 1;
      }
      return { steps, seconds: (performance.now() - start) / 1000, loss };
    },
    async decode(seconds) {
      const { times, seconds: took } = await repeat(seconds, () => peer.decode());
      return { images: times * DECODE, seconds: took };
    },
    async matmul(n, seconds) {
      await peer.matmul(n);
      const { times, seconds: took } = await repeat(seconds, () => peer.matmul(n));
      return { gflops: (2 * n ** 3 * times) / took / 1e9 };
    },
  };
  onmessage = async ({ data: { id, method, args } }) => {
    try {
      postMessage({ id, value: await methods[method](...args) });
    } catch (e) {
      postMessage({ id, error: String(e?.stack ?? e?.message ?? e) });
    }
  };
}
