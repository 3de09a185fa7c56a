import { createHash } from 'node:crypto';
import type { Disk } from 'flydrive';
import { LRUCache } from 'lru-cache';
import type { ImageRecord } from './image-record.ts';
import type { ImageStore, StoredImage } from './image-store.ts';

export interface DriveImageStoreOptions {
  /** Where the pictures are. */
  readonly disk: Disk;
  /** Puts a file in place whole or not at all. Object stores do so by nature; a file system needs a rename. */
  readonly putWhole: (key: string, bytes: Uint8Array) => Promise<void>;
}

/** The ids that `newId` makes; nothing else reaches the disk as a part of a path. */
const idPattern = /^img_[\w-]{22}$/;

/**
 * Pictures on anything flydrive can reach, each as two files: `a/img_A….bin` and its record, `a/img_A….json`. The record
 * names length and checksum, so whichever of the two comes first, one without the other, or that differs, does not count.
 */
export function createDriveImageStore({ disk, putWhole }: DriveImageStoreOptions): ImageStore {
  /** Pictures whose checksum held once; a file in place is never written again. */
  const verified = new LRUCache<string, true>({ max: 100_000 });

  async function readVerified(record: ImageRecord): Promise<Uint8Array> {
    const bytes = await disk.getBytes(bytesKey(record.id));
    if (!verified.has(record.id)) {
      if (sha256(bytes) !== record.sha256) throw new TornPicture(record.id);
      verified.set(record.id, true);
    }
    return bytes;
  }

  return {
    async put(record, bytes) {
      await Promise.all([
        putWhole(bytesKey(record.id), bytes),
        putWhole(recordKey(record.id), new TextEncoder().encode(JSON.stringify(record))),
      ]);
    },

    async open(id): Promise<StoredImage | undefined> {
      if (!idPattern.test(id)) return undefined;
      const record = await readRecord(disk, id);
      if (record === undefined || !(await isWhole(disk, record))) return undefined;
      // The checksum is looked at before anything is handed out: a picture that changed its bytes is as good as gone.
      let bytes: Uint8Array | undefined;
      if (!verified.has(id)) {
        try {
          bytes = await readVerified(record);
        } catch (error) {
          if (error instanceof TornPicture) return undefined;
          throw error;
        }
      }
      return {
        record,
        bytes: async () => bytes ?? readVerified(record),
        stream: async () => disk.getStream(bytesKey(id)),
      };
    },

    async delete(id) {
      if (!idPattern.test(id)) return;
      // The record first: without it the picture is no longer there, whatever happens next.
      await disk.delete(recordKey(id));
      await disk.delete(bytesKey(id));
      verified.delete(id);
    },

    async *ids() {
      const { objects } = await disk.listAll('', { recursive: true });
      for (const object of objects) {
        const id = object.isFile ? /(img_[\w-]{22})\.json$/.exec(object.key)?.[1] : undefined;
        if (id !== undefined) yield id;
      }
    },

    async check() {
      await putWhole('.writable', new Uint8Array());
    },
  };
}

class TornPicture extends Error {
  constructor(id: string) {
    super(`The stored picture ${id} is not what its checksum says`);
  }
}

async function readRecord(disk: Disk, id: string): Promise<ImageRecord | undefined> {
  const key = recordKey(id);
  if (!(await disk.exists(key))) return undefined;
  try {
    // Only this store writes the file.
    return JSON.parse(await disk.get(key)) as ImageRecord;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function isWhole(disk: Disk, record: ImageRecord): Promise<boolean> {
  const key = bytesKey(record.id);
  return (await disk.exists(key)) && (await disk.getMetaData(key)).contentLength === record.byteLength;
}

function bytesKey(id: string): string {
  return `${shard(id)}/${id}.bin`;
}

function recordKey(id: string): string {
  return `${shard(id)}/${id}.json`;
}

/** Spreads the files over some forty folders; lower case, for disks that do not tell it from upper. */
function shard(id: string): string {
  return id.slice(4, 5).toLowerCase();
}

/** The checksum of a picture, in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
