import { LRUCache } from 'lru-cache';
import { fromStore } from '../gateway/store-error.ts';
import type { ImageRecord } from './image-record.ts';
import type { ImageStore } from './image-store.ts';

/** A picture to be handed out: in memory where it is small enough, piece by piece where not. */
export interface ServedPicture {
  readonly record: ImageRecord;
  /** The whole picture in memory; absent for one too large to be held. */
  readonly held?: Uint8Array;
  bytes(): Promise<Uint8Array>;
  stream(): Promise<AsyncIterable<Uint8Array>>;
}

/** The pictures most lately asked for, in memory before the store. */
export interface PictureCache {
  open(id: string): Promise<ServedPicture | undefined>;
  /** Lets go of a picture; of all of them without an id. */
  forget(id?: string): void;
}

export interface PictureCacheOptions {
  /** Most bytes held in memory. 0 holds none. @default 64 MiB */
  readonly maxBytes?: number | undefined;
}

/** Small pictures stay a while in memory; a picture larger than a quarter of the cache is read from the store each time. */
export function createPictureCache(imageStore: ImageStore, options: PictureCacheOptions = {}): PictureCache {
  const { maxBytes = 64 * 1024 * 1024 } = options;
  const mostOfOne = Math.floor(maxBytes / 4);
  const cache = new LRUCache<string, ServedPicture & { readonly held: Uint8Array }>({
    maxSize: Math.max(1, maxBytes),
    maxEntrySize: Math.max(1, mostOfOne),
    sizeCalculation: ({ held }) => Math.max(1, held.length),
  });
  /** Requests for a picture that is being read wait for it, rather than read it again. */
  const reading = new Map<string, Promise<ServedPicture | undefined>>();

  async function read(id: string): Promise<ServedPicture | undefined> {
    const stored = await imageStore.open(id);
    if (stored === undefined || stored.record.byteLength > mostOfOne) return stored;
    const held = await stored.bytes();
    const picture = { record: stored.record, held, bytes: async () => held, stream: async () => stored.stream() };
    if (reading.has(id)) cache.set(id, picture);
    return picture;
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
