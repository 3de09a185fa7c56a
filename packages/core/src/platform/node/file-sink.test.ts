import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileSink } from './file-sink.ts';
import { pageBytes, PagePool } from './page-pool.ts';

const piece = 40_000;
const image = (length: number): Buffer => Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31) >> 3));

/** Gives a sink the image as the decoder does, and waits where it says so. */
async function fill(sink: FileSink, bytes: Buffer): Promise<number> {
  let waits = 0;
  for (let start = 0; start < bytes.length; start += piece) {
    const part = bytes.subarray(start, start + piece);
    const claim = sink.claim(part.length);
    claim.target.set(part, claim.offset);
    sink.commit(claim, part.length);
    const drained = sink.drained();
    if (drained !== undefined) waits += 1;
    await drained;
  }
  return waits;
}

describe('an image on its way to a file', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tintype-sink-'));
    path = join(folder, 'x.png');
  });

  afterEach(async () => rm(folder, { recursive: true, force: true }));

  it.each([0, 1, piece, pageBytes, 5 * pageBytes + 12_345])(
    'of %i bytes stands there whole and in order',
    async (length) => {
      await using handle = await open(path, 'wx');
      const sink = new FileSink(handle, new PagePool(), undefined);
      await fill(sink, image(length));
      expect(await sink.finish()).toBe(length);
      expect(Buffer.compare(await readFile(path), image(length))).toBe(0);
    },
  );

  it('that comes as it is, in pieces larger than a page, does too', async () => {
    await using handle = await open(path, 'wx');
    const sink = new FileSink(handle, new PagePool(), undefined);
    const bytes = image(3 * pageBytes);
    sink.write(bytes.subarray(0, 100));
    sink.write(bytes.subarray(100));
    await sink.finish();
    expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
  });

  it('waits for the disk at its second full page', async () => {
    await using handle = await open(path, 'wx');
    const sink = new FileSink(handle, new PagePool(), undefined);
    const claimed = (): void => sink.commit(sink.claim(pageBytes), pageBytes);
    claimed();
    expect(sink.drained()).toBeUndefined();
    claimed();
    await expect(sink.drained()).resolves.toBeUndefined();
    await sink.finish();
  });

  it('does with one page where the memory is taken by others', async () => {
    await using handle = await open(path, 'wx');
    const pages = new PagePool();
    const taken = [];
    while (pages.hasSpare) taken.push(pages.take(1));
    const sink = new FileSink(handle, pages, undefined);
    expect(await fill(sink, image(4 * pageBytes))).toBeGreaterThanOrEqual(3);
    await sink.finish();
    expect(Buffer.compare(await readFile(path), image(4 * pageBytes))).toBe(0);
    pages.giveBack(taken[0] ?? Buffer.alloc(0));
    expect(pages.hasSpare).toBe(true);
  });

  it('replaces what an attempt that broke had written, to the last byte', async () => {
    await using handle = await open(path, 'wx');
    const pages = new PagePool();
    const broken = new FileSink(handle, pages, undefined);
    await fill(broken, Buffer.alloc(3 * pageBytes + 5, 9));
    const sink = new FileSink(handle, pages, broken);
    await fill(sink, image(pageBytes + 7));
    await sink.finish();
    expect(Buffer.compare(await readFile(path), image(pageBytes + 7))).toBe(0);
  });

  it('that the disk refuses ends with the disk’s own words, and gives its memory back', async () => {
    await (await open(path, 'wx')).close();
    await using readOnly = await open(path, 'r');
    const pages = new PagePool();
    const sink = new FileSink(readOnly, pages, undefined);
    await expect(fill(sink, image(4 * pageBytes)).then(async () => sink.finish())).rejects.toMatchObject({
      code: 'EBADF',
    });
    await sink.abandon();
    let count = 0;
    while (pages.hasSpare) count += pages.take(1).length / pageBytes;
    const fresh = new PagePool();
    while (fresh.hasSpare) count -= fresh.take(1).length / pageBytes;
    expect(count).toBe(0);
  });
});
