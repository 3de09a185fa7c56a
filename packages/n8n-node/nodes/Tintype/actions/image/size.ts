import type { INodeProperties } from 'n8n-workflow';

/** The value of Size that hands the choice to Width and Height. */
export const customSize = 'custom';

const presets = [
  ['Square', 512, 512],
  ['Square', 768, 768],
  ['Square', 1024, 1024],
  ['Landscape 3:2', 768, 512],
  ['Landscape 4:3', 1024, 768],
  ['Landscape 16:9', 1024, 576],
  ['Portrait 2:3', 512, 768],
  ['Portrait 3:4', 768, 1024],
  ['Portrait 9:16', 576, 1024],
] as const;

export const sizeDescription: INodeProperties = {
  displayName: 'Size',
  name: 'size',
  type: 'options',
  options: [
    { name: 'Custom', value: customSize, description: 'Give Width and Height yourself' },
    ...presets.map(([shape, width, height]) => ({
      name: `${shape} (${width} × ${height})`,
      value: `${width}x${height}`,
    })),
  ],
  default: customSize,
  description: 'Size of the image in pixels; larger images take longer',
};

/** Width and height of a Size such as `768x512`, or `undefined` where it is no size. */
export function parseSize(size: string): { readonly width: number; readonly height: number } | undefined {
  const [, width, height] = /^\s*(\d+)\s*[x×]\s*(\d+)\s*$/.exec(size) ?? [];
  return width === undefined || height === undefined ? undefined : { width: Number(width), height: Number(height) };
}
