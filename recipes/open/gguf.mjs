// What the converters of models of elsewhere share: GGUF with matrices at 8 bits (Q8_0), and where the site's build finds
// what they make.
//
// Of each 32 numbers of a matrix the largest size / 127 is the scale, as 16 bits; vectors stay as they are.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** Where what is made is kept. */
export const guestsFolder = () =>
  join(process.env.GP_CACHE ?? join(homedir(), ".cache/generative-playground"), "guests");

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** The nearest number of 16 bits, of one that is neither tiny nor large. */
function half(x) {
  const [bits] = new Uint32Array(new Float32Array([x]).buffer);
  const exponent = ((bits >>> 23) & 255) - 112;
  if (exponent <= 0) return Math.round(Math.abs(x) * 2 ** 24) | ((bits >>> 16) & 0x8000);
  const rest = bits & 0x1fff;
  const cut = (exponent << 10) | ((bits >>> 13) & 0x3ff);
  // Half goes to the even one.
  return ((bits >>> 16) & 0x8000) | (cut + (rest > 0x1000 || (rest === 0x1000 && cut & 1) ? 1 : 0));
}

/** Blocks of 32 numbers. */
export function quantise(numbers) {
  const out = Buffer.alloc((numbers.length / 32) * 34);
  for (let block = 0; block < numbers.length / 32; block++) {
    const part = numbers.subarray(32 * block, 32 * block + 32);
    const most = part.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
    out.writeUInt16LE(half(most / 127), 34 * block);
    part.forEach((x, i) => out.writeInt8(most ? Math.round((x * 127) / most) : 0, 34 * block + 2 + i));
  }
  return out;
}

const number = (bytes, write) => {
  const out = Buffer.alloc(bytes);
  write(out);
  return out;
};
export const u32 = (n) => number(4, (out) => out.writeUInt32LE(n));
export const u64 = (n) => number(8, (out) => out.writeBigUInt64LE(BigInt(n)));
export const f32 = (x) => Buffer.from(new Float32Array([x]).buffer);
export const text = (s) => Buffer.concat([u64(Buffer.byteLength(s)), Buffer.from(s)]);
export const list = (type, each) => [9, Buffer.concat([u32(type), u64(each.length), ...each])];

/** A tensor: a matrix if there are columns, else a vector. */
export function tensor(name, numbers, rows, columns = 0) {
  const bytes = columns ? quantise(numbers) : Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return { name, dims: columns ? [columns, rows] : [rows], type: columns ? 8 : 0, bytes };
}

/** The file: what it says of itself, each as type and bytes, and its tensors. */
export function file(values, tensors) {
  const head = [Buffer.from("GGUF"), u32(3), u64(tensors.length), u64(Object.keys(values).length)];
  for (const [key, [type, value]] of Object.entries(values)) head.push(text(key), u32(type), value);
  let offset = 0;
  for (const { name, dims, type, bytes } of tensors) {
    head.push(text(name), u32(dims.length), ...dims.map(u64), u32(type), u64(offset));
    offset += Math.ceil(bytes.length / 32) * 32;
  }
  const padded = (bytes) => Buffer.concat([bytes, Buffer.alloc((32 - (bytes.length % 32)) % 32)]);
  return Buffer.concat([padded(Buffer.concat(head)), ...tensors.map(({ bytes }) => padded(bytes))]);
}

/** Files out of one of npm's packages, by their paths in it. */
export function packed(name, version, paths) {
  const folder = mkdtempSync(join(tmpdir(), "guest-"));
  try {
    execFileSync("npm", ["pack", `${name}@${version}`, "--silent"], { cwd: folder, stdio: ["ignore", "ignore", 2] });
    const archive = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
    execFileSync("tar", ["xzf", archive, ...paths.map((path) => `package/${path}`)], { cwd: folder });
    return paths.map((path) => readFileSync(join(folder, "package", path)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Puts a model where the site's build finds it, and its entry in the site's manifest last. */
export function keep(id, bytes, about) {
  const folder = guestsFolder();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${id}.gguf`), bytes);
  const entry = { id, data: "", file: `${id}.gguf`, bytes: bytes.length, sha256: sha256(bytes), ...about };
  const path = join(folder, `${id}.json`);
  writeFileSync(`${path}.new`, `${JSON.stringify({ ...entry, latentDim: 0, metrics: {} }, null, 2)}\n`);
  renameSync(`${path}.new`, path);
  console.log(`${bytes.length} bytes in ${folder}/${id}.gguf`);
}
