import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { subscribe } from '../../src/testing/events.ts';
import { answerImage, stubEndpoint } from '../../src/testing/stub-endpoint.ts';
import { generateImage } from '../../src/testing/test-gateway.ts';
import { enqueueImage, heldEndpoint, input, leaseMs, machinesOn, imageMutation } from './machines.ts';
import { redisOfFile } from './redis-server.ts';

const server = redisOfFile();

describe('gateways and workers on one Redis', () => {
  test('a job asked for at one gateway is run by a worker, and its image served by another gateway', async () => {
    const endpoint = await stubEndpoint();
    const machines = machinesOn(server(), endpoint.url);
    const [one, other] = [await machines.gateway(), await machines.gateway(), await machines.worker()];
    const { data } = await one.graphql(generateImage, { input });
    const made = data['generateImage'] ?? {};
    expect(made['__typename']).toBe('Image');
    const image = await fetch(`${other.url}/images/${String(made['id'])}`);
    expect((await image.arrayBuffer()).byteLength).toBe(made['byteLength']);
    const listed = await other.graphql('{ images { nodes { id } } jobs(status: SUCCEEDED) { nodes { id } } }');
    expect(listed.data['images']?.['nodes']).toEqual([{ id: made['id'] }]);
    expect(listed.data['jobs']?.['nodes']).toHaveLength(1);
  });

  test('one process may do both', async () => {
    const endpoint = await stubEndpoint();
    const { all } = machinesOn(server(), endpoint.url);
    const { data } = await (await all()).graphql(generateImage, { input });
    expect(data['generateImage']?.['__typename']).toBe('Image');
  });

  test('a subscription at any gateway follows the job to its end', async () => {
    const { endpoint, release } = await heldEndpoint();
    const machines = machinesOn(server(), endpoint.url);
    const [one, other] = [await machines.gateway(), await machines.gateway()];
    const id = await enqueueImage(one, { input });
    const events = await subscribe(other.url, 'subscription ($id: ID!) { jobUpdated(id: $id) { status } }', { id });
    expect(await events.next()).toEqual({ status: 'QUEUED' });
    await machines.worker();
    await expect.poll(() => endpoint.calls.length).toBe(1);
    release();
    const rest = await events.rest();
    expect(rest.at(-1)).toEqual({ status: 'SUCCEEDED' });
    expect(rest).toContainEqual({ status: 'RUNNING' });
  });

  test('whoever waits in line is told by any gateway when the line moves', async () => {
    const { endpoint, release } = await heldEndpoint();
    const machines = machinesOn(server(), endpoint.url);
    const [one, other] = [await machines.gateway(), await machines.gateway(), await machines.worker()];
    await enqueueImage(one, { input });
    await expect.poll(() => endpoint.calls.length).toBe(1);
    const [second, third] = [await enqueueImage(one, { input }), await enqueueImage(other, { input })];
    const query = 'subscription ($id: ID!) { jobUpdated(id: $id) { status queuePosition } }';
    const events = await subscribe(other.url, query, { id: third });
    expect(await events.next()).toEqual({ status: 'QUEUED', queuePosition: 2 });
    release();
    await expect.poll(events.next).toEqual({ status: 'QUEUED', queuePosition: 1 });
    const { data } = await one.graphql('query ($id: ID!) { job(id: $id) { queuePosition } }', { id: second });
    expect(data['job']).toEqual({ queuePosition: null });
  });

  test('of requests with one key at many gateways one costs an image', async () => {
    const endpoint = await stubEndpoint();
    const machines = machinesOn(server(), endpoint.url);
    await machines.worker({ concurrency: 4 });
    const gateways = await Promise.all([machines.gateway(), machines.gateway(), machines.gateway()]);
    const answers = await Promise.all(
      Array.from({ length: 12 }, async (_, n) =>
        gateways[n % 3]?.graphql(generateImage, { input: { ...input, idempotencyKey: 'one' } }),
      ),
    );
    expect(new Set(answers.map((answer) => answer?.data['generateImage']?.['id'])).size).toBe(1);
    expect(endpoint.calls).toHaveLength(1);
    const conflict = await gateways[1].graphql(generateImage, {
      input: { ...input, prompt: 'a blue fox', idempotencyKey: 'one' },
    });
    expect(conflict.data['generateImage']).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  });

  test('canceling at any gateway reaches the worker that runs the job', async () => {
    const { endpoint } = await heldEndpoint();
    const machines = machinesOn(server(), endpoint.url);
    const [one, other] = [await machines.gateway(), await machines.gateway(), await machines.worker()];
    const id = await enqueueImage(one, { input });
    await expect.poll(() => endpoint.calls.length).toBe(1);
    await other.graphql('mutation ($id: ID!) { cancelJob(id: $id) { __typename } }', { id });
    await expect.poll(() => endpoint.calls[0]?.hungUp).toBe(true);
    const { data } = await one.graphql('query ($id: ID!) { job(id: $id) { status } }', { id });
    expect(data['job']).toEqual({ status: 'CANCELED' });
  });

  test('canceling a job that waits takes it out of the line', async () => {
    const endpoint = await stubEndpoint();
    const machines = machinesOn(server(), endpoint.url);
    const one = await machines.gateway();
    const id = await enqueueImage(one, { input });
    await one.graphql('mutation ($id: ID!) { cancelJob(id: $id) { __typename } }', { id });
    await machines.worker();
    const { data } = await one.graphql(generateImage, { input: { ...input, prompt: 'next' } });
    expect(data['generateImage']?.['__typename']).toBe('Image');
    expect(endpoint.calls.map(({ body }) => body['inputs'])).toEqual(['next']);
  });

  test('workers together ask for no more images at once than the concurrency', async () => {
    let [atOnce, most] = [0, 0];
    const endpoint = await stubEndpoint(async (call, response, calls) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await sleep(20);
      atOnce -= 1;
      answerImage(call, response, calls);
    });
    const machines = machinesOn(server(), endpoint.url);
    const gateway = await machines.gateway();
    for (let n = 0; n < 3; n += 1) await machines.worker({ concurrency: 2 });
    await Promise.all(Array.from({ length: 20 }, async () => gateway.graphql(imageMutation, { input })));
    expect(endpoint.calls).toHaveLength(20);
    expect(most).toBe(2);
  });

  test('each worker takes its part of them, and all when it is alone', async () => {
    const { endpoint, release } = await heldEndpoint();
    const machines = machinesOn(server(), endpoint.url);
    const gateway = await machines.gateway();
    const [one, other] = [await machines.worker({ concurrency: 4 }), await machines.worker({ concurrency: 4 })];
    const running = async ({ url }: typeof one) => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(/tintype_jobs_running (\d+)/.exec(text)?.[1]);
    };
    // Until each has heard of the other.
    await expect.poll(async () => server().connect().zcard('{tintype}:workers:jobs-default')).toBe(2);
    await sleep(leaseMs / 2);
    for (let n = 0; n < 8; n += 1) await enqueueImage(gateway, { input });
    await expect.poll(() => endpoint.calls.length).toBe(4);
    expect([await running(one), await running(other)]).toEqual([2, 2]);
    const closed = other.gateway.close();
    await expect.poll(async () => running(one)).toBe(4);
    for (let n = 0; n < 8; n += 1) release();
    await closed;
  });

  const apiKeys = ['ann', 'bob', 'cyd'].map((name) => ({
    name,
    key: `the key of ${name}, long enough`.replaceAll(' ', '-'),
  }));
  const as = (name: string) => ({
    headers: { authorization: `Bearer ${apiKeys.find((key) => key.name === name)?.key}` },
  });

  test('owners take turns, at whichever gateway they ask', async () => {
    const { endpoint, release, prompts } = await heldEndpoint();
    const machines = machinesOn(server(), endpoint.url);
    const gateways = [await machines.gateway({ apiKeys }), await machines.gateway({ apiKeys })];
    await machines.worker();
    const ask = async (name: string, count: number) => {
      for (let n = 1; n <= count; n += 1) {
        const prompt = `${name} ${n}`;
        await enqueueImage(gateways[n % 2], { input: { ...input, prompt }, init: as(name) });
      }
    };
    await ask('ann', 4);
    await expect.poll(() => endpoint.calls.length).toBe(1);
    await ask('bob', 2);
    await ask('cyd', 1);
    for (let n = 1; n <= 7; n += 1) {
      await expect.poll(() => endpoint.calls.length).toBe(n);
      release();
    }
    // Ann's first was being served when the others came.
    expect(prompts()).toEqual(['ann 1', 'ann 2', 'bob 1', 'cyd 1', 'ann 3', 'bob 2', 'ann 4']);
  });

  test('turns go on where they were when they are counted from the beginning again', async () => {
    const { endpoint, release, prompts } = await heldEndpoint();
    const machines = machinesOn(server(), endpoint.url);
    const gateway = await machines.gateway({ apiKeys });
    await server().connect().hset('{tintype}:turns:jobs-default', { ':now': 999_997, ann: 999_997 });
    for (const prompt of ['ann 1', 'ann 2', 'ann 3', 'ann 4', 'ann 5'])
      await enqueueImage(gateway, { input: { ...input, prompt }, init: as('ann') });
    await enqueueImage(gateway, { input: { ...input, prompt: 'bob 1' }, init: as('bob') });
    await machines.worker();
    for (let n = 1; n <= 6; n += 1) {
      await expect.poll(() => endpoint.calls.length).toBe(n);
      release();
    }
    expect(prompts()).toEqual(['ann 1', 'bob 1', 'ann 2', 'ann 3', 'ann 4', 'ann 5']);
  });

  test('one owner has no more images made at once than the limit for each, and holds up no one else', async () => {
    const { endpoint, release, prompts } = await heldEndpoint();
    const machines = machinesOn(server(), endpoint.url);
    const gateway = await machines.gateway({ apiKeys });
    for (const prompt of ['ann 1', 'ann 2', 'ann 3'])
      await enqueueImage(gateway, { input: { ...input, prompt }, init: as('ann') });
    await enqueueImage(gateway, { input: { ...input, prompt: 'bob 1' }, init: as('bob') });
    const limits = { concurrency: 4, concurrencyPerOwner: 1 };
    await machines.worker(limits);
    await machines.worker(limits);
    await expect
      .poll(() =>
        prompts()
          .map((prompt) => prompt.slice(0, 3))
          .toSorted(),
      )
      .toEqual(['ann', 'bob']);
    // Twice as long as a job that has to stand back does.
    await sleep(1_000);
    expect(endpoint.calls).toHaveLength(2);
    release();
    release();
    await expect.poll(() => endpoint.calls.length).toBe(3);
  });

  test('gateways count together what an owner asks for in a minute', async () => {
    const machines = machinesOn(server(), 'http://127.0.0.1:9');
    const gateways = [await machines.gateway({ rateLimit: 3 }), await machines.gateway({ rateLimit: 3 })];
    const kinds: unknown[] = [];
    for (let n = 0; n < 4; n += 1) {
      const answer = await gateways[n % 2]?.graphql(
        'mutation ($input: GenerateImageInput!) { enqueueImage(input: $input) { __typename } }',
        { input },
      );
      kinds.push(answer?.data['enqueueImage']?.['__typename']);
    }
    expect(kinds).toEqual(['Job', 'Job', 'Job', 'RateLimitedError']);
  });

  test('an image deleted at one gateway is gone from the memory of all', async () => {
    const endpoint = await stubEndpoint();
    const machines = machinesOn(server(), endpoint.url);
    const [one, other] = [await machines.gateway(), await machines.gateway(), await machines.worker()];
    const { data } = await one.graphql(generateImage, { input });
    const id = String(data['generateImage']?.['id']);
    const status = async () => (await fetch(`${other.url}/images/${id}`)).status;
    expect(await status()).toBe(200);
    await one.graphql('mutation ($id: ID!) { deleteImage(id: $id) { __typename } }', { id });
    await expect.poll(status).toBe(404);
  });

  test('a worker answers those who look after it, and no one else', async () => {
    const { worker } = machinesOn(server(), 'http://127.0.0.1:9');
    const { url } = await worker({ apiKeys });
    const status = async (path: string, init?: RequestInit) => (await fetch(`${url}${path}`, init)).status;
    await expect.poll(async () => status('/ready')).toBe(200);
    expect(await status('/health')).toBe(200);
    expect(await status('/metrics', as('ann'))).toBe(200);
    for (const path of ['/graphql', '/predict', '/images/img_x', '/']) expect(await status(path, as('ann'))).toBe(404);
    expect(await (await fetch(`${url}/graphql`)).json()).toMatchObject({
      error: expect.stringContaining('is a worker'),
    });
  });
});
