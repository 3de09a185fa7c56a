import type { ResolvedRequest } from '@tintype/core';

/** Everything that is known of an image but its bytes; also the sidecar beside them. */
export interface ImageRecord {
  /** `img_` and 128 random bits. */
  readonly id: string;
  readonly jobId: string;
  readonly owner: string;
  readonly endpoint: string;
  /** Sniffed from the bytes, such as `image/png`. */
  readonly mediaType: string;
  /** In pixels, read from the bytes; absent when the format does not say. */
  readonly width?: number;
  readonly height?: number;
  readonly byteLength: number;
  /** Of the bytes, in hexadecimal. */
  readonly sha256: string;
  readonly parameters: ResolvedRequest;
  /** What the handler said it used. */
  readonly seed?: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** From the first byte sent to the image complete, in milliseconds. */
  readonly durationMs: number;
  readonly warnings: readonly string[];
}
