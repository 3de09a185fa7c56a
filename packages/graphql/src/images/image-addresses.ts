import { LRUCache } from 'lru-cache';
import { fromStore } from '../gateway/store-error.ts';
import type { ImageStore, ImageAddress } from './image-store.ts';

/**
 * How long one address is given out, in milliseconds. A caller may keep it as long again, and the two together stay below the
 * half hour that it is good for.
 */
export const reuseMs = 10 * 60 * 1_000;

/** Addresses of images at a store that callers can reach. */
export interface ImageAddresses {
  find(id: string): Promise<ImageAddress | undefined>;
  /** Lets go of an address; of all of them without an id. */
  forget(id?: string): void;
}

/** Gives each image the same address for a while, so that browsers and proxies which have it do not fetch it again. */
export function createImageAddresses(imageStore: Pick<ImageStore, 'address'>): ImageAddresses {
  const known = new LRUCache<string, ImageAddress>({ max: 10_000, ttl: reuseMs });
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
