// Makes an image and has a request refused, as an app would with @tintype/core.
import { createImageClient, ImageError, type GeneratedImage, type ImageErrorCode } from '@tintype/core';
import { requestFields } from '@tintype/core/contract';
import { createImageClient as createPortableClient, type Transport } from '@tintype/core/portable';

const client = createImageClient({ endpoint: process.argv[2] ?? '' });
const image: GeneratedImage = await client.generate({
  prompt: 'a red circle on a yellow background',
  width: 128,
  height: 128,
  inferenceSteps: 2,
  negativePrompt: null,
});

const refused = await client.generate({ prompt: 'a red circle', width: 500 }).catch((error: unknown) => error);
if (!ImageError.isInstance(refused)) throw new Error('A width of 500 was not refused.');
const code: ImageErrorCode = refused.code;
// @ts-expect-error The codes are a closed list.
if (refused.code === 'no_such_code') throw refused;

// @ts-expect-error A misspelled field is not part of a request.
const misspelled: Parameters<typeof client.generate>[0] = { prompt: 'a red circle', steps: 4 };
const transport: Transport = () => Promise.resolve({ status: 200, headers: {}, body: image.bytes });

process.stdout.write(
  JSON.stringify({
    node: process.versions.node,
    mediaType: image.mediaType,
    width: image.width,
    hasBytes: image.bytes.length > 0,
    code,
    isRefusalExplained: refused.message.includes('multiple of 8'),
    hasEveryEntry: [requestFields, createPortableClient, transport, misspelled].every((entry) => entry !== undefined),
  }),
);
await client.close();
