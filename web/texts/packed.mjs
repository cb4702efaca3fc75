// How a text is kept: gzipped, with its size and hash in the manifest.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** Writes a text into a folder, and returns its entry of the manifest. */
export function packed(folder, { name, title, group, credit, licence }, text) {
  const bytes = gzipSync(Buffer.from(text, "utf8"), { level: 9 });
  bytes[9] = 255; // The same file wherever it is made.
  const file = `${name}.txt.gz`;
  writeFileSync(join(folder, file), bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { name, title, group, file, bytes: bytes.length, sha256, characters: [...text].length, licence, credit };
}
