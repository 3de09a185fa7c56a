import { sniffMediaType } from './media-type.ts';

/** In pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Reads an image's size from its header; `undefined` where the bytes given do not reach it, or hold none.
 * A JPEG may keep its size behind long metadata: give as much as there is.
 */
export function readImageSize(bytes: Uint8Array): ImageSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = readers[sniffMediaType(bytes) ?? 'none'];
  try {
    return read?.(view);
  } catch (error) {
    // DataView throws this where the header goes on beyond the bytes at hand.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const readers: Readonly<Record<string, ((view: DataView) => ImageSize | undefined) | undefined>> = {
  // IHDR is the first chunk: RFC 2083, 4.1.1.
  'image/png': (view) => ({ width: view.getUint32(16), height: view.getUint32(20) }),
  'image/gif': (view) => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }),
  // BITMAPINFOHEADER; a negative height means rows from the top.
  'image/bmp': (view) => ({ width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) }),
  'image/jpeg': readJpegSize,
  'image/webp': readWebpSize,
  'image/avif': readAvifSize,
};

/** Walks the segments to the frame header, SOF0 to SOF15 but DHT, JPG and DAC: ITU-T T.81, B.1.1.3. */
function readJpegSize(view: DataView): ImageSize | undefined {
  let offset = 2;
  while (offset < view.byteLength) {
    if (view.getUint8(offset) !== 0xff) return undefined;
    const marker = view.getUint8(offset + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: view.getUint16(offset + 7), height: view.getUint16(offset + 5) };
    // Fill bytes may stand before a marker.
    offset += marker === 0xff ? 1 : 2 + view.getUint16(offset + 2);
  }
  return undefined;
}

/** The three kinds of first chunk: RFC 9649, 2.5 to 2.7. */
function readWebpSize(view: DataView): ImageSize | undefined {
  const kind = view.getUint32(12);
  if (kind === 0x56503820) {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  if (kind === 0x5650384c) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (kind === 0x56503858) {
    const low24 = (offset: number): number => view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);
    return { width: low24(24) + 1, height: low24(27) + 1 };
  }
  return undefined;
}

/** The `ispe` property box, inside meta/iprp/ipco: ISO/IEC 23008-12, 6.5.3. The largest one is the image's, others are its tiles'. */
function readAvifSize(view: DataView): ImageSize | undefined {
  let largest: ImageSize | undefined;
  for (let offset = 0; offset + 20 <= view.byteLength; offset += 1) {
    if (view.getUint32(offset) !== 0x69737065) continue;
    const size = { width: view.getUint32(offset + 8), height: view.getUint32(offset + 12) };
    if (largest === undefined || size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest;
}
