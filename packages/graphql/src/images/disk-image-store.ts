import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
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
  const disk = new Disk(new FSDriver({ location: path.resolve(directory), visibility: 'private' }));
  return createDriveImageStore({ disk, putWhole: (key, bytes) => putByRename(path.join(directory, key), bytes) });
}

// flydrive's own `put` writes in place, and its `move` copies: both can leave half a file.
async function putByRename(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}.part`;
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
