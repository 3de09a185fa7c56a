import { Request } from '@whatwg-node/fetch';

/** Bytes of the largest body that is read. A prompt has room enough, and a picture does not come in this way. */
export const maxBodyBytes = 256 * 1024;

/** Reads a body of text, or answers `undefined` for one that is too large. */
export async function readLimitedText(request: Request, maxBytes = maxBodyBytes): Promise<string | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return undefined;
  if (request.body === null) return '';
  const pieces: Uint8Array[] = [];
  let length = 0;
  // Left in the middle, `for await` would cut the connection, and the answer with it.
  const reader = request.body.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > maxBytes) return undefined;
    pieces.push(value);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/**
 * The request with a body that is not too large, or `undefined`. A server hands out no more of a body than was announced, so
 * only one that comes without a length is counted, which takes a stream of its own.
 */
export async function withinBodyLimit(request: Request): Promise<Request | undefined> {
  const announced = request.headers.get('content-length');
  if (announced !== null) return Number(announced) <= maxBodyBytes ? request : undefined;
  if (request.method !== 'POST') return request;
  const body = await readLimitedText(request);
  if (body === undefined) return undefined;
  const { url, method, headers, signal } = request;
  return new Request(url, { method, headers, signal, body });
}
