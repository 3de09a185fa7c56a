import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createDiskImageStore } from '../images/disk-image-store.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import { createSqliteJobStore } from '../sqlite/sqlite-job-store.ts';
import { imageRecord, jobRecord } from '../store-contract/index.ts';
import { pngOf } from '../testing/png.ts';
import { answerImage, stubEndpoint } from '../testing/stub-endpoint.ts';
import { generateImage, temporaryDirectory, testGateway } from '../testing/test-gateway.ts';

const input = { prompt: 'a red fox', width: 64, height: 64 };
const jobById = 'query ($id: ID!) { job(id: $id) { status interruptions image { id url warnings } error { code } } }';

/** A store as a gateway leaves it that was killed with these jobs in it. */
async function storeWith(jobs: readonly JobRecord[]): Promise<string> {
  const store = temporaryDirectory();
  const jobStore = createSqliteJobStore(path.join(store, 'tintype.db'));
  for (const job of jobs) await jobStore.create({ job, queueLimit: 100 });
  await jobStore.close();
  return store;
}

const anonymousJob = (change: Partial<JobRecord> = {}) => jobRecord({ owner: 'anonymous', ...change });

describe('after a crash', () => {
  test('queued jobs run, in their order', async () => {
    const jobs = ['one', 'two', 'three'].map((prompt, createdAt) =>
      anonymousJob({ createdAt, request: { ...jobRecord().request, prompt } }),
    );
    const endpoint = await stubEndpoint();
    const { graphql } = await testGateway(endpoint.url, { store: await storeWith(jobs) });
    await expect
      .poll(async () => (await graphql(jobById, { id: jobs[2]?.id })).data['job'])
      .toMatchObject({ status: 'SUCCEEDED', interruptions: 0 });
    expect(endpoint.calls.map(({ body }) => body['inputs'])).toEqual(['one', 'two', 'three']);
  });

  test.for(['RUNNING', 'WAITING'] as const)('a job that was %s runs again, once, and is marked', async (status) => {
    const job = anonymousJob({ status, startedAt: 1_000, dispatches: 1 });
    const endpoint = await stubEndpoint();
    const { graphql } = await testGateway(endpoint.url, { store: await storeWith([job]) });
    await expect
      .poll(async () => (await graphql(jobById, { id: job.id })).data['job'])
      .toMatchObject({
        status: 'SUCCEEDED',
        interruptions: 1,
        image: { warnings: [expect.stringContaining('may have billed it more than once')] },
      });
    expect(endpoint.calls).toHaveLength(1);
  });

  test('a job that was in flight fails where the operator says so', async () => {
    const job = anonymousJob({ status: 'RUNNING' });
    const endpoint = await stubEndpoint();
    const { graphql } = await testGateway(endpoint.url, { store: await storeWith([job]), onInterrupted: 'fail' });
    await expect
      .poll(async () => (await graphql(jobById, { id: job.id })).data['job'])
      .toMatchObject({ status: 'FAILED', error: { code: 'INTERRUPTED' } });
    expect(endpoint.calls).toEqual([]);
  });

  test('an image that was stored just before is found, and not paid for again', async () => {
    const job = anonymousJob({ status: 'RUNNING' });
    const store = await storeWith([job]);
    const bytes = pngOf({ width: 64, height: 64 });
    await createDiskImageStore(path.join(store, 'images')).put(imageRecord(job, bytes), bytes);
    const endpoint = await stubEndpoint();
    const { graphql } = await testGateway(endpoint.url, { store });
    await expect
      .poll(async () => (await graphql(jobById, { id: job.id })).data['job'])
      .toMatchObject({ status: 'SUCCEEDED', interruptions: 0, image: { id: job.imageId } });
    expect(endpoint.calls).toEqual([]);
  });

  test('images are found again when the database is lost', async () => {
    const endpoint = await stubEndpoint();
    const first = await testGateway(endpoint.url);
    const { data } = await first.graphql(generateImage, { input });
    await first.gateway.close();
    for (const file of readdirSync(first.store))
      if (file.startsWith('tintype.db')) rmSync(path.join(first.store, file));
    const second = await testGateway(endpoint.url, { store: first.store });
    const images = async () =>
      (await second.graphql('{ images { nodes { id parameters { prompt } } } }')).data['images'];
    await expect
      .poll(images)
      .toEqual({ nodes: [{ id: data['generateImage']?.['id'], parameters: { prompt: 'a red fox' } }] });
  });
});

