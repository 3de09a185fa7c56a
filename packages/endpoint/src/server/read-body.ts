import type { IncomingMessage } from 'node:http';
import { bodyTooLarge, maxBodyBytes, parseJsonBody } from '@tintype/core/server';
import { HttpError } from './http-error.ts';

/** What is read and thrown away beyond the limit, so that a client in the middle of sending gets to see the response. */
const longestDiscarded = 64 * 1024 * 1024;

/**
 * The JSON object in a request's body.
 *
 * @throws HttpError 400, 413 or 415
 */
export async function readJsonBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Every chunk of a message without an encoding is a buffer.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maxBodyBytes) chunks.push(chunk);
    else chunks.length = 0;
    if (length > longestDiscarded) break;
  }
  if (length > maxBodyBytes) {
    const { status, message, hint } = bodyTooLarge;
    throw new HttpError(status, `${message} ${hint}`, length > longestDiscarded ? { connection: 'close' } : {});
  }
  const parsed = parseJsonBody(request.headers['content-type'], Buffer.concat(chunks));
  if (!parsed.ok) throw HttpError.of(parsed.refusal);
  return parsed.body;
}
