import { hash } from 'node:crypto';
import type { Disk } from 'flydrive';
import { LRUCache } from 'lru-cache';
import type { ImageRecord } from './image-record.ts';
import type { ImageStore, StoredImage } from './image-store.ts';

/** A file to be put in place. */
export interface WholeFile {
  readonly key: string;
  readonly bytes: Uint8Array;
  /** Such as `image/png`. */
  readonly mediaType: string;
}

export interface DriveImageStoreOptions {
  /** Where the pictures are. */
  readonly disk: Disk;
  /** The folder on the disk, as `shop/pictures`. @default the disk itself */
  readonly folder?: string | undefined;
  /** Puts a file in place whole or not at all. Object stores do so by nature; a file system needs a rename. */
  readonly putWhole: (file: WholeFile) => Promise<void>;
  /** Whether the record follows the bytes, so that a record always means a picture. @default side by side, which is faster */
  readonly recordLast?: boolean | undefined;
  /** Signs an address under which a file can be fetched for a while, for stores that callers can reach. */
  readonly sign?: ((key: string, record: ImageRecord) => Promise<string>) | undefined;
}

/** The ids that `newId` makes; nothing else reaches the disk as a part of a path. */
const idPattern = /^img_[\w-]{22}$/;

/**
 * Pictures on anything flydrive can reach, each as two files: `a/img_A….bin` and its record, `a/img_A….json`. The record
 * names length and checksum, so whichever of the two comes first, one without the other, or that differs, does not count.
 */
export function createDriveImageStore(options: DriveImageStoreOptions): ImageStore {
  const { disk, folder = '', putWhole, recordLast = false, sign } = options;
  /** Pictures whose checksum held once; a file in place is never written again. */
  const verified = new LRUCache<string, true>({ max: 100_000 });
  const root = folder === '' ? '' : `${folder}/`;

  function fileOf(id: string, ending: 'bin' | 'json'): string {
    return `${root}${shard(id)}/${id}.${ending}`;
  }

  async function readRecord(id: string): Promise<ImageRecord | undefined> {
    if (!idPattern.test(id)) return undefined;
    try {
      const text = await found(disk.get(fileOf(id, 'json')));
      // Only this store writes the file.
      return text === undefined ? undefined : (JSON.parse(text) as ImageRecord);
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  /** The bytes, if they are those that the record was written for. */
  async function readWhole(record: ImageRecord): Promise<Uint8Array | undefined> {
    const bytes = await found(disk.getBytes(fileOf(record.id, 'bin')));
    if (bytes === undefined || verified.has(record.id)) return bytes;
    if (sha256(bytes) !== record.sha256) return undefined;
    verified.set(record.id, true);
    return bytes;
  }

  async function hasAllBytes({ id, byteLength }: ImageRecord): Promise<boolean> {
    return (await found(disk.getMetaData(fileOf(id, 'bin'))))?.contentLength === byteLength;
  }

  async function bytesOf(record: ImageRecord): Promise<Uint8Array> {
    const bytes = await readWhole(record);
    if (bytes === undefined)
      throw new Error(`The stored picture ${record.id} went, or changed, while it was being read`);
    return bytes;
  }

  return {
    async put(record, bytes) {
      const putBytes = async () => putWhole({ key: fileOf(record.id, 'bin'), bytes, mediaType: record.mediaType });
      const putRecord = async () =>
        putWhole({
          key: fileOf(record.id, 'json'),
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
      // The checksum is looked at before anything is handed out: a picture that changed its bytes is as good as gone.
      const bytes = verified.has(id) ? undefined : await readWhole(record);
      if (bytes === undefined && !(verified.has(id) && (await hasAllBytes(record)))) return undefined;
      return {
        record,
        bytes: async () => bytes ?? bytesOf(record),
        stream: async () => (bytes === undefined ? disk.getStream(fileOf(id, 'bin')) : inOnePiece(bytes)),
      };
    },

    ...(sign === undefined
      ? {}
      : {
          async address(id: string) {
            const record = await readRecord(id);
            return record === undefined ? undefined : { record, url: await sign(fileOf(id, 'bin'), record) };
          },
        }),

    async delete(id) {
      if (!idPattern.test(id)) return;
      // The record first: without it the picture is no longer there, whatever happens next.
      await disk.delete(fileOf(id, 'json'));
      await disk.delete(fileOf(id, 'bin'));
      verified.delete(id);
    },

    async *ids() {
      let page: string | undefined;
      do {
        const listed = await disk.listAll(folder, {
          recursive: true,
          ...(page === undefined ? {} : { paginationToken: page }),
        });
        for (const object of listed.objects) {
          // Asked for `shop`, an object store also lists `shopping`.
          if (!object.isFile || !object.key.startsWith(root)) continue;
          const id = /(img_[\w-]{22})\.json$/.exec(object.key)?.[1];
          if (id !== undefined) yield id;
        }
        page = listed.paginationToken;
      } while (page !== undefined);
    },

    async check() {
      const bytes = new Uint8Array(triedBytes);
      await putWhole({ key: `${root}.writable`, bytes, mediaType: 'application/octet-stream' });
    },
  };
}

/** A small picture's worth: an empty file finds its place on a full disk, too. */
const triedBytes = 64 * 1024;

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** What was read; `undefined` where there is no such file. */
async function found<Result>(reading: Promise<Result>): Promise<Result | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** flydrive wraps what the file system or the object store said. */
function isMissing(error: unknown): boolean {
  if (!(error instanceof Error) || !(error.cause instanceof Error)) return false;
  const { cause } = error;
  return ('code' in cause && cause.code === 'ENOENT') || cause.name === 'NoSuchKey' || cause.name === 'NotFound';
}

/** Spreads the files over some forty folders; lower case, for disks that do not tell it from upper. */
function shard(id: string): string {
  return id.slice(4, 5).toLowerCase();
}

/** The checksum of a picture, in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return hash('sha256', bytes);
}
