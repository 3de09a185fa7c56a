import { truncateSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createDiskImageStore } from '../images/disk-image-store.ts';
import type { ImageStore } from '../images/image-store.ts';
import { createSqliteJobStore } from '../sqlite/sqlite-job-store.ts';
import { s3Server } from '../testing/s3-server.ts';
import { answerJson, stubEndpoint } from '../testing/stub-endpoint.ts';
import { pngOf } from '../testing/png.ts';
import { generateImage, temporaryDirectory, testGateway } from '../testing/test-gateway.ts';

type Options = Parameters<typeof testGateway>[1] & { readonly store: string };

async function image(options: Options) {
  const bytes = pngOf({ width: 64, height: 64, noise: true });
  const endpoint = await stubEndpoint((_, response) => answerJson(response, 200, { image: bytes.toString('base64') }));
  const gateway = await testGateway(endpoint.url, options);
  const { data } = await gateway.graphql(generateImage, {
    input: { prompt: 'A  Füchs/in "red"\n', width: 64, height: 64 },
  });
  const { url, sha256, id } = data['generateImage'] as Record<'url' | 'sha256' | 'id', string>;
  return { ...gateway, image: url, etag: `"${sha256}"`, id, bytes };
}

const bodyOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

const onDisk = async (): Promise<Options> => ({ store: temporaryDirectory() });
const inS3 = async (): Promise<Options> => ({
  store: (await s3Server()).url,
  jobStore: createSqliteJobStore(':memory:'),
});

