import { Response } from '@whatwg-node/fetch';

/** Which pages of other origins may call the gateway. */
export interface CrossOrigin {
  /** The answer to a browser that asks first; `undefined` for any other request. */
  preflight(request: Request): Response | undefined;
  /** What lets a page read an answer; nothing for origins that are not listed. */
  headers(request: Request): Readonly<Record<string, string>>;
}

const aDay = String(24 * 60 * 60);

/** Allows the pages of the listed origins, and no others (https://fetch.spec.whatwg.org/#http-cors-protocol). */
export function createCrossOrigin(origins: readonly string[]): CrossOrigin {
  const listed = new Set(origins);
  const headers = (request: Request): Readonly<Record<string, string>> => {
    if (listed.size === 0) return {};
    const origin = request.headers.get('origin') ?? '';
    // Caches must not give one origin the answer for another.
    if (!listed.has(origin)) return { vary: 'Origin' };
    return {
      vary: 'Origin',
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'ETag, Retry-After, X-Request-Id',
    };
  };
  return {
    headers,
    preflight(request) {
      if (request.method !== 'OPTIONS' || !request.headers.has('access-control-request-method')) return undefined;
      const allowed = headers(request);
      if (!('access-control-allow-origin' in allowed)) return new Response(null, { status: 403, headers: allowed });
      return new Response(null, {
        status: 204,
        headers: {
          ...allowed,
          'access-control-allow-methods': 'GET, HEAD, POST',
          'access-control-allow-headers': 'Authorization, Content-Type, Idempotency-Key, Range',
          'access-control-max-age': aDay,
        },
      });
    },
  };
}
