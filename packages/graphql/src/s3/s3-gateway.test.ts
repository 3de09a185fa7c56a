import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../gateway/configuration-error.ts';
import { createGateway } from '../gateway/create-gateway.ts';
import { createSqliteJobStore } from '../sqlite/sqlite-job-store.ts';
import { imageRecord, jobRecord } from '../store-contract/index.ts';
import { keptLog } from '../testing/kept-log.ts';
import { pngOf } from '../testing/png.ts';
import { s3Server } from '../testing/s3-server.ts';
import { stubEndpoint } from '../testing/stub-endpoint.ts';
import { generateImage, temporaryDirectory, testGateway, type TestGateway } from '../testing/test-gateway.ts';
import { createS3ImageStore } from './s3-image-store.ts';

const input = { prompt: 'a red fox', width: 64, height: 64 };
const jobById = 'query ($id: ID!) { job(id: $id) { status image { url } error { code hint retryable } } }';

async function gatewayOnS3(options: Parameters<typeof testGateway>[1] = {}) {
  const s3 = await s3Server();
  const endpoint = await stubEndpoint();
  const jobStore = createSqliteJobStore(':memory:');
  const gateway = await testGateway(endpoint.url, { jobStore, ...options, store: s3.url });
  return { s3, endpoint, ...gateway };
}

/** Asks for an image, and answers its job's id. */
async function enqueue(graphql: TestGateway['graphql']): Promise<string> {
  const enqueueImage = 'mutation ($input: GenerateImageInput!) { enqueueImage(input: $input) { ... on Job { id } } }';
  return String((await graphql(enqueueImage, { input })).data['enqueueImage']?.['id']);
}

const ready = async (url: string) => (await fetch(`${url}/ready`)).status;

describe('while the object store is down', () => {
  test('a finished image waits for it, and is paid for once', async () => {
    const { s3, endpoint, graphql, url } = await gatewayOnS3({ storeAgainAfter: Array(200).fill(20) });
    await s3.stop();
    const id = await enqueue(graphql);
    await expect.poll(() => endpoint.calls.length).toBe(1);
    expect((await graphql(jobById, { id })).data['job']?.['status']).toBe('RUNNING');
    const metrics = async () => (await fetch(`${url}/metrics`)).text();
    await expect.poll(metrics).toMatch(/^tintype_store_refusals_total [1-9]/m);
    await s3.start();
    const job = async () => (await graphql(jobById, { id })).data['job'];
    await expect.poll(job).toMatchObject({ status: 'SUCCEEDED' });
    const image = (await job())?.['image'] as Readonly<Record<string, unknown>> | undefined;
    expect((await fetch(String(image?.['url']))).status).toBe(200);
    expect(endpoint.calls).toHaveLength(1);
  });

  test('an image that it never takes is told as such, with its cost', async () => {
    const { s3, graphql } = await gatewayOnS3({ storeAgainAfter: [1, 1] });
    await s3.stop();
    const { data } = await graphql(generateImage, { input });
    expect(data['generateImage']).toMatchObject({
      __typename: 'EndpointError',
      code: 'STORAGE_FAILED',
      retryable: true,
    });
    expect(data['generateImage']?.['hint']).toContain('has billed the image');
  });

  test('its failures are in the log without the addresses of images', async () => {
    const { lines, log } = keptLog('trace');
    const { s3, graphql } = await gatewayOnS3({ storeAgainAfter: [1], log });
    s3.refuse = (request) => request.endsWith('.bin');
    await graphql(generateImage, { input });
    expect(lines.join('')).toContain('it is tried again');
    expect(s3.requests.join()).toMatch(/img_[\w-]{22}/);
    expect(lines.join('')).not.toMatch(/img_[\w-]{22}/);
  });

  test('a gateway that goes down tries a last time, and hands the job back, marked', async () => {
    const database = path.join(temporaryDirectory(), 'tintype.db');
    const { s3, endpoint, graphql, gateway } = await gatewayOnS3({
      jobStore: createSqliteJobStore(database),
      storeAgainAfter: [600_000],
    });
    await s3.stop();
    const id = await enqueue(graphql);
    await expect.poll(() => endpoint.calls.length).toBe(1);
    await gateway.close();
    await s3.start();
    const next = await testGateway(endpoint.url, { store: s3.url, jobStore: createSqliteJobStore(database) });
    await expect
      .poll(async () => (await next.graphql('query ($id: ID!) { job(id: $id) { status interruptions } }', { id })).data)
      .toEqual({ job: { status: 'SUCCEEDED', interruptions: 1 } });
    expect(endpoint.calls).toHaveLength(2);
  });

  test('jobs that were in flight are taken up once it can tell whether they are done', async () => {
    const job = jobRecord({ owner: 'anonymous', status: 'RUNNING' });
    const jobStore = createSqliteJobStore(':memory:');
    await jobStore.create({ job, queueLimit: 1 });
    const s3 = await s3Server();
    const bytes = pngOf({ width: 64, height: 64 });
    await createS3ImageStore(s3.options).put(imageRecord(job, bytes), bytes);
    await s3.stop();
    const endpoint = await stubEndpoint();
    const { url, graphql } = await testGateway(endpoint.url, { store: s3.url, jobStore });
    expect(await ready(url)).toBe(503);
    await s3.start();
    await expect.poll(async () => ready(url)).toBe(200);
    expect((await graphql(jobById, { id: job.id })).data['job']).toMatchObject({ status: 'SUCCEEDED' });
    expect(endpoint.calls).toEqual([]);
  });

  test('the gateway is not ready, serves what it has in memory, and is ready again when it is back', async () => {
    const { s3, graphql, url } = await gatewayOnS3();
    const inMemory = (await graphql(generateImage, { input })).data['generateImage'];
    const notRead = (await graphql(generateImage, { input })).data['generateImage'];
    await fetch(String(inMemory?.['url']));
    expect(await ready(url)).toBe(200);
    await s3.stop();
    expect(await ready(url)).toBe(503);
    expect((await fetch(String(inMemory?.['url']))).status).toBe(200);
    const answer = await fetch(String(notRead?.['url']));
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('30');
    expect(await answer.json()).toMatchObject({
      code: 'storage_failed',
      hint: expect.stringContaining('Try again later'),
    });
    await s3.start();
    expect(await ready(url)).toBe(200);
    expect((await fetch(String(notRead?.['url']))).status).toBe(200);
  });

  test('an image cannot be deleted, and is still there afterwards', async () => {
    const { s3, graphql } = await gatewayOnS3();
    const { id, url } = (await graphql(generateImage, { input })).data['generateImage'] as Record<'id' | 'url', string>;
    const deleteImage = async () => graphql('mutation ($id: ID!) { deleteImage(id: $id) { __typename } }', { id });
    await s3.stop();
    expect((await deleteImage()).errors?.[0]?.extensions).toMatchObject({ code: 'STORAGE_FAILED' });
    await s3.start();
    expect((await fetch(url)).status).toBe(200);
    expect((await deleteImage()).data['deleteImage']).toEqual({ __typename: 'DeletedImage' });
    expect((await fetch(url)).status).toBe(404);
  });
});

