import { describe, expect, it } from 'vitest';
import { extensionOf, sniffMediaType } from './media-type.ts';
import { readImageSize } from './image-size.ts';

/** Real images of 2 × 3 pixels (GIF 1 × 1), as sharp writes them. */
const samples = {
  'image/png':
    'iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA2iEnWAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAEUlEQVR4nGP8z8DAwMDAAKEAAAsMAQGqUlVLAAAAAElFTkSuQmCC',
  'image/gif': 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
} as const;

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

describe('an image', () => {
  it('is told by its bytes', () => {
    expect(sniffMediaType(bytesOf(samples['image/png']))).toBe('image/png');
    expect(sniffMediaType(bytesOf(samples['image/gif']))).toBe('image/gif');
    expect(sniffMediaType(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0))).toBe('image/jpeg');
    expect(sniffMediaType(new TextEncoder().encode('RIFF\u0000\u0000\u0000\u0000WEBPVP8 '))).toBe('image/webp');
    expect(sniffMediaType(new TextEncoder().encode('\u0000\u0000\u0000\u001cftypavif'))).toBe('image/avif');
    expect(sniffMediaType(new TextEncoder().encode('<svg xmlns='))).toBeUndefined();
    expect(sniffMediaType(new Uint8Array(0))).toBeUndefined();
  });

  it('has its size read from its header', () => {
    expect(readImageSize(bytesOf(samples['image/png']))).toEqual({ width: 2, height: 3 });
    expect(readImageSize(bytesOf(samples['image/gif']))).toEqual({ width: 1, height: 1 });
  });

  it('has a JPEG’s size found behind its metadata', () => {
    const header = [
      0xff, 0xd8, 0xff, 0xe1, 0x00, 0x06, 1, 2, 3, 4, 0xff, 0xff, 0xc2, 0x00, 0x0b, 8, 0x01, 0x00, 0x02, 0x00,
    ];
    expect(readImageSize(Uint8Array.from(header))).toEqual({ width: 512, height: 256 });
    expect(readImageSize(Uint8Array.from(header.slice(0, 12)))).toBeUndefined();
  });

  it('has each kind of WebP’s size read', () => {
    const webp = (kind: string, rest: readonly number[]): Uint8Array =>
      Uint8Array.from([...new TextEncoder().encode(`RIFF....WEBP${kind}`), ...rest]);
    expect(readImageSize(webp('VP8 ', [0, 0, 0, 0, 0, 0, 0, 0x9d, 0x01, 0x2a, 0x00, 0x02, 0x00, 0x01]))).toEqual({
      width: 512,
      height: 256,
    });
    expect(readImageSize(webp('VP8L', [0, 0, 0, 0, 0x2f, 0xff, 0xc1, 0x3f, 0x00]))).toEqual({
      width: 512,
      height: 256,
    });
    expect(readImageSize(webp('VP8X', [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0x01, 0x00, 0xff, 0x00, 0x00]))).toEqual({
      width: 512,
      height: 256,
    });
  });

  it('that ends before its size has none', () => {
    expect(readImageSize(bytesOf(samples['image/png']).slice(0, 18))).toBeUndefined();
  });

  it('has the usual extension', () => {
    expect(extensionOf('image/jpeg')).toBe('jpg');
  });
});
