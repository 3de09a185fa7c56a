import { describe, expect, test } from 'vitest';
import { answerImage, stubEndpoint } from '../../src/testing/stub-endpoint.ts';
import { s3Server } from '../../src/testing/s3-server.ts';
import { generateImage } from '../../src/testing/test-gateway.ts';
import { machinesOn } from './machines.ts';
import { redisOfFile } from './redis-server.ts';

const server = redisOfFile();

const input = { prompt: 'a red fox', width: 64, height: 64 };
const enqueue = 'mutation ($input: GenerateImageInput!) { enqueueImage(input: $input) { ... on Job { id } } }';
const jobById = 'query ($id: ID!) { job(id: $id) { status interruptions image { id url } } }';

describe('gateways and workers on one Redis and one bucket', () => {
  test('an image that a worker put there is served by any gateway, and gone from all when it is deleted', async () => {
    const { url: store } = await s3Server();
    const endpoint = await stubEndpoint();
    const machines = machinesOn(server(), endpoint.url);
    const [one, other] = [await machines.gateway({ store }), await machines.gateway({ store })];
    await machines.worker({ store });
    const image = (await one.graphql(generateImage, { input })).data['generateImage'];
    const urls = [one, other].map(({ url }) => `${url}/images/${String(image?.['id'])}`);
    const statuses = async () => Promise.all(urls.map(async (url) => (await fetch(url)).status));
    expect(await statuses()).toEqual([200, 200]);
    await other.graphql('mutation ($id: ID!) { deleteImage(id: $id) { __typename } }', { id: image?.['id'] });
    await expect.poll(statuses).toEqual([404, 404]);
  });

  test('an image that is finished while the bucket is out of reach is kept by its worker, beyond its lease, and paid for once', async () => {
    const s3 = await s3Server();
    const endpoint = await stubEndpoint();
    const machines = machinesOn(server(), endpoint.url);
    const gateway = await machines.gateway({ store: s3.url });
    const storeAgainAfter = Array.from({ length: 100 }, () => 100);
    for (let count = 0; count < 2; count += 1) await machines.worker({ store: s3.url, storeAgainAfter });
    await s3.stop();
    const id = String((await gateway.graphql(enqueue, { input })).data['enqueueImage']?.['id']);
    await expect.poll(() => endpoint.calls.length).toBe(1);
    // Longer than a worker may be silent.
    await new Promise((resolve) => {
      setTimeout(resolve, 2_500);
    });
    const job = async () => (await gateway.graphql(jobById, { id })).data['job'];
    expect(await job()).toMatchObject({ status: 'RUNNING' });
    await s3.start();
    await expect.poll(job).toMatchObject({ status: 'SUCCEEDED', interruptions: 0 });
    expect(endpoint.calls).toHaveLength(1);
  });

  test('a worker that goes down with an image in hand leaves its job to another, marked', async () => {
    const s3 = await s3Server();
    const endpoint = await stubEndpoint();
    const machines = machinesOn(server(), endpoint.url);
    const gateway = await machines.gateway({ store: s3.url });
    const worker = await machines.worker({ store: s3.url, storeAgainAfter: [600_000] });
    await s3.stop();
    const id = String((await gateway.graphql(enqueue, { input })).data['enqueueImage']?.['id']);
    await expect.poll(() => endpoint.calls.length).toBe(1);
    await worker.gateway.close();
    await s3.start();
    endpoint.handler = answerImage;
    await machines.worker({ store: s3.url });
    await expect
      .poll(async () => (await gateway.graphql(jobById, { id })).data['job'])
      .toMatchObject({ status: 'SUCCEEDED', interruptions: 1 });
    expect(endpoint.calls).toHaveLength(2);
  });

  test('images are found again in the bucket when Redis was lost', async () => {
    const { url: store } = await s3Server();
    const endpoint = await stubEndpoint();
    const machines = machinesOn(server(), endpoint.url);
    const [before, worker] = [await machines.gateway({ store }), await machines.worker({ store })];
    const image = (await before.graphql(generateImage, { input })).data['generateImage'];
    await Promise.all([before.gateway.close(), worker.gateway.close()]);
    await server().connect().flushall();
    const after = await machines.gateway({ store });
    await expect
      .poll(async () => (await after.graphql('{ images { nodes { id } } }')).data['images']?.['nodes'])
      .toEqual([{ id: image?.['id'] }]);
  });

  test('old images are swept by one of many, not by each', async () => {
    const s3 = await s3Server();
    const endpoint = await stubEndpoint();
    const machines = machinesOn(server(), endpoint.url);
    const retention = { store: s3.url, keepFor: 1, sweepEvery: 2_000 };
    const gateways = [];
    for (let count = 0; count < 4; count += 1) gateways.push(await machines.gateway(retention));
    await machines.worker(retention);
    const [first] = gateways;
    const asked = Array.from({ length: 40 }, async () => first?.graphql(generateImage, { input }));
    await Promise.all(asked);
    const deleted = () => s3.requests.filter((request) => /^DELETE .*\.bin$/.test(request));
    await expect.poll(() => new Set(deleted()).size).toBe(40);
    // Each of five would make two hundred. All five share one event loop here: where that is busy, a turn may run out.
    expect(deleted().length).toBeLessThan(80);
  });
});
