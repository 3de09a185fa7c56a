import type { OwnBytes } from '../image/generated-image.ts';
import type { ByteTools } from './byte-tools.ts';
import type { Claim, ImageSink } from './image-sink.ts';

/** Gathers the image in one piece of memory, sized beforehand where the response says how long it is. */
export class BufferSink implements ImageSink {
  readonly copies = true;
  readonly #tools: ByteTools;
  #memory: OwnBytes;
  #used = 0;

  constructor(tools: ByteTools, expectedBytes: number) {
    this.#tools = tools;
    this.#memory = tools.allocate(expectedBytes);
  }

  get bytes(): OwnBytes {
    return this.#memory.subarray(0, this.#used);
  }

  claim(length: number): Claim {
    if (this.#memory.length - this.#used < length) this.#grow(this.#used + length);
    return { target: this.#memory, offset: this.#used };
  }

  commit(_claim: Claim, length: number): void {
    this.#used += length;
  }

  write(bytes: Uint8Array): void {
    const { target, offset } = this.claim(bytes.length);
    target.set(bytes, offset);
    this.#used += bytes.length;
  }

  #grow(needed: number): void {
    const larger = this.#tools.allocate(Math.max(this.#memory.length * 2, needed));
    larger.set(this.bytes);
    this.#memory = larger;
  }
}
