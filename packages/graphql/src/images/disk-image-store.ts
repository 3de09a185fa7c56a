import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Disk } from 'flydrive';
import { FSDriver } from 'flydrive/drivers/fs';
import { createDriveImageStore } from './drive-image-store.ts';
import type { ImageStore } from './image-store.ts';

/**
 * Pictures in a directory of this machine.
 *
 * @example
 * const imageStore = createDiskImageStore('./.tintype/images');
 */
export function createDiskImageStore(directory: string): ImageStore {
  const partsDirectory = path.join(directory, '.parts');
  // What a killed process left half-way is of no use to anyone; nothing waits for it to be gone.
  void removeOldParts(partsDirectory);
  const disk = new Disk(new FSDriver({ location: path.resolve(directory), visibility: 'private' }));
  return createDriveImageStore({
    disk,
    putWhole: async ({ key, bytes }) => putByRename({ file: path.join(directory, key), partsDirectory, bytes }),
  });
}

interface PartPut {
  readonly file: string;
  readonly partsDirectory: string;
  readonly bytes: Uint8Array;
}

/**
 * flydrive's own `put` writes in place, and its `move` copies: both can leave half a file. Nothing is flushed to the disk, as
 * in the database: a power cut may cost the last moments' pictures, and their checksums tell.
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

/** Does something in a directory, which nearly always is there already. */
async function inDirectory(directory: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') throw error;
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
