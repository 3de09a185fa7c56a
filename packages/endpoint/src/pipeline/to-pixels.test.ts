import { describe, expect, it } from 'vitest';
import { toPixels } from './to-pixels.ts';

describe('toPixels', () => {
  it('lays planes of -1 to 1 out as rows of bytes, held to what a byte can be', () => {
    const data = Float32Array.from([-1, 1, 0, 2, -3, 0.5]);
    expect(toPixels({ data, dims: [1, 3, 1, 2] })).toEqual({
      pixels: Uint8Array.from([0, 128, 0, 255, 255, 191]),
      width: 2,
      height: 1,
      isBroken: false,
    });
  });

  it('notices values that are no numbers', () => {
    const data = Float32Array.from([0, Number.NaN, 0]);
    expect(toPixels({ data, dims: [1, 3, 1, 1] })).toMatchObject({
      pixels: Uint8Array.from([128, 0, 128]),
      isBroken: true,
    });
  });
});
