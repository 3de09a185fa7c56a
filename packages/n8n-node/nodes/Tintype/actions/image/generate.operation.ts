import type { GeneratedImage } from '@tintype/core/portable';
import { updateDisplayOptions, type IDataObject, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import { fileNameOf } from '../../helpers/file-name.ts';
import { readImageRequest } from '../../helpers/image-request.ts';
import { readParameter, readWholeNumber } from '../../helpers/parameter-values.ts';
import { createNodeClient } from '../../transport/create-node-client.ts';
import { generateProperties } from './generate.properties.ts';
import { seedForImage } from './seed-for-image.ts';

export const description = updateDisplayOptions(
  { show: { resource: ['image'], operation: ['generate'] } },
  generateProperties,
);

/** Makes the images of one item; each is an output item of its own, as soon as it is there. */
export async function* execute(this: IExecuteFunctions, itemIndex: number): AsyncGenerator<INodeExecutionData, void> {
  const request = readImageRequest(this, itemIndex);
  const images = readWholeNumber(this, 'options.numberOfImages', itemIndex, {
    label: 'Number of Images',
    fallback: 1,
    minimum: 1,
  });
  const field = textOr(readParameter(this, 'binaryPropertyOutput', itemIndex), 'data');
  const name = textOr(readParameter(this, 'options.fileName', itemIndex), 'image');
  const client = await createNodeClient(this, itemIndex);
  const signal = this.getExecutionCancelSignal();

  for (let number = 1; number <= images; number += 1) {
    const startedAt = Date.now();
    const image = await client.generate(seedForImage(request, number), { signal });
    const fileName = fileNameOf({ name, extension: image.extension, ...(images > 1 ? { number } : {}) });
    // A view of the same bytes: nothing is copied.
    const bytes = Buffer.from(image.bytes.buffer, image.bytes.byteOffset, image.bytes.byteLength);
    yield {
      json: describeImage(image, { prompt: request.prompt, fileName, durationMs: Date.now() - startedAt }),
      binary: { [field]: await this.helpers.prepareBinaryData(bytes, fileName, image.mediaType) },
    };
  }
}

/** The small facts beside the image: what an agent, an IF node or a log can use, and never the image itself. */
function describeImage(
  image: GeneratedImage,
  known: { readonly prompt: string; readonly fileName: string; readonly durationMs: number },
): IDataObject {
  const { seed } = image.meta;
  return {
    prompt: known.prompt,
    width: image.width ?? null,
    height: image.height ?? null,
    mediaType: image.mediaType,
    fileName: known.fileName,
    bytes: image.bytes.byteLength,
    durationMs: known.durationMs,
    attempts: image.attempts.length,
    ...(typeof seed === 'number' || typeof seed === 'string' ? { seed } : {}),
    warnings: [...image.warnings],
  };
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : fallback;
}
