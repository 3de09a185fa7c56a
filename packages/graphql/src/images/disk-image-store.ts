import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createFileImageStore } from './file-image-store.ts';
import type { ImageStore } from './image-store.ts';

/**
 * Images in a directory of this machine.
 *
 * @example
 * const imageStore = createDiskImageStore('./.tintype/images');
 */
export function createDiskImageStore(directory: string): ImageStore {
  const partsDirectory = path.join(directory, '.parts');
  // What a killed process left half-written is of no use to anyone; nothing waits for it to be deleted.
  void removeOldParts(partsDirectory);
  const fileOf = (key: string): string => path.join(directory, key);
  return createFileImageStore({
    put: async ({ key, bytes }) => putByRename({ file: fileOf(key), partsDirectory, bytes }),
    read: async (key) => unlessMissing(readFile(fileOf(key))),
    stream: async (key) => createReadStream(fileOf(key)),
    byteLength: async (key) => (await unlessMissing(stat(fileOf(key))))?.size,
    delete: async (key) => rm(fileOf(key), { force: true }),
    async *keys() {
      // A folder at a time: there may be a million files.
      for (const folder of (await unlessMissing(readdir(directory, { withFileTypes: true }))) ?? []) {
        if (!folder.isDirectory()) continue;
        for (const name of await readdir(fileOf(folder.name))) yield `${folder.name}/${name}`;
      }
    },
  });
}

interface PartPut {
  readonly file: string;
  readonly partsDirectory: string;
  readonly bytes: Uint8Array;
}

/**
 * A file is written beside its place and renamed, so that half of it is never seen. Nothing is flushed to the disk, as in the
 * database: a power cut may cost the last images, and their checksums tell.
 */
async function putByRename({ file, partsDirectory, bytes }: PartPut): Promise<void> {
  const temporary = path.join(partsDirectory, randomUUID());
  try {
    await inDirectory(partsDirectory, async () => writeFile(temporary, bytes, { flag: 'wx' }));
    await inDirectory(path.dirname(file), async () => rename(temporary, file));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Does something in a directory, which nearly always exists already. */
async function inDirectory(directory: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isMissing(error)) throw error;
    await mkdir(directory, { recursive: true });
    await work();
  }
}

/** Another process may be writing a part just now; none takes an hour. */
const oldAfterMs = 60 * 60 * 1_000;

async function removeOldParts(partsDirectory: string): Promise<void> {
  try {
    for (const name of await readdir(partsDirectory)) {
      const part = path.join(partsDirectory, name);
      const { mtimeMs } = await stat(part);
      if (Date.now() - mtimeMs > oldAfterMs) await rm(part, { force: true });
    }
  } catch {
    // No such directory yet, or a part that another process has just put in place.
  }
}

async function unlessMissing<Result>(reading: Promise<Result>): Promise<Result | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
