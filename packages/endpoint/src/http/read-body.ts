import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.ts';

/** A prompt of 10,000 words is some 60 kB. */
const longestBody = 1024 * 1024;
/** What is read and thrown away beyond that, so that a client in the middle of sending gets to see the answer. */
const longestDiscarded = 64 * 1024 * 1024;

/**
 * The whole body of a request, up to 1 MiB.
 *
 * @throws HttpError 413
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Every chunk of a message without an encoding is a buffer.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= longestBody) chunks.push(chunk);
    else chunks.length = 0;
    if (length > longestDiscarded) break;
  }
  if (length > longestBody) {
    throw new HttpError(
      413,
      `The body is larger than the ${longestBody / 1024} KiB this endpoint takes. Send the request as JSON, with a shorter prompt.`,
      length > longestDiscarded ? { connection: 'close' } : {},
    );
  }
  return Buffer.concat(chunks);
}
