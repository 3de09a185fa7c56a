import type { OwnBytes } from '../image/generated-image.ts';

/** What the decoder needs done to bytes; Node has faster ways than a portable program. */
export interface ByteTools {
  /** Memory that may hold anything; it is written before it is read. */
  allocate(length: number): OwnBytes;
  /**
   * Decodes `source[start, end)`, whole groups of four characters of the standard alphabet without padding, to
   * `target[offset, …)`. `target` may be `source` itself with an offset of at most `start`.
   * @returns undefined, or the first byte outside the alphabet; `target` then holds anything.
   */
  decodeBase64(source: Uint8Array, start: number, end: number, target: Uint8Array, offset: number): number | undefined;
  encodeBase64(bytes: Uint8Array): string;
}
