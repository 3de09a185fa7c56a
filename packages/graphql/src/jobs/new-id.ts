import { randomBytes } from 'node:crypto';

/** An id of 128 random bits that cannot be guessed: `img_` or `job_` and 22 characters of base64url. */
export function newId(kind: 'img' | 'job'): string {
  return `${kind}_${randomBytes(16).toString('base64url')}`;
}
