/** Samples of 16 bits, the low byte first, as Web Audio takes them. */
export function floats(sound: Uint8Array): Float32Array<ArrayBuffer> {
  const view = new DataView(sound.buffer, sound.byteOffset, sound.byteLength);
  return Float32Array.from({ length: sound.byteLength >> 1 }, (_, i) => view.getInt16(2 * i, true) / 32768);
}

/** The first channel of what Web Audio made as a WAV file. */
export function recorded(sound: Pick<AudioBuffer, "sampleRate" | "getChannelData">): Uint8Array<ArrayBuffer> {
  const samples = sound.getChannelData(0);
  const view = new DataView(new ArrayBuffer(2 * samples.length));
  samples.forEach((v, i) => view.setInt16(2 * i, Math.round(32_767 * Math.max(-1, Math.min(1, v))), true));
  return wav(sound.sampleRate, [new Uint8Array(view.buffer)]);
}

/** Sound of one channel as a WAV file (Microsoft & IBM 1991, RIFF): 16 bits a sample, the parts one after the other. */
export function wav(rate: number, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((n, part) => n + part.byteLength, 0);
  const bytes = new Uint8Array(44 + length);
  const head = new DataView(bytes.buffer);
  const text = (at: number, what: string) => [...what].forEach((c, i) => head.setUint8(at + i, c.charCodeAt(0)));
  text(0, "RIFF");
  head.setUint32(4, 36 + length, true);
  text(8, "WAVEfmt ");
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true); // PCM
  head.setUint16(22, 1, true); // one channel
  head.setUint32(24, rate, true);
  head.setUint32(28, 2 * rate, true);
  head.setUint16(32, 2, true);
  head.setUint16(34, 16, true);
  text(36, "data");
  head.setUint32(40, length, true);
  let at = 44;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
