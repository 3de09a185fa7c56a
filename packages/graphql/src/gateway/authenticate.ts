import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiKey } from './gateway-options.ts';

/** The owner of everything where no keys are set. */
export const anonymous = 'anonymous';

/** Tells whose request it is; `undefined` where its key is missing or wrong. */
export type Authenticate = (request: Request) => string | undefined;

/** Keeps only the keys' hashes. Every key is compared, each in constant time, so that nothing can be learnt from how long it takes. */
export function createAuthenticate(keys: readonly ApiKey[]): Authenticate {
  if (keys.length === 0) return () => anonymous;
  const hashes = keys.map((key) => ({
    name: key.name,
    hash: 'sha256' in key ? Buffer.from(key.sha256, 'hex') : sha256(key.key),
  }));
  return (request) => {
    const [, shown] = /^Bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '') ?? [];
    if (shown === undefined) return undefined;
    const hash = sha256(shown);
    let owner: string | undefined;
    for (const key of hashes) if (timingSafeEqual(key.hash, hash)) owner = key.name;
    return owner;
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
