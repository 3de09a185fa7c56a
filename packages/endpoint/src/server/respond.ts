import type { ServerResponse } from 'node:http';
import { warningsHeader } from '@tintype/core/server';
import type { FinishedImage } from './draw-image.ts';
import type { ImageFormat } from '../image/encode-image.ts';
import { sendEvent } from './event-stream.ts';

/** How an image goes out: as base64 in JSON, as it is, or as the last of a stream of events. */
export interface ResponseKind {
  readonly as: 'json' | 'bytes' | 'events';
  readonly format: ImageFormat;
}

/** `{"error": message}`, as every failure of the Inference API looks; an event if a stream has begun. */
export function respondError(
  response: ServerResponse,
  options: { readonly status: number; readonly message: string; readonly headers?: Readonly<Record<string, string>> },
): void {
  const { status, message, headers = {} } = options;
  if (response.headersSent) sendEvent(response, { type: 'error', status, error: message });
  else respond(response, { status, type: 'application/json', headers, content: JSON.stringify({ error: message }) });
}

export function respondText(response: ServerResponse, text: string): void {
  respond(response, { status: 200, type: 'text/plain; charset=utf-8', content: text });
}

/** The image: as documented, with what is to be said beside it; or its bytes, with the same in headers. */
export function respondImage(
  response: ServerResponse,
  options: { readonly image: FinishedImage; readonly seed: bigint; readonly kind: ResponseKind },
): void {
  const { seed, kind } = options;
  const { bytes, nativeSize, warnings } = options.image;
  if (kind.as !== 'bytes') {
    const image = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    const json = JSON.stringify({ image, seed: seedForJson(seed), native_size: nativeSize, warnings });
    if (kind.as === 'events') sendEvent(response, { type: 'image', json });
    else respond(response, { status: 200, type: 'application/json', content: json });
    return;
  }
  respond(response, {
    status: 200,
    type: `image/${kind.format}`,
    content: bytes,
    headers: {
      'x-seed': String(seed),
      'x-native-size': `${nativeSize.width}x${nativeSize.height}`,
      ...warningsHeader(warnings),
    },
  });
}

function respond(
  response: ServerResponse,
  options: {
    readonly status: number;
    readonly type: string;
    readonly content: string | Uint8Array;
    readonly headers?: Readonly<Record<string, string>>;
  },
): void {
  const { status, type, content, headers = {} } = options;
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(content), ...headers });
  response.end(content);
}

/** A number where every client can hold it, otherwise its digits. */
function seedForJson(seed: bigint): number | string {
  return seed <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(seed) : String(seed);
}
