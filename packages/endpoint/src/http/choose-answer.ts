import { pictureFormats, type PictureFormat } from '../picture/encode-picture.ts';

/** How a picture goes out: as base64 in JSON, or as it is. */
export interface AnswerKind {
  readonly as: 'json' | 'bytes';
  readonly format: PictureFormat;
}

/**
 * The answer that an `Accept` header asks for: `image/png`, `image/jpeg`, `image/webp` and `image/*` mean bytes,
 * `application/json` means JSON, anything means what the dialect prefers. Types that cannot be given are passed over.
 */
export function chooseAnswer(options: {
  readonly accept: string | undefined;
  readonly prefersBytes: boolean;
  readonly format: PictureFormat;
}): AnswerKind {
  const { accept = '*/*', prefersBytes, format } = options;
  for (const type of byQuality(accept)) {
    if (type === 'application/json' || type === 'application/*') return { as: 'json', format };
    if (type === 'image/*') return { as: 'bytes', format };
    if (type === '*/*') break;
    const wanted = type === 'image/jpg' ? 'jpeg' : pictureFormats.find((known) => type === `image/${known}`);
    if (wanted !== undefined) return { as: 'bytes', format: wanted };
  }
  return { as: prefersBytes ? 'bytes' : 'json', format };
}

function byQuality(accept: string): readonly string[] {
  return accept
    .split(',')
    .map((entry) => {
      const [type = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
      const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
      return { type, quality: Number.isNaN(quality) ? 1 : quality };
    })
    .filter(({ quality }) => quality > 0)
    .toSorted((one, other) => other.quality - one.quality)
    .map(({ type }) => type);
}