describe('a gateway with images in S3', () => {
  test('lets the oldest go when there are too many, bytes and record', async () => {
    const { s3, graphql } = await gatewayOnS3({
      keepBytes: pngOf({ width: 64, height: 64 }).length * 2,
      sweepEvery: 20,
    });
    for (let count = 0; count < 4; count += 1) await graphql(generateImage, { input });
    const objects = () =>
      readdirSync(s3.objects, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('_object'));
    // Two images of two objects each, and the one by which the store is tried.
    await expect.poll(() => objects().length).toBe(5);
  });

  test('finds images again whose records were lost, where it is told to look', async () => {
    const s3 = await s3Server();
    const endpoint = await stubEndpoint();
    const open = async (adoptImages?: boolean) =>
      testGateway(endpoint.url, { store: s3.url, jobStore: createSqliteJobStore(':memory:'), adoptImages });
    const first = await open();
    await first.graphql(generateImage, { input });
    await first.gateway.close();
    const images = async ({ graphql }: typeof first) =>
      (await graphql('{ images { nodes { id } } }')).data['images']?.['nodes'];
    const told = await open(true);
    await expect.poll(async () => images(told)).toHaveLength(1);
    expect(await images(await open())).toEqual([]);
  });

  test('does not begin to serve with wrong settings', async () => {
    const s3 = await s3Server();
    const gateway = createGateway({
      endpoint: { url: 'http://127.0.0.1:9' },
      store: s3.url.replace('images', 'nobody-has-this'),
      jobStore: createSqliteJobStore(':memory:'),
      port: 0,
    });
    await expect(gateway.listen()).rejects.toThrow(ConfigurationError);
    await gateway.close();
  });

  test('begins to serve while the store is out of reach, and is ready when it comes', async () => {
    const s3 = await s3Server();
    await s3.stop();
    const { url } = await testGateway('http://127.0.0.1:9', {
      store: s3.url,
      jobStore: createSqliteJobStore(':memory:'),
    });
    expect(await ready(url)).toBe(503);
    await s3.start();
    expect(await ready(url)).toBe(200);
  });

  test('refuses to send callers to a directory', () => {
    expect(() =>
      createGateway({
        endpoint: { url: 'http://127.0.0.1:9' },
        store: temporaryDirectory(),
        serveImages: 'redirect',
      }),
    ).toThrow('serveImages: redirect sends callers to the store');
  });
});
