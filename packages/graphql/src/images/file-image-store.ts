import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ImageRecord } from './image-record.ts';
import type { ImageStore, StoredImage } from './image-store.ts';

/** A file to be put in place. */
export interface WholeFile {
  /** Such as `a/img_A….bin`. */
  readonly key: string;
  readonly bytes: Uint8Array;
  /** Such as `image/png`. */
  readonly mediaType: string;
}

/** Where an image store keeps its files: a folder, a bucket. */
export interface ImageFiles {
  /** Puts a file in place, whole or not at all. */
  put(file: WholeFile): Promise<void>;
  /** All bytes of a file; `undefined` where there is no such file. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** The bytes of a file piece by piece. Rejects, or fails while it is read, where there is no such file. */
  stream(key: string): Promise<AsyncIterable<Uint8Array>>;
  /** The length of a file in bytes; `undefined` where there is no such file. */
  byteLength(key: string): Promise<number | undefined>;
  /** Deletes a file, if there is one. */
  delete(key: string): Promise<void>;
  /** The keys of all files, in any order. */
  keys(): AsyncIterable<string>;
  /** Signs a URL that serves a file for a while, where callers can reach the files. */
  readonly sign?: ((key: string, record: ImageRecord) => Promise<string>) | undefined;
}

export interface FileImageStoreOptions {
  /** Whether the record is written after the bytes, so that a record always means an image. @default both at once, which is faster */
  readonly recordLast?: boolean | undefined;
}

/** The ids that `newId` makes; nothing else becomes a part of a key. */
const idPattern = /^img_[\w-]{22}$/;

/**
 * Images as two files each: `a/img_A….bin` and its record, `a/img_A….json`. The record holds length and checksum, so an image
 * without a record, or one that differs from it, does not count, whichever of the two is written first.
 */
export function createFileImageStore(
  files: ImageFiles,
  { recordLast = false }: FileImageStoreOptions = {},
): ImageStore {
  /** Images whose checksum matched once; a file in place is never written again. */
  const verified = new LRUCache<string, true>({ max: 100_000 });

  async function readRecord(id: string): Promise<ImageRecord | undefined> {
    if (!idPattern.test(id)) return undefined;
    const bytes = await files.read(keyOf(id, 'json'));
    if (bytes === undefined) return undefined;
    try {
      // Only this store writes the file.
      return JSON.parse(new TextDecoder().decode(bytes)) as ImageRecord;
    } catch {
      return undefined;
    }
  }

  /** The bytes, if they are those that the record was written for. */
  async function readWhole(record: ImageRecord): Promise<Uint8Array | undefined> {
    const bytes = await files.read(keyOf(record.id, 'bin'));
    if (bytes === undefined || verified.has(record.id)) return bytes;
    if (sha256(bytes) !== record.sha256) return undefined;
    verified.set(record.id, true);
    return bytes;
  }

  async function bytesOf(record: ImageRecord): Promise<Uint8Array> {
    const bytes = await readWhole(record);
    if (bytes === undefined) throw new Error(`The stored image ${record.id} disappeared or changed while it was read`);
    return bytes;
  }

  const { sign } = files;
  return {
    async put(record, bytes) {
      const putBytes = async () => files.put({ key: keyOf(record.id, 'bin'), bytes, mediaType: record.mediaType });
      const putRecord = async () =>
        files.put({
          key: keyOf(record.id, 'json'),
          bytes: new TextEncoder().encode(JSON.stringify(record)),
          mediaType: 'application/json',
        });
      if (recordLast) {
        await putBytes();
        await putRecord();
      } else {
        await Promise.all([putBytes(), putRecord()]);
      }
    },

    async open(id): Promise<StoredImage | undefined> {
      const record = await readRecord(id);
      if (record === undefined) return undefined;
      const key = keyOf(id, 'bin');
      if (verified.has(id)) {
        if ((await files.byteLength(key)) !== record.byteLength) return undefined;
        return { record, bytes: async () => bytesOf(record), stream: async () => files.stream(key) };
      }
      // The checksum is verified before anything is served: an image whose bytes changed is as good as deleted.
      const bytes = await readWhole(record);
      if (bytes === undefined) return undefined;
      return { record, bytes: async () => bytes, stream: async () => inOnePiece(bytes) };
    },

    ...(sign === undefined
      ? {}
      : {
          async address(id: string) {
            const record = await readRecord(id);
            return record === undefined ? undefined : { record, url: await sign(keyOf(id, 'bin'), record) };
          },
        }),

    async delete(id) {
      if (!idPattern.test(id)) return;
      // The record first: without it the image no longer exists, whatever happens next.
      await files.delete(keyOf(id, 'json'));
      await files.delete(keyOf(id, 'bin'));
      verified.delete(id);
    },

    async *ids() {
      for await (const key of files.keys()) {
        const id = /(img_[\w-]{22})\.json$/.exec(key)?.[1];
        if (id !== undefined) yield id;
      }
    },

    async check() {
      const bytes = new Uint8Array(checkBytes);
      await files.put({ key: '.writable', bytes, mediaType: 'application/octet-stream' });
    },
  };
}

/** The size of a small image: an empty file can be written to a full disk, too. */
const checkBytes = 64 * 1024;

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Some forty folders; in lower case, for file systems that do not tell it from upper case. */
function keyOf(id: string, ending: 'bin' | 'json'): string {
  return `${id.slice(4, 5).toLowerCase()}/${id}.${ending}`;
}

/** The checksum of an image, in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return hash('sha256', bytes);
}
