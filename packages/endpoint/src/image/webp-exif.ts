/** Flag of the extended header that says: an EXIF chunk follows (WebP container specification, section 2.7). */
const hasExif = 0b1000;

/** A WebP with an EXIF chunk. A plain file is given the extended header that such chunks need. */
export function writeWebpExif(webp: Uint8Array, exif: Uint8Array, size: { width: number; height: number }): Uint8Array {
  const chunks = readChunks(webp);
  const header = chunks.find(({ type }) => type === 'VP8X');
  const extended = header === undefined ? Buffer.alloc(10) : Buffer.from(header.content);
  extended.writeUInt8((extended[0] ?? 0) | hasExif, 0);
  if (header === undefined) {
    extended.writeUIntLE(size.width - 1, 4, 3);
    extended.writeUIntLE(size.height - 1, 7, 3);
  }
  const body = Buffer.concat([
    Buffer.from('WEBP', 'latin1'),
    chunk('VP8X', extended),
    ...chunks.filter(({ type }) => type !== 'VP8X').map(({ type, content }) => chunk(type, content)),
    chunk('EXIF', Buffer.from(exif)),
  ]);
  const riff = Buffer.from('RIFF\0\0\0\0', 'latin1');
  riff.writeUInt32LE(body.length, 4);
  return Buffer.concat([riff, body]);
}

/** The EXIF block of a WebP, or `undefined`. */
export function readWebpExif(webp: Uint8Array): Uint8Array | undefined {
  return readChunks(webp).find(({ type }) => type === 'EXIF')?.content;
}

interface Chunk {
  readonly type: string;
  readonly content: Buffer;
}

function readChunks(webp: Uint8Array): readonly Chunk[] {
  const bytes = Buffer.from(webp.buffer, webp.byteOffset, webp.byteLength);
  const chunks: Chunk[] = [];
  let offset = 12;
  while (offset + 8 <= bytes.length) {
    const length = bytes.readUInt32LE(offset + 4);
    const type = bytes.toString('latin1', offset, offset + 4);
    chunks.push({ type, content: bytes.subarray(offset + 8, offset + 8 + length) });
    offset += 8 + length + (length % 2);
  }
  return chunks;
}

function chunk(type: string, content: Buffer): Buffer {
  const head = Buffer.from(`${type}\0\0\0\0`, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}
