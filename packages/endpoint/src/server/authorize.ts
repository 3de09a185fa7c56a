import { createHash, timingSafeEqual } from 'node:crypto';
import { HttpError } from './http-error.ts';

const challenge = { 'www-authenticate': 'Bearer' };

/**
 * Checks the bearer token of a request. Without a token of our own every request may pass.
 *
 * @param optional - whether a request without any token may pass too, as one to `/health` may
 * @throws HttpError 401
 */
export function authorize(options: {
  readonly header: string | undefined;
  readonly token: string | undefined;
  readonly optional?: boolean;
}): void {
  const { header, token, optional = false } = options;
  if (token === undefined || (header === undefined && optional)) return;
  if (header === undefined) {
    throw new HttpError(
      401,
      'This endpoint needs a token: send the header "Authorization: Bearer <token>".',
      challenge,
    );
  }
  const given = /^Bearer +(.+)$/i.exec(header)?.[1]?.trim();
  if (given === undefined) {
    throw new HttpError(401, 'The Authorization header must read "Bearer <token>".', challenge);
  }
  if (!timingSafeEqual(digest(given), digest(token))) {
    throw new HttpError(
      401,
      'The token is not the one this endpoint was started with. Check it on both sides.',
      challenge,
    );
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
