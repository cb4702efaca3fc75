/** A checkpoint with its weights in half precision, which takes half the room. */

/** The largest finite number of half precision. */
const MOST = 65_504;

/** The sixteen bits nearest to a number, ties to even. */
export function half(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(size)) return 0x7e00;
  if (size >= 65_520) return sign | 0x7c00;
  // Steps between neighbours are the same below the smallest normal number.
  const exponent = Math.max(-14, Math.floor(Math.log2(size || 1e-9)));
  const step = 2 ** (exponent - 10);
  const quotient = size / step;
  const below = Math.floor(quotient);
  const rest = quotient - below;
  const steps = below + Number(rest > 0.5 || (rest === 0.5 && below % 2 === 1));
  // What is rounded up to a power of two has the next exponent, as adding carries.
  return sign | (exponent === -14 ? steps : ((exponent + 14) << 10) + steps);
}

interface Tensor {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** The same safetensors file with half as many bytes to a weight; as it is, where a weight is too large for that. */
export function halved(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, start))) as Record<string, Tensor>;
  const tensors = Object.entries(header).filter(([name]) => name !== "__metadata__");
  if (tensors.some(([, { dtype }]) => dtype !== "F32")) return file;
  tensors.sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]);
  const data = new DataView(new ArrayBuffer((file.length - start) >> 1));
  let at = 0;
  for (const [, tensor] of tensors) {
    const [from, to] = tensor.data_offsets;
    const begin = at;
    for (let i = start + from; i < start + to; i += 4, at += 2) {
      const value = view.getFloat32(i, true);
      if (Math.abs(value) > MOST) return file;
      data.setUint16(at, half(value), true);
    }
    tensor.dtype = "F16";
    tensor.data_offsets = [begin, at];
  }
  // The header is padded, so that numbers begin where their size divides.
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = (text.length + 7) & ~7;
  const out = new Uint8Array(8 + length + at).fill(0x20, 8, 8 + length);
  new DataView(out.buffer).setBigUint64(0, BigInt(length), true);
  out.set(text, 8);
  out.set(new Uint8Array(data.buffer, 0, at), 8 + length);
  return out;
}
