// What a checkpoint of the site holds.

/** The number that 16 bits mean (IEEE 754's binary16). */
function half(bits) {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : (fraction / 1024) * 2 ** -14);
}

/** What the file says of the model, and each weight by its name: `{ values, shape }`, in single precision. */
export function checkpoint(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const { __metadata__, ...tensors } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start)));
  const read = ({ dtype, shape, data_offsets: [from, to] }) => {
    const wide = { F16: 2, F32: 4 }[dtype];
    if (!wide) throw new Error(`weights of the kind ${dtype}`);
    const at = (i) => start + from + i * wide;
    const one = (_, i) => (wide === 2 ? half(view.getUint16(at(i), true)) : view.getFloat32(at(i), true));
    return { values: Float32Array.from({ length: (to - from) / wide }, one), shape };
  };
  const weights = Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, read(tensor)]));
  return { meta: JSON.parse(__metadata__.playground), weights };
}

/** Matrices of as many rows, `{ values, shape }`, beside each other. */
export function beside(...parts) {
  const rows = parts[0].shape[0];
  const wide = parts.reduce((sum, { shape }) => sum + shape[1], 0);
  const values = new Float32Array(rows * wide);
  for (let row = 0; row < rows; row++) {
    let at = row * wide;
    for (const { values: from, shape } of parts) {
      values.set(from.subarray(row * shape[1], (row + 1) * shape[1]), at);
      at += shape[1];
    }
  }
  return { values, shape: [rows, wide] };
}
