import { markImage } from '@tintype/core/server';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodeImage, imageFormats } from './encode-image.ts';
import { readImageParameters } from './read-image-parameters.ts';

const drawn = { width: 16, height: 8 };
const pixels = new Uint8Array(16 * 8 * 3).fill(200);
const settings = { Steps: '25', Sampler: 'DDIM', 'CFG scale': '7.5', Seed: '18446744073709551615', Model: 'a, b: "c"' };

describe.each(imageFormats)('a %s image', (format) => {
  it.each([
    { prompt: 'a red circle', negativePrompt: 'blue, green' },
    { prompt: 'a red circle 🔴 auf gelbem Grund, größer', negativePrompt: '模糊' },
    { prompt: 'two\nlines: of text' },
  ])('gives back the parameters written into it: $prompt', async (texts) => {
    const bytes = await encodeImage({ pixels, drawn, asked: drawn, format, parameters: { ...texts, settings } });
    expect(readImageParameters(bytes)).toMatchObject({ ...texts, settings });
  });

  it('is marked as made by AI', async () => {
    const bytes = await encodeImage({ pixels, drawn, asked: drawn, format, parameters: { prompt: 'x', settings } });
    const { xmp } = await sharp(bytes).metadata();
    expect(xmp?.toString()).toContain('http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia');
    expect(markImage(bytes)).toBe(bytes);
  });

  it('is still a valid image of the size asked for', async () => {
    const asked = { width: 24, height: 40 };
    const bytes = await encodeImage({ pixels, drawn, asked, format, parameters: { prompt: 'x', settings } });
    const { info } = await sharp(bytes, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true });
    expect(await sharp(bytes).metadata()).toMatchObject({ format, ...asked });
    expect(info).toMatchObject(asked);
  });
});

describe('readImageParameters', () => {
  it('finds nothing in an image without parameters', async () => {
    const raw = { raw: { ...drawn, channels: 3 } } as const;
    for (const format of imageFormats) {
      expect(readImageParameters(await sharp(pixels, raw).toFormat(format).toBuffer())).toBeUndefined();
    }
  });

  it('finds nothing in bytes that are no image, or half of one', async () => {
    const parameters = { prompt: 'a red circle', settings };
    expect(readImageParameters(new Uint8Array())).toBeUndefined();
    expect(readImageParameters(Buffer.from('<html>'))).toBeUndefined();
    for (const format of imageFormats) {
      const bytes = await encodeImage({ pixels, drawn, asked: drawn, format, parameters });
      for (let length = 0; length < bytes.length; length += 7) {
        expect(() => readImageParameters(bytes.subarray(0, length))).not.toThrow();
      }
    }
  });
});
