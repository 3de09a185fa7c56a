import { LRUCache } from 'lru-cache';
import { fromStore } from '../gateway/store-error.ts';
import type { ImageStore, PictureAddress } from './image-store.ts';

/**
 * How long one address is given out, in milliseconds. A caller may keep it as long again, and the two together stay below the
 * half hour that it is good for.
 */
export const reuseMs = 10 * 60 * 1_000;

/** Addresses of pictures at a store that callers can reach. */
export interface PictureAddresses {
  find(id: string): Promise<PictureAddress | undefined>;
  /** Lets go of an address; of all of them without an id. */
  forget(id?: string): void;
}

/** Gives each picture the same address for a while, so that browsers and proxies which have it do not fetch it again. */
export function createPictureAddresses(imageStore: Pick<ImageStore, 'address'>): PictureAddresses {
  const known = new LRUCache<string, PictureAddress>({ max: 10_000, ttl: reuseMs });
  return {
    async find(id) {
      const hot = known.get(id);
      if (hot !== undefined) return hot;
      const address = await fromStore(Promise.resolve(imageStore.address?.(id)), 'read_image');
      known.set(id, address);
      return address;
    },
    forget(id) {
      if (id === undefined) known.clear();
      else known.delete(id);
    },
  };
}
