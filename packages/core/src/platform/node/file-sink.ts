import type { FileHandle } from 'node:fs/promises';
import { largestSlice } from '../../decode/base64-run.ts';
import type { Claim, ImageSink } from '../../decode/image-sink.ts';
import type { PagePool } from './page-pool.ts';

interface FullPage {
  readonly page: Buffer;
  readonly length: number;
}

/** Decodes an image into pages, and writes one while the next is filled. */
export class FileSink implements ImageSink {
  readonly copies = true;
  readonly #handle: FileHandle;
  readonly #pages: PagePool;
  /** An earlier attempt's, whose bytes this one writes over. */
  readonly #before: FileSink | undefined;
  #page: Buffer | undefined;
  #used = 0;
  /** Wait for the page that is being written. */
  #full: FullPage[] = [];
  #position = 0;
  #writing: Promise<void> | undefined;
  #onWritten: (() => void) | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(handle: FileHandle, pages: PagePool, before: FileSink | undefined) {
    this.#handle = handle;
    this.#pages = pages;
    this.#before = before;
  }

  claim(length: number): Claim {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#page !== undefined && this.#page.length - this.#used < length) this.#turnPage();
    this.#page ??= this.#pages.take(length);
    return { target: this.#page, offset: this.#used };
  }

  commit({ target }: Claim, length: number): void {
    this.#used += length;
    if (target.length - this.#used < largestSlice) this.#turnPage();
  }

  write(bytes: Uint8Array): void {
    const claim = this.claim(bytes.length);
    claim.target.set(bytes, claim.offset);
    this.commit(claim, bytes.length);
  }

  /** The response waits where the disk is slower: at the second full page, or at the first while others need the memory. */
  drained(): Promise<void> | undefined {
    const mayFill = this.#full.length === 0 && (this.#page !== undefined || this.#pages.hasSpare);
    if (mayFill || this.#writing === undefined) return undefined;
    return new Promise((resolve) => {
      this.#onWritten = resolve;
    });
  }

  /**
   * Settles when everything stands in the file, and nothing behind it.
   * @returns how many bytes that is.
   */
  async finish(): Promise<number> {
    this.#turnPage();
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#before !== undefined) await this.#handle.truncate(this.#position);
    return this.#position;
  }

  /** Settles when nothing is on its way to the disk any more; there is no more to come. */
  async abandon(): Promise<void> {
    await this.#before?.abandon();
    await this.#writing;
    for (const page of [this.#page, ...this.#full.map((full) => full.page)]) {
      if (page !== undefined) this.#pages.giveBack(page);
    }
    this.#page = undefined;
    this.#full = [];
  }

  #turnPage(): void {
    if (this.#page === undefined) return;
    this.#full.push({ page: this.#page, length: this.#used });
    this.#page = undefined;
    this.#used = 0;
    if (this.#failure === undefined) this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    try {
      // What an attempt that broke still writes must not come after this.
      if (this.#before !== undefined) await this.#before.abandon();
      for (let next = this.#full.shift(); next !== undefined; next = this.#full.shift()) {
        await this.#write(next);
        this.#tellWritten();
      }
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#writing = undefined;
      this.#tellWritten();
    }
  }

  async #write({ page, length }: FullPage): Promise<void> {
    try {
      const { bytesWritten } = await this.#handle.write(page, 0, length, this.#position);
      if (bytesWritten !== length)
        throw new Error(`Only ${bytesWritten} of ${length} bytes could be written: is the disk full?`);
      this.#position += length;
    } finally {
      this.#pages.giveBack(page);
    }
  }

  #tellWritten(): void {
    this.#onWritten?.();
    this.#onWritten = undefined;
  }
}
