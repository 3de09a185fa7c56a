import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
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
    putWhole: async (key, bytes) => putByRename({ file: path.join(directory, key), partsDirectory, bytes }),
  });
}

// flydrive's own `put` writes in place, and its `move` copies: both can leave half a file.
async function putByRename(put: {
  readonly file: string;
  readonly partsDirectory: string;
  readonly bytes: Uint8Array;
}): Promise<void> {
  const { file, partsDirectory, bytes } = put;
  await mkdir(path.dirname(file), { recursive: true });
  await mkdir(partsDirectory, { recursive: true });
  const temporary = path.join(partsDirectory, randomUUID());
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
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
