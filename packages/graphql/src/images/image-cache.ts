import { LRUCache } from 'lru-cache';
import { fromStore } from '../gateway/store-error.ts';
import type { ImageRecord } from './image-record.ts';
import type { ImageStore } from './image-store.ts';

/** An image to be handed out: in memory where it is small enough, piece by piece where not. */
export interface ServedImage {
  readonly record: ImageRecord;
  /** The whole image in memory; absent for one too large to be held. */
  readonly held?: Uint8Array;
  bytes(): Promise<Uint8Array>;
  stream(): Promise<AsyncIterable<Uint8Array>>;
}

/** The images most lately asked for, in memory before the store. */
export interface ImageCache {
  open(id: string): Promise<ServedImage | undefined>;
  /** Lets go of an image; of all of them without an id. */
  forget(id?: string): void;
}

export interface ImageCacheOptions {
  /** Most bytes held in memory. 0 holds none. @default 64 MiB */
  readonly maxBytes?: number | undefined;
}

/** Small images stay a while in memory; an image larger than a quarter of the cache is read from the store each time. */
export function createImageCache(imageStore: ImageStore, options: ImageCacheOptions = {}): ImageCache {
  const { maxBytes = 64 * 1024 * 1024 } = options;
  const mostOfOne = Math.floor(maxBytes / 4);
  const cache = new LRUCache<string, ServedImage & { readonly held: Uint8Array }>({
    maxSize: Math.max(1, maxBytes),
    maxEntrySize: Math.max(1, mostOfOne),
    sizeCalculation: ({ held }) => Math.max(1, held.length),
  });
  /** Requests for an image that is being read wait for it, rather than read it again. */
  const reading = new Map<string, Promise<ServedImage | undefined>>();

  async function read(id: string): Promise<ServedImage | undefined> {
    const stored = await imageStore.open(id);
    if (stored === undefined || stored.record.byteLength > mostOfOne) return stored;
    const held = await stored.bytes();
    const image = { record: stored.record, held, bytes: async () => held, stream: async () => stored.stream() };
    if (reading.has(id)) cache.set(id, image);
    return image;
  }

  return {
    async open(id) {
      const hot = cache.get(id);
      if (hot !== undefined) return hot;
      const found = reading.get(id) ?? fromStore(read(id), 'read_image');
      reading.set(id, found);
      try {
        return await found;
      } finally {
        reading.delete(id);
      }
    },
    forget(id) {
      // One that is just being read must not come back.
      if (id === undefined) {
        reading.clear();
        cache.clear();
      } else {
        reading.delete(id);
        cache.delete(id);
      }
    },
  };
}
