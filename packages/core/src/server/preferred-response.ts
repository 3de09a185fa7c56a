/** The types of image that an `Accept` header can choose. */
export type ResponseFormat = 'png' | 'jpeg' | 'webp';

/** How an image goes out: as base64 in JSON, or as it is. */
export type PreferredResponse =
  | { readonly as: 'json' }
  /** `format` is absent where any will do. */
  | { readonly as: 'bytes'; readonly format?: ResponseFormat };

const formats: Readonly<Record<string, PreferredResponse>> = {
  'application/json': { as: 'json' },
  'application/*': { as: 'json' },
  'image/*': { as: 'bytes' },
  'image/png': { as: 'bytes', format: 'png' },
  'image/jpeg': { as: 'bytes', format: 'jpeg' },
  'image/jpg': { as: 'bytes', format: 'jpeg' },
  'image/webp': { as: 'bytes', format: 'webp' },
};

/**
 * The response that an `Accept` header asks for: `image/png`, `image/jpeg`, `image/webp` and `image/*` mean bytes,
 * `application/json` means JSON, anything means what the dialect prefers. Other types are passed over.
 */
export function preferredResponse({
  accept = '*/*',
  prefersBytes,
}: {
  readonly accept: string | undefined;
  readonly prefersBytes: boolean;
}): PreferredResponse {
  const known = byQuality(accept).find((type) => type === '*/*' || Object.hasOwn(formats, type)) ?? '*/*';
  return formats[known] ?? { as: prefersBytes ? 'bytes' : 'json' };
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
