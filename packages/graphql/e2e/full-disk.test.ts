import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSqliteJobStore } from '../src/sqlite/sqlite-job-store.ts';
import { jobRecord } from '../src/store-contract/index.ts';
import { pngOf } from '../src/testing/png.ts';
import { answerJson, stubEndpoint, type EndpointHandler } from '../src/testing/stub-endpoint.ts';
import { generateImage, testGateway } from '../src/testing/test-gateway.ts';

const megabyte = 1024 * 1024;

/** A file system of this size, gone when the test ends. Needs the right to mount: root's, or sudo without a password. */
function smallDisk(bytes: number): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'tintype-disk-'));
  const asRoot = (command: string, ...words: readonly string[]): void => {
    const all = [command, ...words];
    const [first = '', ...rest] = process.getuid?.() === 0 ? all : ['sudo', '-n', ...all];
    execFileSync(first, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
  };
  asRoot('mount', '-t', 'tmpfs', '-o', `size=${bytes},mode=777`, 'tintype', directory);
  onTestFinished(() => {
    asRoot('umount', '-l', directory);
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

/** Answers with noise, some 400 kB, other bytes each time. */
const answerLargeImage: EndpointHandler = (_, response, calls) => {
  const image = Buffer.concat([pngOf({ width: 360, height: 360, noise: true }), Buffer.from(String(calls.length))]);
  answerJson(response, 200, { image: image.toString('base64') });
};

const inputOf = (idempotencyKey: string) => ({
  input: { prompt: 'a red fox', width: 360, height: 360, idempotencyKey },
});

/** Fills the disk to its last page; answers how to make room again. */
function fill(disk: string): () => void {
  const ballast = path.join(disk, 'ballast');
  for (const piece of [megabyte, 64 * 1024, 4_096]) {
    try {
      for (;;) writeFileSync(ballast, Buffer.alloc(piece), { flag: 'a' });
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
  }
  return () => rmSync(ballast);
}

test('on a disk that runs full, what is stored stays whole, the rest says so, and all goes on when there is room', async () => {
  // Room for eight images and, with the ninth refused, for what the database writes about it: an image that fits while its
  // record does not leaves the job RUNNING until there is room, and its caller waiting.
  const store = smallDisk(3_872 * 1_024);
  const endpoint = await stubEndpoint(answerLargeImage);
  const options = { store, storeAgainAfter: [10, 10] };
  const first = await testGateway(endpoint.url, options);
  const kept: { readonly url: string; readonly sha256: string }[] = [];
  const ask = async (key: string) => (await first.graphql(generateImage, inputOf(key))).data['generateImage'];
  const keep = (image: Readonly<Record<string, unknown>> | null | undefined): void =>
    void kept.push({ url: String(image?.['url']), sha256: String(image?.['sha256']) });

  // Images until the disk is full.
  let refused: Readonly<Record<string, unknown>> | null | undefined;
  for (let count = 0; refused === undefined && count < 20; count += 1) {
    const outcome = await ask(`key ${count}`);
    if (outcome?.['__typename'] === 'Image') keep(outcome);
    else refused = outcome;
  }
  expect(refused).toMatchObject({
    __typename: 'EndpointError',
    code: 'STORAGE_FAILED',
    retryable: true,
    hint: expect.stringContaining('disk may be full'),
    docs: expect.stringContaining('storage_failed.md'),
  });
  expect(kept.length).toBeGreaterThan(2);
  const isWhole = async ({ url, sha256 }: (typeof kept)[number], base = first.url): Promise<boolean> => {
    const response = await fetch(new URL(new URL(url).pathname, base));
    const bytes = new Uint8Array(await response.arrayBuffer());
    return response.status === 200 && createHash('sha256').update(bytes).digest('hex') === sha256;
  };
  for (const image of kept) expect(await isWhole(image)).toBe(true);

  // Not a page left: nothing can be written down, so nothing is accepted, sent or billed.
  const makeRoom = fill(store);
  expect((await fetch(`${first.url}/ready`)).status).toBe(503);
  expect((await fetch(`${first.url}/health`)).status).toBe(200);
  const before = endpoint.calls.length;
  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, count) => first.graphql(generateImage, inputOf(`full ${count}`))),
  );
  const notAccepted = answers.filter(({ errors }) => errors?.[0]?.extensions?.['code'] === 'STORAGE_FAILED');
  expect(notAccepted.length).toBeGreaterThan(0);
  expect(endpoint.calls.length - before).toBeLessThanOrEqual(answers.length - notAccepted.length);
  expect((await first.graphql('{ jobs { nodes { status } } }')).errors).toBeUndefined();

  // Room again: it goes on by itself.
  makeRoom();
  for (const image of kept.splice(0, 2)) {
    const id = path.basename(new URL(image.url).pathname);
    const deleted = await first.graphql('mutation ($id: ID!) { deleteImage(id: $id) { __typename } }', { id });
    expect(deleted.data['deleteImage']).toEqual({ __typename: 'DeletedImage' });
  }
  expect((await fetch(`${first.url}/ready`)).status).toBe(200);
  const again = await ask('after');
  expect(again).toMatchObject({ __typename: 'Image' });
  keep(again);

  // And the next start finds a sound database and every image.
  await first.gateway.close();
  const second = await testGateway(endpoint.url, options);
  for (const image of kept) expect(await isWhole(image, second.url)).toBe(true);
  expect((await second.graphql(generateImage, inputOf('after'))).data['generateImage']?.['id']).toBe(again?.['id']);
});

test('an image that arrives on a full disk is kept when there is room, and paid for once', async () => {
  const store = smallDisk(4 * megabyte);
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const endpoint = await stubEndpoint(async (call, response, calls) => {
    await held;
    response.on('finish', answered.resolve);
    await answerLargeImage(call, response, calls);
  });
  const storeAgainAfter = Array.from({ length: 500 }, () => 20);
  const { graphql } = await testGateway(endpoint.url, { store, storeAgainAfter });
  const answer = graphql(generateImage, inputOf('running'));
  await expect.poll(() => endpoint.calls.length).toBe(1);
  const makeRoom = fill(store);
  release();
  await answered.promise;
  expect((await graphql('{ jobs { nodes { status } } }')).data['jobs']).toEqual({ nodes: [{ status: 'RUNNING' }] });
  makeRoom();
  expect((await answer).data['generateImage']).toMatchObject({ __typename: 'Image', warnings: [] });
  expect(endpoint.calls).toHaveLength(1);
});

test('a job that was in line when the disk ran full is begun when there is room, not before', async () => {
  const store = smallDisk(4 * megabyte);
  const jobStore = createSqliteJobStore(path.join(store, 'tintype.db'));
  const job = jobRecord({ owner: 'anonymous' });
  await jobStore.create({ job, queueLimit: 1 });
  await jobStore.close();
  const makeRoom = fill(store);
  const endpoint = await stubEndpoint();
  const { graphql, url } = await testGateway(endpoint.url, { store, storeAgainAfter: [20] });
  const status = async () =>
    (await graphql('query ($id: ID!) { job(id: $id) { status } }', { id: job.id })).data['job'];
  expect((await fetch(`${url}/ready`)).status).toBe(503);
  expect(await status()).toEqual({ status: 'QUEUED' });
  expect(endpoint.calls).toEqual([]);
  makeRoom();
  await expect.poll(status).toEqual({ status: 'SUCCEEDED' });
  expect(endpoint.calls).toHaveLength(1);
});

test('retention makes room on a full disk', async () => {
  const store = smallDisk(4 * megabyte);
  const endpoint = await stubEndpoint(answerLargeImage);
  const filling = await testGateway(endpoint.url, { store });
  for (const key of ['one', 'two', 'three', 'four']) await filling.graphql(generateImage, inputOf(key));
  await filling.gateway.close();
  fill(store);
  const { url, graphql } = await testGateway(endpoint.url, { store, keepFor: 1, sweepEvery: 20 });
  await expect.poll(async () => (await fetch(`${url}/ready`)).status).toBe(200);
  const left = async () => (await graphql('{ images { nodes { id } } jobs { nodes { id } } }')).data;
  await expect.poll(left).toEqual({ images: { nodes: [] }, jobs: { nodes: [] } });
});