describe.for([
  ['on disk, held in memory', onDisk],
  ['on disk, read each time', async () => ({ ...(await onDisk()), memoryForImages: 0 })],
  ['in S3, held in memory', inS3],
  ['in S3, read each time', async () => ({ ...(await inS3()), memoryForImages: 0 })],
] as const)('an image %s', ([, options]) => {
  test('comes whole, with its type, length and checksum, and may be kept for good', async () => {
    const { image: url, etag, bytes } = await image(await options());
    for (let visit = 0; visit < 2; visit += 1) {
      const response = await fetch(url);
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'image/png',
        'content-length': String(bytes.length),
        etag,
        'cache-control': 'public, max-age=31536000, immutable',
        'accept-ranges': 'bytes',
        'x-content-type-options': 'nosniff',
        'content-disposition': 'inline; filename="a-fu-chs-in-red.png"',
      });
      expect((await bodyOf(response)).equals(bytes)).toBe(true);
    }
  });

  test('HEAD says the same without the bytes', async () => {
    const { image: url, etag, bytes } = await image(await options());
    const response = await fetch(url, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
    expect(response.headers.get('etag')).toBe(etag);
    expect((await bodyOf(response)).length).toBe(0);
  });

  test('is not sent again to who has it', async () => {
    const { image: url, etag } = await image(await options());
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const response = await fetch(url, { headers: { 'if-none-match': tag } });
      expect(response.status).toBe(304);
      expect(response.headers.get('etag')).toBe(etag);
    }
    expect((await fetch(url, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  test('comes in parts', async () => {
    const { image: url, bytes, etag } = await image(await options());
    const response = await fetch(url, { headers: { range: 'bytes=100-199' } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes 100-199/${bytes.length}`);
    expect((await bodyOf(response)).equals(bytes.subarray(100, 200))).toBe(true);
    const same = await fetch(url, { headers: { range: 'bytes=-10', 'if-range': etag } });
    expect((await bodyOf(same)).equals(bytes.subarray(-10))).toBe(true);
    const other = await fetch(url, { headers: { range: 'bytes=-10', 'if-range': '"other"' } });
    expect(other.status).toBe(200);
    expect((await bodyOf(other)).equals(bytes)).toBe(true);
    const behind = await fetch(url, { headers: { range: `bytes=${bytes.length}-` } });
    expect(behind.status).toBe(416);
    expect(behind.headers.get('content-range')).toBe(`bytes */${bytes.length}`);
  });
});

test.for([64 * 1024 * 1024, 0])('a torn file is never served, with %i bytes of memory', async (memoryForImages) => {
  const { url, id, store, gateway } = await image({ store: temporaryDirectory(), memoryForImages });
  await gateway.close();
  const images = path.join(store, 'images');
  const file = readdirSync(images, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith(`${id}.bin`));
  truncateSync(path.join(images, String(file)), 50);
  const endpoint = await stubEndpoint();
  const again = await testGateway(endpoint.url, { store, memoryForImages });
  const response = await fetch(`${again.url}/images/${id}`);
  expect(response.status).toBe(404);
  expect(url).not.toBe(again.url);
});

describe('an image in S3 that callers fetch themselves', () => {
  const redirecting = async () => image({ ...(await inS3()), serveImages: 'redirect' });
  const ask = async (url: string, init: RequestInit = {}) => fetch(url, { redirect: 'manual', ...init });

  test('is at an address that the gateway signs, and gives out again for a while', async () => {
    const { image: url, bytes } = await redirecting();
    const response = await ask(url);
    expect(response.status).toBe(302);
    expect(response.headers.get('cache-control')).toBe('private, max-age=600');
    const address = String(response.headers.get('location'));
    expect(new URL(address).searchParams.has('X-Amz-Signature')).toBe(true);
    expect((await ask(url)).headers.get('location')).toBe(address);
    const followed = await fetch(url);
    expect(followed.headers.get('content-type')).toBe('image/png');
    expect((await bodyOf(followed)).equals(bytes)).toBe(true);
    const part = await fetch(url, { headers: { range: 'bytes=100-199' } });
    expect((await bodyOf(part)).equals(bytes.subarray(100, 200))).toBe(true);
  });

  test('is described by the gateway itself to HEAD and to who has it', async () => {
    const { image: url, etag, bytes } = await redirecting();
    const head = await ask(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), head.headers.get('etag')]).toEqual([
      200,
      String(bytes.length),
      etag,
    ]);
    expect((await ask(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  test('is gone when it is deleted, and the address given out before with it', async () => {
    const { image: url, id, graphql } = await redirecting();
    const address = String((await ask(url)).headers.get('location'));
    await graphql('mutation ($id: ID!) { deleteImage(id: $id) { __typename } }', { id });
    expect((await ask(url)).status).toBe(404);
    expect((await fetch(address)).status).toBe(404);
  });

  test('still comes as base64 to who asks for that', async () => {
    const { graphql, id, bytes } = await redirecting();
    const { data } = await graphql('query ($id: ID!) { image(id: $id) { base64 } }', { id });
    expect(data['image']).toEqual({ base64: bytes.toString('base64') });
  });
});

describe('an address without an image', () => {
  test.for(['img_aaaaaaaaaaaaaaaaaaaaaa', 'x', '..%2f..%2fetc%2fpasswd', '%00', 'job_aaaaaaaaaaaaaaaaaaaaaa'])(
    '/images/%s is answered with 404 and what to do',
    async (id) => {
      const endpoint = await stubEndpoint();
      const { url } = await testGateway(endpoint.url);
      const response = await fetch(`${url}/images/${id}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({
        error: 'There is no image with this id.',
        hint: expect.any(String),
      });
    },
  );
});

test('a caller who leaves in the middle of a large image leaves no file open', async () => {
  const store = temporaryDirectory();
  const disk = createDiskImageStore(path.join(store, 'images'));
  const open = { now: 0, ever: 0 };
  async function* counted(pieces: AsyncIterable<Uint8Array>) {
    open.now += 1;
    open.ever += 1;
    try {
      yield* pieces;
    } finally {
      open.now -= 1;
    }
  }
  const imageStore: ImageStore = {
    ...disk,
    open: async (id) => {
      const stored = await disk.open(id);
      return stored && { ...stored, stream: async () => counted(await stored.stream()) };
    },
  };
  const bytes = pngOf({ width: 1_400, height: 1_400, noise: true });
  const endpoint = await stubEndpoint((_, response) => answerJson(response, 200, { image: bytes.toString('base64') }));
  const { graphql } = await testGateway(endpoint.url, { store, imageStore, memoryForImages: 0 });
  const { data } = await graphql(generateImage, { input: { prompt: 'a red fox', width: 1_400, height: 1_400 } });
  const url = String(data['generateImage']?.['url']);
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      const leaving = new AbortController();
      const response = await fetch(url, { signal: leaving.signal });
      await response.body?.getReader().read();
      leaving.abort();
    }),
  );
  await expect.poll(() => open).toEqual({ now: 0, ever: 20 });
  expect(await bodyOf(await fetch(url))).toEqual(bytes);
});
