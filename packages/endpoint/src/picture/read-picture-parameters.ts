import { readExifComment } from './exif-comment.ts';
import { readJpegExif } from './jpeg-exif.ts';
import { parsePictureParameters, type PictureParameters } from './picture-parameters.ts';
import { readPngText } from './png-text.ts';
import { readWebpExif } from './webp-exif.ts';

/** The parameters found in a picture, and the text they stand in. */
export interface FoundPictureParameters extends PictureParameters {
  readonly text: string;
}

/**
 * Reads prompt, seed and settings back out of a picture that this endpoint or AUTOMATIC1111's web UI made: the
 * `parameters` text of a PNG, the EXIF comment of a JPEG or WebP.
 *
 * @returns `undefined` where the picture has none, or is of another type
 * @example
 * readPictureParameters(await readFile('fox.png'))?.settings['Seed']; // '42'
 */
export function readPictureParameters(bytes: Uint8Array): FoundPictureParameters | undefined {
  const text = readText(bytes);
  return text === undefined ? undefined : { ...parsePictureParameters(text), text };
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
