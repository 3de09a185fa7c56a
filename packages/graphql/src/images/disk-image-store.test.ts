import { mkdtempDisposableSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { imageRecord, imageStoreContract, jobRecord } from '../store-contract/index.ts';
import { createDiskImageStore } from './disk-image-store.ts';

function emptyDirectory(): string {
  const directory = mkdtempDisposableSync(path.join(os.tmpdir(), 'tintype-'));
  onTestFinished(() => directory.remove());
  return path.join(directory.path, 'images');
}

async function storedImage() {
  const directory = emptyDirectory();
  const bytes = new Uint8Array(5_000).fill(7);
  const record = imageRecord(jobRecord(), bytes);
  await createDiskImageStore(directory).put(record, bytes);
  const files = await readdir(directory, { recursive: true });
  const find = (ending: string) => path.join(directory, files.find((file) => file.endsWith(ending)) ?? '');
  return { record, bytesFile: find('.bin'), recordFile: find('.json'), reopened: createDiskImageStore(directory) };
}

describe('the image store on disk', () => {
  for (const { promise, check } of imageStoreContract) {
    test(promise, async () => {
      const directory = emptyDirectory();
      await check(() => createDiskImageStore(directory));
    });
  }

  test('an image cut short is not handed out', async () => {
    const { record, bytesFile, reopened } = await storedImage();
    await truncate(bytesFile, 100);
    expect(await reopened.open(record.id)).toBeUndefined();
  });

  test('an image of the right length with other bytes is not handed out', async () => {
    const { record, bytesFile, reopened } = await storedImage();
    const bytes = await readFile(bytesFile);
    bytes[1] = 8;
    await writeFile(bytesFile, bytes);
    expect(await reopened.open(record.id)).toBeUndefined();
  });

  test('an image whose record is cut short does not count as there', async () => {
    const { record, recordFile, reopened } = await storedImage();
    await truncate(recordFile, 20);
    expect(await reopened.open(record.id)).toBeUndefined();
  });

  test('leaves no half file behind when the disk refuses', async () => {
    const directory = emptyDirectory();
    await writeFileAt(directory);
    const bytes = new Uint8Array(10);
    await expect(createDiskImageStore(directory).put(imageRecord(jobRecord(), bytes), bytes)).rejects.toThrow();
    await expect(createDiskImageStore(directory).check()).rejects.toThrow();
  });

  test('what a killed process left half-way goes at the next start, and what is being written stays', async () => {
    const directory = emptyDirectory();
    const parts = path.join(directory, '.parts');
    await mkdir(parts, { recursive: true });
    await writeFile(path.join(parts, 'old'), '');
    await writeFile(path.join(parts, 'new'), '');
    await utimes(path.join(parts, 'old'), 1, 1);
    createDiskImageStore(directory);
    await expect.poll(async () => readdir(parts)).toEqual(['new']);
  });

  test('leaves no temporary files', async () => {
    const { recordFile } = await storedImage();
    expect(await readdir(path.join(path.dirname(recordFile), '..', '.parts'))).toEqual([]);
  });
});

/** A file where the store's directory should be: nothing can be written under it, not even by root. */
async function writeFileAt(directory: string): Promise<void> {
  await writeFile(directory, '');
  await chmod(directory, 0o444);
}
