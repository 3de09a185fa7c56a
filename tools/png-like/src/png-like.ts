export interface PngOptions {
  /** In pixels. @default 16 */
  readonly width?: number;
  /** In pixels. @default 8 */
  readonly height?: number;
  /** In bytes; 33 at least, which the header takes. @default 3000 */
  readonly length?: number;
  /** Another number makes other bytes behind the header. @default 1 */
  readonly seed?: number;
}

/** Bytes that begin as a PNG of this size does and go on at random, the same each time; enough for all that does not draw it. */
export function pngBytes({
  width = 16,
  height = 8,
  length = 3000,
  seed = 1,
}: PngOptions = {}): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.max(length, 33));
  let state = seed;
  for (let index = 0; index < bytes.length; index += 1) {
    // A linear congruential generator, so that a wrong offset shows.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}

/** The same bytes as base64 text. */
export function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
