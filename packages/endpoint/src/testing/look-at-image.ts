import sharp from 'sharp';

// The colors that the model was taught, as its training images show them.
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
export type Color = keyof typeof palette;

export interface Look {
  readonly width: number;
  readonly height: number;
  /** The commonest color along the edges. */
  readonly ground: Color;
  /** The share of all pixels that are nearest to a color, 0 to 1. */
  readonly share: (color: Color) => number;
}

/** What an image shows, by its colors. */
export async function lookAtImage(bytes: Uint8Array): Promise<Look> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const all = new Map<Color, number>();
  const edges = new Map<Color, number>();
  for (let index = 0; index < width * height; index++) {
    const color = nearestColor(data.subarray(index * 3, index * 3 + 3));
    const x = index % width;
    const y = Math.floor(index / width);
    all.set(color, (all.get(color) ?? 0) + 1);
    if (x < 4 || y < 4 || x >= width - 4 || y >= height - 4) edges.set(color, (edges.get(color) ?? 0) + 1);
  }
  const [ground = ['black', 0] as const] = [...edges].toSorted((one, other) => other[1] - one[1]);
  return { width, height, ground: ground[0], share: (color) => (all.get(color) ?? 0) / (width * height) };
}

function nearestColor(pixel: Uint8Array): Color {
  const names = Object.keys(palette) as readonly Color[];
  const distance = (name: Color): number =>
    palette[name].reduce((sum, value, channel) => sum + (value - (pixel[channel] ?? 0)) ** 2, 0);
  return names.reduce((best, name) => (distance(name) < distance(best) ? name : best));
}
