import type { ImageRequest } from '@tintype/core/portable';

/**
 * The request for the n-th image of one item. With a seed given, each further image takes the next one: the same
 * seed would make the same image again.
 */
export function seedForImage(request: ImageRequest, number: number): ImageRequest {
  const seed = request.extra?.['seed'];
  if (number === 1 || typeof seed !== 'number') return request;
  return { ...request, extra: { ...request.extra, seed: seed + number - 1 } };
}
