/** Bytes that begin as a PNG of this size does; enough for everything that does not draw it. */
export function pngBytes({ width = 16, height = 8, length = 3000, fill = 1 } = {}): Uint8Array {
  const bytes = new Uint8Array(Math.max(length, 33));
  let state = fill;
  for (let index = 0; index < bytes.length; index += 1) {
    // A linear congruential generator, so that a wrong offset shows.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}

/** The same bytes as base64. */
export function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
