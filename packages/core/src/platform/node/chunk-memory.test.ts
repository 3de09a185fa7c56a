import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { ChunkMemory } from './chunk-memory.ts';

const chunks = (count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, () => new Uint8Array(1000).fill(7));
const lengths = (all: readonly Uint8Array[]): readonly number[] => all.map(({ length }) => length);

function readAll(all: readonly Uint8Array[], copies = true): readonly number[] {
  const memory = new ChunkMemory();
  for (const chunk of all) memory.reading(chunk, copies);
  return lengths(all);
}

describe('the memory of a chunk', () => {
  it('is free once the next is here; that of the first, with the headers, is not', () => {
    expect(readAll(chunks(4))).toEqual([1000, 0, 0, 1000]);
  });

  it('stays where a reader keeps it', () => {
    expect(readAll(chunks(3), false)).toEqual([1000, 1000, 1000]);
  });

  it('stays while another chunk in it is still to come', () => {
    const [head = new Uint8Array(), both = new Uint8Array(), last = new Uint8Array()] = chunks(3);
    const memory = new ChunkMemory();
    memory.reading(head, true);
    memory.reading(both.subarray(0, 600), true);
    memory.reading(both.subarray(600), true);
    expect(both[999]).toBe(7);
    memory.reading(last, true);
    expect(lengths([head, both, last])).toEqual([1000, 0, 1000]);
  });

  it('stays where the chunk is a small part of it: the rest may be somebody else’s', () => {
    const [head = new Uint8Array(), pool = new Uint8Array(), last = new Uint8Array()] = chunks(3);
    readAll([head, pool.subarray(100, 500), last]);
    expect(pool[999]).toBe(7);
  });

  it('stays while somebody listens to undici’s chunks, who may keep them', () => {
    const listen = (): void => undefined;
    subscribe('undici:request:bodyChunkReceived', listen);
    expect(readAll(chunks(3))).toEqual([1000, 1000, 1000]);
    unsubscribe('undici:request:bodyChunkReceived', listen);
  });
});