describe('going down', () => {
  test('is not ready, lets the running job end, answers who waits, and leaves the rest for the next start', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const endpoint = await stubEndpoint(async (call, response, calls) => {
      await held;
      answerImage(call, response, calls);
    });
    const { gateway, graphql, store } = await testGateway(endpoint.url, { drain: 20_000 });
    const running = graphql(generateImage, { input: { ...input, idempotencyKey: 'running' } });
    await expect.poll(() => endpoint.calls.length).toBe(1);
    const queued = graphql(generateImage, { input: { ...input, idempotencyKey: 'queued' } });
    await expect.poll(async () => (await graphql('{ jobs { nodes { id } } }')).data['jobs']?.['nodes']).toHaveLength(2);
    const closed = gateway.close();
    expect((await gateway.fetch(new Request('http://127.0.0.1/ready'))).status).toBe(503);
    for (const waiting of [running, queued]) {
      expect((await waiting).data['generateImage']).toMatchObject({ __typename: 'GenerationPending' });
    }
    release();
    await closed;
    expect(endpoint.calls).toHaveLength(1);
    endpoint.handler = answerImage;
    const next = await testGateway(endpoint.url, { store });
    const answers = [];
    for (const idempotencyKey of ['running', 'queued']) {
      answers.push((await next.graphql(generateImage, { input: { ...input, idempotencyKey } })).data['generateImage']);
    }
    expect(answers).toMatchObject([
      { __typename: 'Image', warnings: [] },
      { __typename: 'Image', warnings: [] },
    ]);
    expect(endpoint.calls).toHaveLength(2);
  });

  test('hands back what does not end in time, marked', async () => {
    const endpoint = await stubEndpoint(() => undefined);
    const { gateway, graphql, store } = await testGateway(endpoint.url, { wait: 0 });
    const { data } = await graphql(generateImage, { input });
    const id = (data['generateImage']?.['job'] as { readonly id: string } | undefined)?.id;
    await expect.poll(() => endpoint.calls.length).toBe(1);
    await gateway.close();
    endpoint.handler = answerImage;
    const next = await testGateway(endpoint.url, { store });
    await expect
      .poll(async () => (await next.graphql(jobById, { id })).data['job'])
      .toMatchObject({ status: 'SUCCEEDED', interruptions: 1 });
  });

  test('under load loses nothing: whoever asked gets their image from the next start', async () => {
    const endpoint = await stubEndpoint();
    const { gateway, graphql, store } = await testGateway(endpoint.url, { concurrency: 4 });
    const inputs = Array.from({ length: 30 }, (_, n) => ({
      ...input,
      prompt: `image ${n}`,
      idempotencyKey: `key ${n}`,
    }));
    const asked = inputs.map(async (one) => graphql(generateImage, { input: one }).catch(() => undefined));
    await expect.poll(() => endpoint.calls.length).toBeGreaterThan(5);
    await gateway.close();
    await Promise.all(asked);
    const next = await testGateway(endpoint.url, { store, concurrency: 4 });
    const answers = await Promise.all(inputs.map(async (one) => next.graphql(generateImage, { input: one })));
    expect(new Set(answers.map(({ data }) => data['generateImage']?.['__typename']))).toEqual(new Set(['Image']));
    const callsOfPrompt = Map.groupBy(endpoint.calls, ({ body }) => body['inputs']);
    // What was in flight may be asked for once more; at most four were.
    expect(Math.max(...[...callsOfPrompt.values()].map(({ length }) => length))).toBeLessThanOrEqual(2);
    expect(endpoint.calls.length).toBeLessThanOrEqual(inputs.length + 4);
  });

  test('twice is once', async () => {
    const endpoint = await stubEndpoint();
    const { gateway } = await testGateway(endpoint.url);
    await Promise.all([gateway.close(), gateway.close()]);
  });
});

describe('retention', () => {
  test('lets the oldest images go when there are too many, bytes and all', async () => {
    const endpoint = await stubEndpoint();
    const size = pngOf({ width: 64, height: 64 }).length;
    const { graphql, store } = await testGateway(endpoint.url, { keepBytes: size * 2, sweepEvery: 20 });
    const urls: string[] = [];
    for (let count = 0; count < 4; count += 1) {
      const { data } = await graphql(generateImage, { input });
      urls.push(String(data['generateImage']?.['url']));
    }
    const statuses = async () => Promise.all(urls.map(async (url) => (await fetch(url)).status));
    await expect.poll(statuses).toEqual([404, 404, 200, 200]);
    const files = readdirSync(path.join(store, 'images'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => file.endsWith('.bin'))).toHaveLength(2);
    expect((await graphql('{ images { nodes { id } } }')).data['images']?.['nodes']).toHaveLength(2);
  });

  test('lets old images and jobs go', async () => {
    const endpoint = await stubEndpoint();
    const { graphql } = await testGateway(endpoint.url, { keepFor: 1, sweepEvery: 20 });
    await graphql(generateImage, { input });
    const left = async () => (await graphql('{ images { nodes { id } } jobs { nodes { id } } }')).data;
    await expect.poll(left).toEqual({ images: { nodes: [] }, jobs: { nodes: [] } });
  });
});
