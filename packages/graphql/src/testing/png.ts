import { crc32, deflateSync } from 'node:zlib';

/** A real PNG of one colour (https://www.w3.org/TR/png/); `noise` makes files of any size, since noise does not shrink. */
export function pngOf({
  width,
  height,
  noise,
}: {
  readonly width: number;
  readonly height: number;
  readonly noise?: boolean;
}): Buffer<ArrayBuffer> {
  const line = 1 + width * 3;
  const pixels = Buffer.alloc(line * height, 200);
  for (let y = 0; y < height; y += 1) pixels[y * line] = 0;
  if (noise === true) {
    let state = 1;
    for (let index = 0; index < pixels.length; index += 1) {
      if (index % line === 0) continue;
      // Marsaglia's xorshift32.
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      pixels[index] = state & 0xff;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits per channel, red, green and blue.
  header.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
