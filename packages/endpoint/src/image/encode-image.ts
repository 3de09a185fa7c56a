import { markImage } from '@tintype/core/server';
import sharp, { type Sharp } from 'sharp';
import type { Size } from './size.ts';
import { writeExifComment } from './exif-comment.ts';
import { writeJpegExif } from './jpeg-exif.ts';
import { formatImageParameters, type ImageParameters } from './image-parameters.ts';
import { writePngText } from './png-text.ts';
import { writeWebpExif } from './webp-exif.ts';

export const imageFormats = ['png', 'jpeg', 'webp'] as const;
export type ImageFormat = (typeof imageFormats)[number];

export interface EncodeOptions {
  /** Three bytes a pixel, row by row. */
  readonly pixels: Uint8Array;
  /** The size of `pixels`. */
  readonly drawn: Size;
  /** The size of the response; the image is resampled to it (Lanczos, three lobes) if it differs. */
  readonly asked: Size;
  readonly format: ImageFormat;
  readonly parameters: ImageParameters;
}

/** An image file with its parameters written into it as AUTOMATIC1111's web UI does, and marked as made by AI. */
export async function encodeImage(options: EncodeOptions): Promise<Uint8Array> {
  const { pixels, drawn, asked, format, parameters } = options;
  const raw = sharp(pixels, { raw: { width: drawn.width, height: drawn.height, channels: 3 } });
  const isNative = drawn.width === asked.width && drawn.height === asked.height;
  const sized = isNative ? raw : raw.resize(asked.width, asked.height, { kernel: 'lanczos3', fit: 'fill' });
  return markImage(await encodeWithText(sized, format, formatImageParameters(parameters), asked));
}

async function encodeWithText(sized: Sharp, format: ImageFormat, text: string, size: Size): Promise<Uint8Array> {
  switch (format) {
    case 'png':
      return writePngText(await sized.png().toBuffer(), 'parameters', text);
    case 'jpeg':
      // Flat colors bleed when the color planes are halved.
      return writeJpegExif(
        await sized.jpeg({ quality: 90, chromaSubsampling: '4:4:4' }).toBuffer(),
        writeExifComment(text),
      );
    case 'webp':
      return writeWebpExif(await sized.webp({ quality: 90 }).toBuffer(), writeExifComment(text), size);
    default:
      return format satisfies never;
  }
}
