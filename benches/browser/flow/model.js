// The coupling flow of two moons: its numbers, its data, its weights.
import { flat, linear, random } from "../measure.js";

export const COUPLINGS = 8;
export const HIDDEN = 128;
export const BATCH = 512;
export const RATE = 1e-3;
/** |s| stays below this: s = 3 tanh(raw / 3), as in src/families/realnvp.rs. */
export const MAX_LOG_SCALE = 3;

/** Even couplings keep the first coordinate and move the second, odd ones the other way round. */
export const kept = (layer) => (layer % 2 ? [0, 1] : [1, 0]);
export const moved = (layer) => kept(layer + 1);

/** A source of the site's two moons (src/data/points.rs): `points(n)` gives x, y, x, y, … */
function moons(draw) {
  // 1 − u, since the logarithm of 0 is none.
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
  return (n) => {
    const xy = new Float32Array(2 * n);
    for (let i = 0; i < n; i++) {
      const t = Math.PI * draw();
      const lower = draw() < 0.5;
      const x = lower ? 1 - Math.cos(t) : Math.cos(t);
      const y = lower ? 0.5 - Math.sin(t) : Math.sin(t);
      xy[2 * i] = 2 * (x + 0.1 * gaussian()) - 1;
      xy[2 * i + 1] = 2 * (y + 0.1 * gaussian()) - 0.2;
    }
    return xy;
  };
}

/**
 * `batch()` draws fresh points, standardised as ours are (src/nn/standard.rs): each coordinate's
 * mean taken off, both divided by the standard deviation of the two together. Where u is that,
 * −log p(x) = −log p(u) + `units`, nats.
 */
export function data() {
  const points = moons(random(1));
  const many = 20_000;
  const sample = points(many);
  const mean = [0, 0];
  for (let i = 0; i < 2 * many; i++) mean[i % 2] += sample[i] / many;
  const variance = sample.reduce((sum, v, i) => sum + (v - mean[i % 2]) ** 2, 0) / (2 * many);
  const scale = Math.sqrt(variance);
  const batch = () => {
    const xy = points(BATCH);
    for (let i = 0; i < xy.length; i++) xy[i] = (xy[i] - mean[i % 2]) / scale;
    return xy;
  };
  return { batch, units: 2 * Math.log(scale) };
}

/** Weights as our flow draws them (src/nn/mlp.rs): the last layer's almost zero, so that it begins near the identity. */
export function weights() {
  const draw = random(2);
  const layers = {};
  for (let i = 0; i < COUPLINGS; i++) {
    layers[`first${i}`] = linear(2, HIDDEN, Math.SQRT2, draw);
    layers[`second${i}`] = linear(HIDDEN, HIDDEN, Math.SQRT2, draw);
    layers[`last${i}`] = linear(HIDDEN, 2, 0.01, draw);
  }
  return flat(layers);
}
