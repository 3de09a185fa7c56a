import { type ImageSize, readImageSize } from '../image/image-size.ts';
import { type ImageMediaType, signatureLength, sniffMediaType } from '../image/media-type.ts';
import { DecodeProblem } from './decode-problem.ts';
import type { Claim, ImageHead, ImageSink } from './image-sink.ts';

/** A JPEG keeps its size behind its metadata; colour profiles and thumbnails stay below this. */
const longestHead = 64 * 1024;

/** Stands before a sink: counts, holds the bound, and reads format and size from the first bytes as they pass. */
export class ImageWriter {
  readonly #sink: ImageSink;
  readonly #maxBytes: number;
  readonly #onHead: ((head: ImageHead) => void) | undefined;
  #head: Uint8Array = new Uint8Array(0);
  #mediaType: ImageMediaType | undefined;
  #size: ImageSize | undefined;
  #headKnown = false;
  #length = 0;

  constructor(options: {
    readonly sink: ImageSink;
    readonly maxBytes: number;
    readonly onHead: ((head: ImageHead) => void) | undefined;
  }) {
    this.#sink = options.sink;
    this.#maxBytes = options.maxBytes;
    this.#onHead = options.onHead;
  }

  get length(): number {
    return this.#length;
  }

  claim(length: number, source: Uint8Array, start: number): Claim {
    if (this.#length + length > this.#maxBytes) {
      throw new DecodeProblem('too_large', `The image is larger than the ${this.#maxBytes} bytes allowed.`);
    }
    return this.#sink.claim(length, source, start);
  }

  commit(claim: Claim, length: number): void {
    this.#length += length;
    if (!this.#headKnown) this.#look(claim.target.subarray(claim.offset, claim.offset + length), false);
    this.#sink.commit(claim, length);
  }

  write(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#maxBytes) this.claim(bytes.length, bytes, 0);
    this.#length += bytes.length;
    if (!this.#headKnown) this.#look(bytes, false);
    this.#sink.write(bytes);
  }

  /** The image is whole: tells what it is. */
  end(): ImageHead {
    if (!this.#headKnown) this.#look(new Uint8Array(0), true);
    if (this.#mediaType === undefined) throw this.#notAnImage();
    return { mediaType: this.#mediaType, size: this.#size };
  }

  #look(bytes: Uint8Array, isLast: boolean): void {
    const seen = this.#head.length === 0 ? bytes : join(this.#head, bytes);
    if (seen.length < signatureLength && !isLast) {
      this.#head = seen.slice();
      return;
    }
    this.#mediaType ??= sniffMediaType(seen);
    if (this.#mediaType === undefined) throw this.#notAnImage(seen);
    this.#size = readImageSize(seen);
    if (this.#size === undefined && seen.length < longestHead && !isLast) {
      this.#head = seen.slice();
      return;
    }
    this.#headKnown = true;
    this.#head = new Uint8Array(0);
    this.#onHead?.({ mediaType: this.#mediaType, size: this.#size });
  }

  #notAnImage(seen: Uint8Array = this.#head): DecodeProblem {
    const first = Array.from(seen.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const what = first === '' ? 'it is empty' : `it begins with the bytes ${first}`;
    return new DecodeProblem('not_an_image', `What the endpoint sent is not an image: ${what}.`);
  }
}

/** Both, one after the other. */
export function join(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
