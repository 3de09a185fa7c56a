import { largestSlice } from '../../decode/base64-run.ts';

/**
 * Bytes in a page, some 800 kB. Each write has its price, in waking the disk's thread and being woken by it: this takes a
 * image of 512 × 512 pixels in one, and one of 1024 × 1024 in two.
 */
export const pageBytes = 16 * largestSlice;

/** So many pages are in use before images do with one each. With many images the disk is kept busy all the same. */
const plenty = 4;
/** As many stay in memory while no image is under way. */
const mostIdle = 8;

/**
 * Memory that images pass through on their way to files. To touch a fresh page for the first time costs more than to
 * decode an image into it, so pages go from one image to the next.
 */
export class PagePool {
  #free: Buffer[] = [];
  #inUse = 0;
  #images = 0;

  /** An image begins; it says when it is done with its pages. */
  begin(): void {
    this.#images += 1;
  }

  end(): void {
    this.#images -= 1;
    if (this.#images === 0) this.#free.length = Math.min(this.#free.length, mostIdle);
  }

  /** Whether an image may fill a second page while its first is written. */
  get hasSpare(): boolean {
    return this.#inUse < plenty;
  }

  /** A page of at least so many bytes, which may hold anything. */
  take(leastBytes: number): Buffer {
    this.#inUse += 1;
    if (leastBytes > pageBytes) return Buffer.allocUnsafeSlow(leastBytes);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(pageBytes);
  }

  /** The page is nobody's any more. */
  giveBack(page: Buffer): void {
    this.#inUse -= 1;
    if (page.length === pageBytes) this.#free.push(page);
  }
}
