import type { ImageSize } from '../image/image-size.ts';
import type { ImageMediaType } from '../image/media-type.ts';

/** A place to decode to. */
export interface Claim {
  readonly target: Uint8Array;
  readonly offset: number;
}

/** What the first bytes tell. */
export interface ImageHead {
  readonly mediaType: ImageMediaType;
  readonly size: ImageSize | undefined;
}

/** Where the image's bytes go: memory, a stream, a file. */
export interface ImageSink {
  /** Whether it keeps nothing of the response's chunks themselves: their memory may go to others at once. */
  readonly copies: boolean;
  /** A place for `length` bytes, decoded from `source[start, …)`, which may be that very place. */
  claim(length: number, source: Uint8Array, start: number): Claim;
  /** `length` bytes stand where they were claimed. */
  commit(claim: Claim, length: number): void;
  /** Bytes that need no decoding. */
  write(bytes: Uint8Array): void;
  /** Settles when the sink can take more; `undefined` where it always can. */
  drained?(): Promise<void> | undefined;
}
