// The model in jax-js.
import { jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { adam, array, corrected, dense, fresh, map, start } from "../jax.js";
import { serve } from "../measure.js";
import { BATCH, COUPLINGS, MAX_LOG_SCALE, RATE, data, kept, moved, weights } from "./model.js";

const { batch, units } = data();

/** Mean of −log p, nats in the data's units. */
function loss(p, x) {
  let z = x;
  let total = np.array(0);
  for (let i = 0; i < COUPLINGS; i++) {
    const layer = (h, name) => dense(h, p[`${name}${i}_w`], p[`${name}${i}_b`]);
    const h = nn.relu(layer(z.ref.mul(np.array([kept(i)])), "first"));
    const [raw, t] = np.split(layer(nn.relu(layer(h, "second")), "last"), 2, 1); // [n, 1] each
    const s = np.tanh(raw.div(MAX_LOG_SCALE)).mul(MAX_LOG_SCALE);
    const move = np.array([moved(i)]);
    total = total.add(s.ref.sum());
    // The coordinate that is kept is multiplied by 1, and 0 is added.
    z = z.mul(np.exp(s.mul(move.ref))).add(t.mul(move));
  }
  const mean = np.square(z).sum().mul(0.5).sub(total).mul(1 / BATCH);
  return mean.add(Math.log(2 * Math.PI) + units);
}

const step = jit((p, m, v, x, rate, epsilon) => {
  const [value, g] = valueAndGrad(loss)(map(p, (leaf) => leaf.ref), x);
  return { ...adam({ p, m, v }, g, rate, epsilon), value };
});

serve(async (backend) => {
  const library = await start(backend);
  let state = await fresh(weights());
  let time = 0;
  return {
    ...library,
    step() {
      time++;
      const { value, ...next } = step(state.p, state.m, state.v, array(batch(), [BATCH, 2]), ...corrected(RATE, time));
      state = next;
      return value;
    },
  };
});
