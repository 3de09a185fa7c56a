import type { ImageRecord } from '../images/image-record.ts';
import { builder } from './builder.ts';
import { connectionOf, listComplexity, pageRequest } from './connection.ts';
import { encodedImageCost } from './operation-limits.ts';
import type { GatewayContext } from './gateway-context.ts';
import { GenerationParameters } from './parameters.ts';

export const Image = builder.objectRef<ImageRecord>('Image').implement({
  description: 'A finished image. The way to its bytes is its `url`.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Opaque, such as `img_…`; the same in the URL.' }),
    url: t.string({
      resolve: ({ id }, _, { baseUrl }) => `${baseUrl}/images/${id}`,
      description: 'Where the bytes are. Whoever knows it can see the image; it never changes.',
    }),
    mediaType: t.exposeString('mediaType', { description: 'Read from the bytes, such as `image/png`.' }),
    width: t.int({ nullable: true, resolve: ({ width }) => width, description: 'In pixels, read from the bytes.' }),
    height: t.int({ nullable: true, resolve: ({ height }) => height, description: 'In pixels, read from the bytes.' }),
    byteLength: t.exposeInt('byteLength', { description: 'Size of the file in bytes.' }),
    sha256: t.exposeString('sha256', { description: 'Checksum of the bytes, in hexadecimal.' }),
    base64: t.string({
      nullable: true,
      complexity: encodedImageCost,
      resolve: async ({ id }, _, context) => (await base64Of(id, context)) ?? null,
      description: 'The bytes as base64. Encoded only when selected, and a third larger than the file: prefer `url`.',
    }),
    dataUrl: t.string({
      nullable: true,
      complexity: encodedImageCost,
      resolve: async ({ id, mediaType }, _, context) => {
        const base64 = await base64Of(id, context);
        return base64 === undefined ? null : `data:${mediaType};base64,${base64}`;
      },
      description: 'The bytes as a `data:` URL, for an `<img src>`. Encoded only when selected: prefer `url`.',
    }),
    parameters: t.field({
      type: GenerationParameters,
      resolve: ({ parameters }) => parameters,
      description: 'What it was made from.',
    }),
    seed: t.float({
      nullable: true,
      resolve: ({ seed }) => seed,
      description: 'The random seed, where the endpoint names it or the request did: a whole number.',
    }),
    createdAt: t.field({ type: 'DateTime', resolve: ({ createdAt }) => createdAt, description: 'When it arrived.' }),
    durationMs: t.exposeInt('durationMs', {
      description:
        'From the first byte sent to the image complete, in milliseconds, waiting for the endpoint included.',
    }),
    warnings: t.stringList({
      resolve: ({ warnings }) => warnings,
      description: "Warnings about the request and the image, the endpoint's own included, in sentences.",
    }),
  }),
});

async function base64Of(id: string, { services }: GatewayContext): Promise<string | undefined> {
  const image = await services.images.open(id);
  if (image === undefined) return undefined;
  const bytes = await image.bytes();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

builder.queryField('image', (t) =>
  t.field({
    type: Image,
    nullable: true,
    description: 'One of your images; `null` where there is none with this id, or it is not yours.',
    args: { id: t.arg.id({ required: true, description: "The image's id." }) },
    resolve: async (_, { id }, { services, owner }) => {
      const image = await services.engine.jobStore.image(id);
      return image?.owner === owner ? image : null;
    },
  }),
);

const ImageConnection = connectionOf('Image', Image);

builder.queryField('images', (t) =>
  t.field({
    type: ImageConnection,
    description: 'Your images, newest first.',
    complexity: listComplexity,
    args: {
      first: t.arg.int({ description: 'How many, from 1 to 100; 20 unless given.' }),
      after: t.arg.string({ description: 'Go on behind the image with this cursor.' }),
    },
    resolve: async (_, page, { services, owner }) => services.engine.jobStore.images(pageRequest(owner, page)),
  }),
);
