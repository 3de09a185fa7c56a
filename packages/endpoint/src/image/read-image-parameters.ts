/**
 * `@tintype/endpoint/parameters`: reads prompt and settings out of an image, and loads nothing of the pipeline for it.
 * @module
 */
import { readExifComment } from './exif-comment.ts';
import { readJpegExif } from './jpeg-exif.ts';
import { parseImageParameters, type ImageParameters } from './image-parameters.ts';
import { readPngText } from './png-text.ts';
import { readWebpExif } from './webp-exif.ts';

export type { ImageParameters } from './image-parameters.ts';

/** The parameters found in an image, and the text that holds them. */
export interface FoundImageParameters extends ImageParameters {
  readonly text: string;
}

/**
 * Reads prompt, seed and settings back out of an image made by this endpoint or AUTOMATIC1111's web UI: the `parameters`
 * text of a PNG, the EXIF comment of a JPEG or WebP.
 *
 * @returns `undefined` if the image has none, or is of another type
 * @example
 * readImageParameters(await readFile('fox.png'))?.settings['Seed']; // '42'
 */
export function readImageParameters(bytes: Uint8Array): FoundImageParameters | undefined {
  const text = readText(bytes);
  return text === undefined ? undefined : { ...parseImageParameters(text), text };
}

function readText(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (head.startsWith('\x89PNG')) return readPngText(bytes, 'parameters');
  const exif = head.startsWith('\xff\xd8')
    ? readJpegExif(bytes)
    : head.startsWith('RIFF') && head.endsWith('WEBP')
      ? readWebpExif(bytes)
      : undefined;
  return exif === undefined ? undefined : readExifComment(exif);
}
