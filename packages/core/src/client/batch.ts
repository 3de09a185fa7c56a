import type { ImageRequest } from '../contract/image-request.ts';
import type { KnownImageError } from '../errors/image-error.ts';
import { ImageError } from '../errors/image-error.ts';
import type { GeneratedImage } from '../image/generated-image.ts';
import { linkAbort } from './link-abort.ts';

/** One picture of a batch, or why it is missing. */
export type BatchResult =
  | { readonly index: number; readonly status: 'fulfilled'; readonly image: GeneratedImage }
  | { readonly index: number; readonly status: 'rejected'; readonly error: KnownImageError };

export interface BatchRun {
  readonly requests: AsyncIterable<ImageRequest>;
  /** How many are under way at a time. */
  readonly width: number;
  readonly signal: AbortSignal | undefined;
  readonly generate: (request: ImageRequest, signal: AbortSignal) => Promise<GeneratedImage>;
}

/** Pictures in the order in which they are finished. One that fails is a result like the others; leaving the loop stops the rest. */
export async function* runBatch({ requests, width, signal, generate }: BatchRun): AsyncGenerator<BatchResult, void> {
  const stop = new AbortController();
  const unlink = linkAbort(signal, stop);
  const running = new Map<number, Promise<BatchResult>>();
  const source = requests[Symbol.asyncIterator]();
  let index = 0;
  let isExhausted = false;
  try {
    for (;;) {
      while (!isExhausted && running.size < width) {
        const next = await source.next();
        if (next.done === true) {
          isExhausted = true;
        } else {
          running.set(index, settle(index, generate(next.value, stop.signal)));
          index += 1;
        }
      }
      if (running.size === 0) return;
      const result = await Promise.race(running.values());
      running.delete(result.index);
      yield result;
    }
  } finally {
    unlink();
    stop.abort(new Error('The batch was left.'));
    await source.return?.();
    await Promise.allSettled(running.values());
  }
}

async function settle(index: number, picture: Promise<GeneratedImage>): Promise<BatchResult> {
  try {
    return { index, status: 'fulfilled', image: await picture };
  } catch (error) {
    if (ImageError.isInstance(error)) return { index, status: 'rejected', error };
    throw error;
  }
}

/** So many copies of each request, taken one by one. */
export async function* repeated(
  requests: Iterable<ImageRequest> | AsyncIterable<ImageRequest>,
  copies: number,
): AsyncGenerator<ImageRequest, void> {
  for await (const request of requests) {
    for (let copy = 0; copy < copies; copy += 1) yield request;
  }
}
