// The variational autoencoder: its numbers, its data, its weights.
import { flat, linear, random } from "../measure.js";
import { images } from "../mnist.js";

export const PIXELS = 784;
export const HIDDEN = 400;
export const LATENT = 20;
export const BATCH = 128;
export const RATE = 1e-3;
export const DECODE = 64;

/** Training images in memory before the clock starts: enough that none is learned by heart at once. */
const BATCHES = 32;

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
 * Weights as our VAE draws them (src/families/vae.rs), so that all losses begin in the same place;
 * the output's bias is the logit of the data's mean.
 */
export function weights(mean) {
  const draw = random(2);
  const layers = {
    encode: linear(PIXELS, HIDDEN, Math.SQRT2, draw),
    mu: linear(HIDDEN, LATENT, 1, draw),
    logvar: linear(HIDDEN, LATENT, 0.1, draw),
    decode: linear(LATENT, HIDDEN, Math.SQRT2, draw),
    logits: linear(HIDDEN, PIXELS, 1, draw),
  };
  layers.logits.b.values = Float32Array.from(mean, (p) => {
    const q = Math.min(Math.max(p, 0.01), 0.99);
    return Math.log(q / (1 - q));
  });
  return flat(layers);
}

/** Codes to decode, the same for all; any will do for timing. */
export function codes() {
  const draw = random(3);
  return Float32Array.from({ length: DECODE * LATENT }, () => (draw() + draw() + draw() - 1.5) * 2);
}
