// The model in jax-js.
import { blockUntilReady, jit, nn, numpy as np, random, valueAndGrad } from "@jax-js/jax";
import { adam, array, corrected, dense, fresh, map, start } from "../jax.js";
import { serve } from "../measure.js";
import { BATCH, DECODE, LATENT, PIXELS, RATE, codes, data, weights } from "./model.js";

/** Takes p.decode_* and p.logits_*. */
const logitsOf = (p, z) => dense(nn.relu(dense(z, p.decode_w, p.decode_b)), p.logits_w, p.logits_b);

/** Mean over the batch of cross entropy plus KL. */
function loss(p, x, noise) {
  const h = nn.relu(dense(x.ref, p.encode_w, p.encode_b));
  const mu = dense(h.ref, p.mu_w, p.mu_b);
  const logvar = dense(h, p.logvar_w, p.logvar_b);
  const z = mu.ref.add(np.exp(logvar.ref.mul(0.5)).mul(noise));
  const logits = logitsOf(p, z);
  const crossEntropy = nn.softplus(logits.ref).sub(x.mul(logits)).sum();
  const kl = np.square(mu).add(np.exp(logvar.ref)).sub(logvar).sub(1).sum().mul(0.5);
  return crossEntropy.add(kl).mul(1 / BATCH);
}

const step = jit((p, m, v, x, key, rate, epsilon) => {
  const noise = random.normal(key, [BATCH, LATENT]);
  const [value, g] = valueAndGrad(loss)(map(p, (leaf) => leaf.ref), x, noise);
  return { ...adam({ p, m, v }, g, rate, epsilon), value };
});

const decode = jit((decoder, z) => nn.sigmoid(logitsOf(decoder, z)));

serve(async (backend) => {
  const library = await start(backend);
  const { batches, mean } = await data();
  const xs = batches.map((batch) => array(batch, [BATCH, PIXELS]));
  await blockUntilReady(xs);
  let state = await fresh(weights(mean));
  const z = array(codes(), [DECODE, LATENT]);
  let time = 0;

  return {
    ...library,
    step(i) {
      time++;
      const { value, ...next } = step(state.p, state.m, state.v, xs[i % xs.length].ref, random.key(time), ...corrected(RATE, time));
      state = next;
      return value;
    },
    decode() {
      const { decode_w, decode_b, logits_w, logits_b } = state.p;
      return decode(map({ decode_w, decode_b, logits_w, logits_b }, (leaf) => leaf.ref), z.ref).data();
    },
    decoded: DECODE,
  };
});
