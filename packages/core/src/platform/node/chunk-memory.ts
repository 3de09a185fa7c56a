import { channel } from 'node:diagnostics_channel';

/** undici shows each chunk to whoever listens here, and they may keep it. */
const shown = channel('undici:request:bodyChunkReceived');

/**
 * Gives the memory of a response's chunks back as soon as they are read. Node reads a socket into fresh memory each time,
 * and a response of 8 MB leaves 170 pieces of 64 KB behind: waiting for the collector costs more than decoding, and by
 * then they are a hundred megabytes. Only for chunks of the own agent, which nobody else holds.
 */
export class ChunkMemory {
  #before: ArrayBufferLike | undefined;
  /** Holds the headers, of which undici hands out views. */
  #first: ArrayBufferLike | undefined;

  /**
   * The next chunk is here, so that the one before is read to its end.
   * @param copies - whether its reader keeps nothing of the chunk.
   */
  reading(chunk: Uint8Array, copies: boolean): void {
    const memory = chunk.buffer;
    if (this.#before !== undefined && this.#before !== memory) {
      // Moves its contents to an array of length 0, which frees them: ECMA-262, ArrayBuffer.prototype.transfer.
      if (this.#before instanceof ArrayBuffer) this.#before.transfer(0);
      this.#before = undefined;
    }
    // Chunks of less than half of their memory may stand in Node's pool, beside what belongs to others.
    const isAlone = chunk.byteLength * 2 > memory.byteLength;
    this.#first ??= memory;
    if (memory !== this.#first && copies && isAlone && !shown.hasSubscribers) this.#before = memory;
  }
}
