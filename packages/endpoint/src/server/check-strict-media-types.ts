import type { IncomingHttpHeaders } from 'node:http';
import { HttpError } from './http-error.ts';

const contentTypes = ['application/json', 'application/json; charset=UTF-8'];

/**
 * Takes `Content-Type` and `Accept` as literally as the Inference Toolkit's container with a custom handler does: two
 * spellings of JSON, and responses in JSON only. Everything else gets its 400.
 *
 * @throws HttpError 400
 */
export function checkStrictMediaTypes(headers: IncomingHttpHeaders): void {
  const { 'content-type': contentType, accept } = headers;
  if (contentType === undefined || !contentTypes.includes(contentType)) {
    throw new HttpError(
      400,
      `Content type "${contentType ?? 'none'}" not supported. Send exactly ${contentTypes.map((type) => `"${type}"`).join(' or ')}.`,
    );
  }
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return;
  if (/^image\/(png|jpe?g|tiff|bmp|gif|webp|x-image)$/.test(accept)) {
    throw new HttpError(
      400,
      `Can only serialize PIL.Image.Image, got <class 'dict'>. Send exactly "Accept: application/json".`,
    );
  }
  throw new HttpError(400, `Accept type "${accept}" not supported. Send exactly "Accept: application/json".`);
}
