import type { ImageRequest } from '../contract/image-request.ts';
import { ImageError, type KnownImageError } from '../errors/image-error.ts';
import type { GeneratedImage } from '../image/generated-image.ts';
import { linkAbort } from './deadlines.ts';

/** One image of a batch, or why it is missing. */
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

/**
 * Images in the order in which they are finished. One that fails is a result like the others. Leaving the loop stops the
 * rest; so does the signal, after which those under way end as `aborted` and no other request is taken.
 */
export async function* runBatch({ requests, width, signal, generate }: BatchRun): AsyncGenerator<BatchResult, void> {
  const stop = new AbortController();
  const unlink = linkAbort(signal, stop);
  const running = new Map<number, Promise<BatchResult>>();
  const source = requests[Symbol.asyncIterator]();
  /** The next request, while it is waited for. */
  let coming: Promise<IteratorResult<ImageRequest> | undefined> | undefined;
  let index = 0;
  let isExhausted = false;
  try {
    for (;;) {
      const takesMore = !isExhausted && !stop.signal.aborted && running.size < width;
      if (takesMore) coming ??= untilAborted(source.next(), stop.signal);
      else if (running.size === 0) return;
      // A source that is slow to name the next request must not hold back an image that is done.
      const happened = await Promise.race([...(takesMore ? [coming] : []), ...running.values()]);
      if (happened === undefined) continue;
      if ('status' in happened) {
        running.delete(happened.index);
        yield happened;
        continue;
      }
      coming = undefined;
      if (happened.done === true) {
        isExhausted = true;
      } else {
        running.set(index, settle(index, generate(happened.value, stop.signal)));
        index += 1;
      }
    }
  } finally {
    unlink();
    stop.abort(new Error('The batch was left.'));
    const left = source.return?.().catch(() => undefined);
    // One that is still asked for a request does nothing else before that.
    if (coming === undefined) await left;
    await Promise.allSettled(running.values());
  }
}

/** The promise's value, or `undefined` when the signal aborts first. */
async function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    const settled = (done: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      done();
    };
    promise.then(
      (value) => settled(() => resolve(value)),
      (error: unknown) => settled(() => reject(error)),
    );
  });
}

async function settle(index: number, image: Promise<GeneratedImage>): Promise<BatchResult> {
  try {
    return { index, status: 'fulfilled', image: await image };
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
