import sharp from 'sharp';

// The colours that the model was taught, as its training pictures show them.
const palette = {
  red: [220, 40, 40],
  green: [40, 160, 70],
  blue: [45, 85, 220],
  yellow: [245, 215, 50],
  orange: [245, 140, 30],
  purple: [135, 60, 180],
  pink: [250, 150, 190],
  cyan: [60, 205, 220],
  white: [248, 248, 248],
  black: [25, 25, 28],
  gray: [135, 135, 140],
  brown: [125, 80, 45],
} as const;
export type Colour = keyof typeof palette;

export interface Look {
  readonly width: number;
  readonly height: number;
  /** The commonest colour along the edges. */
  readonly ground: Colour;
  /** The share of all pixels that are nearest to a colour, 0 to 1. */
  readonly share: (colour: Colour) => number;
}

/** What a picture shows, by its colours. */
export async function lookAtPicture(bytes: Uint8Array): Promise<Look> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const all = new Map<Colour, number>();
  const edges = new Map<Colour, number>();
  for (let index = 0; index < width * height; index++) {
    const colour = nearestColour(data.subarray(index * 3, index * 3 + 3));
    const x = index % width;
    const y = Math.floor(index / width);
    all.set(colour, (all.get(colour) ?? 0) + 1);
    if (x < 4 || y < 4 || x >= width - 4 || y >= height - 4) edges.set(colour, (edges.get(colour) ?? 0) + 1);
  }
  const [ground = ['black', 0] as const] = [...edges].toSorted((one, other) => other[1] - one[1]);
  return { width, height, ground: ground[0], share: (colour) => (all.get(colour) ?? 0) / (width * height) };
}

function nearestColour(pixel: Uint8Array): Colour {
  const names = Object.keys(palette) as readonly Colour[];
  const distance = (name: Colour): number =>
    palette[name].reduce((sum, value, channel) => sum + (value - (pixel[channel] ?? 0)) ** 2, 0);
  return names.reduce((best, name) => (distance(name) < distance(best) ? name : best));
}
