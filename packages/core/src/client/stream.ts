import type { ImageHead } from '../decode/image-sink.ts';
import type { ImageFacts } from '../image/generated-image.ts';
import { extensionOf, type ImageMediaType } from '../image/media-type.ts';

/** More than this waits in memory only while the consumer is busy with the first piece. */
const highWaterBytes = 256 * 1024;

/**
 * An image as it arrives. Iterate it once; leaving the loop early stops the call.
 *
 * @example
 * const image = await client.stream({ prompt: 'a red fox' });
 * response.setHeader('content-type', image.mediaType);
 * for await (const bytes of image) response.write(bytes);
 */
export class ImageStream implements AsyncIterable<Uint8Array> {
  /** Read from the first bytes. */
  readonly mediaType: ImageMediaType;
  /** In pixels, read from the first bytes. */
  readonly width: number | undefined;
  /** In pixels, read from the first bytes. */
  readonly height: number | undefined;
  /** What is known once the last byte is there: warnings, the response's other members, attempts. Rejects as the iteration does. */
  readonly finished: Promise<ImageFacts>;
  readonly #pieces: PieceQueue;

  constructor(head: ImageHead, pieces: PieceQueue, finished: Promise<ImageFacts>) {
    this.mediaType = head.mediaType;
    this.width = head.size?.width;
    this.height = head.size?.height;
    this.finished = finished;
    this.#pieces = pieces;
  }

  /** The usual file name extension, without a dot. */
  get extension(): string {
    return extensionOf(this.mediaType);
  }

  /** The pieces, in order; `for await` calls it. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.#pieces;
  }
}

type Waiter = {
  readonly resolve: (result: IteratorResult<Uint8Array>) => void;
  readonly reject: (reason: unknown) => void;
};

/** The pieces between decoder and consumer; holds the decoder back while the consumer is slow. */
export class PieceQueue implements AsyncIterator<Uint8Array> {
  readonly #onLeave: () => void;
  #pieces: Uint8Array[] = [];
  #queuedBytes = 0;
  #end: { readonly error?: unknown } | undefined;
  #waiter: Waiter | undefined;
  #onDrained: (() => void) | undefined;

  /** @param onLeave - the consumer wants no more. */
  constructor(onLeave: () => void) {
    this.#onLeave = onLeave;
  }

  push(piece: Uint8Array): void {
    if (this.#waiter !== undefined) {
      const { resolve } = this.#waiter;
      this.#waiter = undefined;
      resolve({ done: false, value: piece });
      return;
    }
    this.#pieces.push(piece);
    this.#queuedBytes += piece.length;
  }

  end(failure?: { readonly error: unknown }): void {
    this.#end ??= failure ?? {};
    if (this.#waiter === undefined) return;
    if (failure === undefined) this.#waiter.resolve({ done: true, value: undefined });
    else this.#waiter.reject(failure.error);
    this.#waiter = undefined;
  }

  drained(): Promise<void> | undefined {
    if (this.#queuedBytes < highWaterBytes) return undefined;
    return new Promise((resolve) => {
      this.#onDrained = resolve;
    });
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const piece = this.#pieces.shift();
    if (piece !== undefined) {
      this.#queuedBytes -= piece.length;
      if (this.#queuedBytes < highWaterBytes) this.#resume();
      return { done: false, value: piece };
    }
    if (this.#end !== undefined) {
      if ('error' in this.#end) throw this.#end.error;
      return { done: true, value: undefined };
    }
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    if (this.#end === undefined) this.#onLeave();
    this.#end ??= {};
    this.#pieces = [];
    this.#queuedBytes = 0;
    this.#resume();
    return { done: true, value: undefined };
  }

  #resume(): void {
    this.#onDrained?.();
    this.#onDrained = undefined;
  }
}
