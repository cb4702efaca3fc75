/** Bytes of a block of a tar archive. */
const BLOCK = 512;

/** Files behind each other as `tar cf` would put them (ustar), without copying them: the worker takes one file. */
export async function tar(files: readonly File[]): Promise<Blob> {
  const parts: BlobPart[] = [];
  for (const file of files) {
    const head = new Uint8Array(BLOCK);
    const put = (at: number, text: string) => head.set(new TextEncoder().encode(text).subarray(0, 99), at);
    put(0, file.name);
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, `${file.size.toString(8).padStart(11, "0")}\0`);
    put(136, "00000000000\0");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\u000000");
    const sum = head.reduce((all, byte) => all + byte, 0);
    put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
    parts.push(head, file, new Uint8Array((BLOCK - (file.size % BLOCK)) % BLOCK));
  }
  parts.push(new Uint8Array(2 * BLOCK));
  return new Blob(parts);
}
