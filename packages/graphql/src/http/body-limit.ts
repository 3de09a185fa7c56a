import { maxBodyBytes } from '@tintype/core/server';
import { Request } from '@whatwg-node/fetch';

/** Reads a body, or returns `undefined` for one that is too large. */
export async function readLimitedBody(request: Request): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) return undefined;
  if (request.body === null) return new Uint8Array();
  const pieces: Uint8Array[] = [];
  let length = 0;
  // Left in the middle, `for await` would cut the connection, and the response with it.
  const reader = request.body.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > maxBodyBytes) return undefined;
    pieces.push(value);
  }
  return Buffer.concat(pieces);
}

/**
 * The request with a body that is not too large, or `undefined`. A server hands out no more of a body than was announced, so
 * only one that comes without a length is counted, which takes a stream of its own.
 */
export async function withinBodyLimit(request: Request): Promise<Request | undefined> {
  const announced = request.headers.get('content-length');
  if (announced !== null) return Number(announced) <= maxBodyBytes ? request : undefined;
  if (request.method !== 'POST') return request;
  const body = await readLimitedBody(request);
  if (body === undefined) return undefined;
  const { url, method, headers, signal } = request;
  return new Request(url, { method, headers, signal, body });
}
