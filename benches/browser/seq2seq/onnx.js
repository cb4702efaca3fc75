// An encoder-decoder transformer of src/families/seq2seq as two ONNX files, with keys and values kept.
import { parts } from "../blocks.js";
import { FLOAT, INT64, value } from "../onnx.js";

/** The pieces' vectors, with those of their places by `table`. */
const embed = ({ node, weight }, table) =>
  node("stream", "Add", [
    node("pieces", "Gather", [weight("table"), "ids"]),
    node("standing", "Gather", [weight(table), "places"]),
  ]);

/** `ids` and `places` [1, n] of a text to read → of each layer of the decoder `cross_k_…` and `cross_v_…`
 * [1, heads, n, size]. */
export function encoder(model) {
  const { n_layer, n_head, n_embd } = model.config;
  const built = parts("encoder", model);
  const { constant, node, bytes, norm, skip, product, split, attention, mlp, fused } = built;
  constant("by_heads", BigInt64Array.of(0n, 0n, BigInt(n_head), BigInt(n_embd / n_head)), [4]);
  let x = embed(built, "read_at");
  let h = norm("begin", x, "encoder.0.norm_1");
  for (let i = 0; i < n_layer; i++) {
    const at = `encoder.${i}.`;
    const qkv = product(`${at}all`, h, `${at}qkv`, fused(`${at}own.`));
    const mixed = attention(`${at}mixed`, split(`${at}parts`, qkv, [`${at}q`, `${at}k`, `${at}v`]));
    [h, x] = skip(`${at}looked`, x, product(`${at}taken`, mixed, `${at}own.proj`), `${at}norm_2`);
    const next = i + 1 < n_layer ? `encoder.${i + 1}.norm_1` : "encoder_norm";
    [h, x] = skip(`${at}thought`, x, mlp(`${at}mlp.`, h), next);
  }
  const outputs = [];
  for (let i = 0; i < n_layer; i++) {
    const at = `decoder.${i}.cross.`;
    for (const part of split(`${at}parts`, product(`${at}all`, h, `${at}kv`), [`k_${i}`, `v_${i}`])) {
      const heads = node(`heads_${part}`, "Reshape", [part, "by_heads"]);
      node(`cross_${part}`, "Transpose", [heads], { perm: [0, 2, 1, 3] });
      outputs.push(value(`cross_${part}`, FLOAT, [1, n_head, "n", n_embd / n_head]));
    }
  }
  return bytes([value("ids", INT64, [1, "n"]), value("places", INT64, [1, "n"])], outputs);
}

/** `ids` and `places` [1, 1] of the last piece, of each layer `past_k_…`, `past_v_…` [1, heads, t, size] and what the
 * encoder gave → `logits` [1, 1, pieces] and `present_k_…`, `present_v_…` [1, heads, t + 1, size]. */
export function decoder(model) {
  const { n_layer, n_head, n_embd } = model.config;
  const built = parts("decoder", model);
  const { node, bytes, weight, norm, skip, product, split, attention, mlp, fused } = built;
  const inputs = [value("ids", INT64, [1, 1]), value("places", INT64, [1, 1])];
  const [pieces] = model.weights.table.shape;
  const outputs = [value("logits", FLOAT, [1, pieces])];
  let x = embed(built, "written_at");
  let h = norm("begin", x, "decoder.0.norm_1");
  for (let i = 0; i < n_layer; i++) {
    const at = `decoder.${i}.`;
    for (const part of [`k_${i}`, `v_${i}`]) {
      const shape = (n) => [1, n_head, n, n_embd / n_head];
      inputs.push(value(`past_${part}`, FLOAT, shape("t")), value(`cross_${part}`, FLOAT, shape("n")));
      outputs.push(value(`present_${part}`, FLOAT, shape("all")));
    }
    const qkv = product(`${at}all`, h, `${at}qkv`, fused(`${at}own.`));
    const [mixed] = attention(`${at}own`,
      [...split(`${at}parts`, qkv, [`${at}q`, `${at}k`, `${at}v`]), "", "", "", `past_k_${i}`, `past_v_${i}`],
      [`${at}mixed`, `present_k_${i}`, `present_v_${i}`]);
    [h, x] = skip(`${at}looked`, x, product(`${at}taken`, mixed, `${at}own.proj`), `${at}norm_2`);
    const read = attention(`${at}read`, [product(`${at}asked`, h, `${at}cross.q`), `cross_k_${i}`, `cross_v_${i}`]);
    [h, x] = skip(`${at}understood`, x, product(`${at}told`, read, `${at}cross.proj`), `${at}norm_3`);
    const next = i + 1 < n_layer ? `decoder.${i + 1}.norm_1` : "decoder_norm";
    [h, x] = skip(`${at}thought`, x, mlp(`${at}mlp.`, h), next);
  }
  node("guess", "Gemm", [node("flat", "Flatten", [h], { axis: 2 }), weight("table")], { transB: 1 }, ["logits"]);
  return bytes(inputs, outputs);
}
