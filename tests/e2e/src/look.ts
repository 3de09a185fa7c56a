import sharp from 'sharp';

/** What an image looks like at a glance, colours as red, green, blue from 0 to 255. */
export interface Look {
  readonly format: string;
  readonly width: number;
  readonly height: number;
  /** The colour in the corners. */
  readonly ground: readonly number[];
  /** The share of pixels that are far from the ground's colour. */
  readonly objectShare: number;
  /** The mean colour of those. */
  readonly object: readonly number[];
  /** The share of pixels that are nearest to a colour. */
  share(name: keyof typeof palette): number;
}

/** Looks at an image's pixels. */
export async function look(bytes: Uint8Array): Promise<Look> {
  const image = sharp(bytes);
  const { format } = await image.metadata();
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const at = (x: number, y: number): readonly number[] =>
    Array.from(data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3));
  const inset = Math.round(Math.min(width, height) / 16);
  const corners = [
    at(inset, inset),
    at(width - inset, inset),
    at(inset, height - inset),
    at(width - inset, height - inset),
  ];
  const ground = mean(corners);
  const objects: (readonly number[])[] = [];
  const shares = new Map<string | undefined, number>();
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const colour = at(x, y);
      const name = nearest(colour);
      shares.set(name, (shares.get(name) ?? 0) + 1 / (width * height));
      if (distance(colour, ground) > 90) objects.push(colour);
    }
  }
  return {
    format,
    width,
    height,
    ground,
    objectShare: objects.length / (width * height),
    object: mean(objects),
    share: (name) => shares.get(name) ?? 0,
  };
}

/** Whether a colour is nearest to the named one. */
export function isColour(colour: readonly number[], name: keyof typeof palette): boolean {
  return nearest(colour) === name;
}

function nearest(colour: readonly number[]): string | undefined {
  return Object.entries(palette).toSorted(
    ([, one], [, other]) => distance(colour, one) - distance(colour, other),
  )[0]?.[0];
}

const palette = {
  red: [220, 40, 40],
  green: [50, 160, 70],
  blue: [40, 80, 210],
  yellow: [245, 220, 40],
  white: [250, 250, 250],
  black: [20, 20, 20],
} as const;

function distance(one: readonly number[], other: readonly number[]): number {
  return Math.hypot(...one.map((value, channel) => value - (other[channel] ?? 0)));
}

function mean(colours: readonly (readonly number[])[]): readonly number[] {
  return [0, 1, 2].map(
    (channel) => colours.reduce((sum, colour) => sum + (colour[channel] ?? 0), 0) / Math.max(1, colours.length),
  );
}
