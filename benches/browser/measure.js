// What all contenders share, whatever they train: random numbers, weights, and how time is taken.

/** mulberry32: small, seeded, the same everywhere. */
export function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A linear layer as ours are drawn (src/nn/init.rs): uniform with variance gain²/inputs, biases zero. */
export function linear(inputs, outputs, gain, draw) {
  const bound = gain * Math.sqrt(3 / inputs);
  return {
    w: { shape: [inputs, outputs], values: Float32Array.from({ length: inputs * outputs }, () => (draw() * 2 - 1) * bound) },
    b: { shape: [outputs], values: new Float32Array(outputs) },
  };
}

/** Layers by name as `{ name_w, name_b, … }`, since both peers take flat lists of parameters well. */
export const flat = (layers) =>
  Object.fromEntries(Object.entries(layers).flatMap(([name, { w, b }]) => [[`${name}_w`, w], [`${name}_b`, b]]));

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
 * `open(backend)` gives `threads`, how many it uses; if it trains, `step(i)`, which takes one step and
 * returns its loss unread; `read(loss)` and `drop(loss)`; `matmul(n)`, which waits for the product;
 * where there is something to decode, `decode()`, which reads `decoded` pictures back; where there is
 * a text to write, `write(length)`, which writes so many tokens; and where there are images to
 * denoise, `denoise()`, which reads the noise found in a batch of them.
 */
export function serve(open) {
  let peer;
  const methods = {
    async start(backend) {
      peer = await open(backend);
    },
    /** The threads in use, and the loss of the first step, if any; it also compiles whatever is compiled. */
    async warmUp() {
      const first = peer.step ? await peer.read(peer.step(0)) : null;
      for (let i = 1; peer.step && i < 3; i++) await peer.read(peer.step(i));
      await peer.decode?.();
      await peer.write?.(100);
      await peer.denoise?.();
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
      return { count: times * peer.decoded, seconds: took };
    },
    async denoise(seconds) {
      const { times, seconds: took } = await repeat(seconds, () => peer.denoise());
      return { count: times, seconds: took };
    },
    async write(seconds, length) {
      const { times, seconds: took } = await repeat(seconds, () => peer.write(length));
      return { count: times * length, seconds: took };
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
