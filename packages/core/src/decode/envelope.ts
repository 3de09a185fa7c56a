import { DecodeProblem } from './decode-problem.ts';

/** Everything of the response but the image's text, bounded, for the real `JSON.parse`. */
export class Envelope {
  readonly #maxBytes: number;
  #memory = new Uint8Array(512);
  #used = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get length(): number {
    return this.#used;
  }

  push(byte: number): void {
    if (this.#used === this.#memory.length) {
      if (this.#used >= this.#maxBytes) {
        throw new DecodeProblem('too_large', `The response holds more than ${this.#maxBytes} bytes besides the image.`);
      }
      const larger = new Uint8Array(Math.min(this.#memory.length * 2, this.#maxBytes));
      larger.set(this.#memory);
      this.#memory = larger;
    }
    this.#memory[this.#used] = byte;
    this.#used += 1;
  }

  text(start = 0): string {
    return new TextDecoder().decode(this.#memory.subarray(start, this.#used));
  }

  /** The first bytes. */
  beginning(): Uint8Array {
    return this.#memory.subarray(0, Math.min(this.#used, 200));
  }

  /** The beginning, on one line, for a message. */
  excerpt(): string {
    const text = new TextDecoder().decode(this.beginning());
    return text.replaceAll(/\s+/g, ' ').trim();
  }
}
