import type { Values } from './network.ts';

/** The decoder's image, planes of -1 to 1 in the shape [1, 3, height, width], as rows of red, green and blue bytes. */
export function toPixels({ data, dims }: Values): {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Whether some values were no numbers; their pixels are black. */
  readonly isBroken: boolean;
} {
  const [, channels = 3, height = 0, width = 0] = dims;
  const plane = width * height;
  const pixels = new Uint8ClampedArray(plane * channels);
  for (let channel = 0; channel < channels; channel++) {
    for (let index = 0; index < plane; index++) {
      // The clamped array rounds and holds to 0…255 by itself.
      pixels[index * channels + channel] = ((data[channel * plane + index] ?? 0) / 2 + 0.5) * 255;
    }
  }
  return { pixels: new Uint8Array(pixels.buffer), width, height, isBroken: data.some(Number.isNaN) };
}
