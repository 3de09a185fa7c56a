import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createGateway } from '../../src/index.ts';
import { createDiskImageStore } from '../../src/images/disk-image-store.ts';
import { newId } from '../../src/jobs/new-id.ts';
import { createRedisJobStore } from '../../src/redis/redis-job-store.ts';
import { redisKeys } from '../../src/redis/redis-keys.ts';
import { imageRecord, jobRecord } from '../../src/store-contract/index.ts';
import { subscribe } from '../../src/testing/events.ts';
import { keptLog } from '../../src/testing/kept-log.ts';
import { stubEndpoint } from '../../src/testing/stub-endpoint.ts';
import { askGraphql, type TestGateway } from '../../src/testing/test-gateway.ts';
import { startGatewayProcess } from '../gateway-life.ts';
import { movableAddress } from './movable-address.ts';
import { enqueueImage, heldEndpoint, input, leaseMs, machinesOn, imageMutation } from './machines.ts';
import { startRedis, type RedisServer } from './redis-server.ts';

let server: RedisServer;
beforeEach(async ({ onTestFinished: afterwards }) => {
  server = await startRedis();
  // After the machines, which were started later.
  afterwards(async () => server.remove());
});

const jobQuery = 'query ($id: ID!) { job(id: $id) { status interruptions error { code } image { warnings } } }';

async function jobAt(gateway: Pick<TestGateway, 'graphql'>, id: string) {
  return (await gateway.graphql(jobQuery, { id })).data['job'];
}

/** A machine in a process of its own, asked as the others are. */
function asGateway(url: string): Pick<TestGateway, 'graphql'> {
  return { graphql: async (...request) => askGraphql(url, ...request) };
}

/** A worker that was killed while the endpoint was at work for it, and who asked for the image. */
async function killedWorker() {
  const { endpoint, release } = await heldEndpoint();
  const machines = machinesOn(server, endpoint.url);
  const gateway = await machines.gateway();
  const doomed = startGatewayProcess({ ...machines.options, role: 'worker' });
  const id = await enqueueImage(gateway, { input });
  await expect.poll(() => endpoint.calls.length).toBe(1);
  await doomed.end('SIGKILL');
  return { endpoint, release, machines, gateway, id };
}

describe('Redis goes away', () => {
  test('requests are answered with what to do, and it recovers by itself', async () => {
    const endpoint = await stubEndpoint();
    const machines = machinesOn(server, endpoint.url);
    const [gateway] = [await machines.gateway(), await machines.worker()];
    const id = await enqueueImage(gateway, { input });
    await expect.poll(async () => jobAt(gateway, id)).toMatchObject({ status: 'SUCCEEDED' });
    await server.stop();

    for (const [query, variables, message, hint] of [
      [imageMutation, { input }, 'The job was not accepted', 'idempotencyKey'],
      ['query { jobs { nodes { id } } }', {}, 'The gateway cannot use its store', 'Try again later'],
    ] as const) {
      const { errors } = await gateway.graphql(query, variables);
      expect(errors?.[0]).toMatchObject({
        message: `${message}: the store does not respond.`,
        extensions: { code: 'STORAGE_FAILED', hint: expect.stringContaining(hint) },
      });
    }
    const predicted = await fetch(`${gateway.url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ inputs: 'a fox', height: 64, width: 64, guidance_scale: 7.5 }),
    });
    expect([predicted.status, predicted.headers.get('retry-after')]).toEqual([503, '30']);
    expect((await fetch(`${gateway.url}/ready`)).status).toBe(503);
    expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
    expect((await fetch(`${gateway.url}/metrics`)).status).toBe(200);

    await server.start();
    await expect.poll(async () => (await fetch(`${gateway.url}/ready`)).status).toBe(200);
    expect(await jobAt(gateway, id)).toMatchObject({ status: 'SUCCEEDED' });
    const { data } = await gateway.graphql(imageMutation, { input });
    expect(data['generateImage']?.['__typename']).toBe('Image');
  });

  test('a job in flight goes on for longer than its locks live, is made once, and its subscribers see the end', async () => {
    const { endpoint, release } = await heldEndpoint();
    const machines = machinesOn(server, endpoint.url);
    const { log, errors } = keptLog();
    const [gateway] = [await machines.gateway(), await machines.worker({ log }), await machines.worker({ log })];
    const id = await enqueueImage(gateway, { input });
    await expect.poll(() => endpoint.calls.length).toBe(1);
    const events = await subscribe(gateway.url, 'subscription ($id: ID!) { jobUpdated(id: $id) { status } }', { id });
    expect(await events.next()).toEqual({ status: 'RUNNING' });
    await server.stop();
    await sleep(leaseMs * 1.5);
    await server.start();
    // Long enough for another worker to have taken it up, had it been let.
    await sleep(leaseMs * 2);
    release();
    expect((await events.rest()).at(-1)).toEqual({ status: 'SUCCEEDED' });
    expect(endpoint.calls).toHaveLength(1);
    expect(await jobAt(gateway, id)).toMatchObject({ status: 'SUCCEEDED', interruptions: 0 });
    // Both workers lost their connections; that locks ran out meanwhile is no matter.
    expect(new Set(errors())).toEqual(new Set(['Redis cannot be reached; trying again.']));
  });

  test('an image that arrives meanwhile is kept until it can be recorded', async () => {
    const { endpoint, release } = await heldEndpoint();
    const machines = machinesOn(server, endpoint.url);
    const { log, lines } = keptLog();
    const [gateway] = [await machines.gateway(), await machines.worker({ storeAgainAfter: [100, 60_000], log })];
    const id = await enqueueImage(gateway, { input });
    await expect.poll(() => endpoint.calls.length).toBe(1);
    await server.stop();
    release();
    // Two tries fail meanwhile, after some two seconds each.
    await sleep(5_500);
    await server.start();
    await expect
      .poll(async () => jobAt(gateway, id).catch(() => undefined))
      .toMatchObject({
        status: 'SUCCEEDED',
        interruptions: 0,
      });
    expect(endpoint.calls).toHaveLength(1);
    // Once for the image, not for each try.
    expect(lines.filter((line) => line.includes('did not take what has to be kept'))).toHaveLength(1);
  });

  test('a caller who waits rides it out', async () => {
    const { endpoint, release } = await heldEndpoint();
    const machines = machinesOn(server, endpoint.url);
    const [gateway] = [await machines.gateway(), await machines.worker()];
    const answer = gateway.graphql(imageMutation, { input });
    await expect.poll(() => endpoint.calls.length).toBe(1);
    await server.stop();
    await server.start();
    release();
    expect((await answer).data['generateImage']).toMatchObject({ __typename: 'Image', warnings: [] });
  });

  test('a Redis that takes commands and does not answer is as good as gone, and comes back', async () => {
    const endpoint = await stubEndpoint();
    const machines = machinesOn(server, endpoint.url);
    const [gateway] = [await machines.gateway(), await machines.worker()];
    await gateway.graphql(imageMutation, { input });
    server.signal('SIGSTOP');
    const { errors } = await gateway.graphql(imageMutation, { input });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'STORAGE_FAILED' });
    server.signal('SIGCONT');
    const again = await gateway.graphql(imageMutation, { input });
    expect(again.data['generateImage']?.['__typename']).toBe('Image');
  });

  test('gateways and workers that are started first wait for it', async () => {
    await server.stop();
    const endpoint = await stubEndpoint();
    const machines = machinesOn(server, endpoint.url);
    const [gateway] = [await machines.gateway(), await machines.worker()];
    expect((await fetch(`${gateway.url}/ready`)).status).toBe(503);
    await server.start();
    await expect.poll(async () => (await fetch(`${gateway.url}/ready`)).status).toBe(200);
    const { data } = await gateway.graphql(imageMutation, { input });
    expect(data['generateImage']?.['__typename']).toBe('Image');
  });

  test('a gateway or a worker can be closed while it is away', async () => {
    const endpoint = await stubEndpoint();
    const machines = machinesOn(server, endpoint.url);
    const both = [await machines.gateway(), await machines.worker()];
    await both[0]?.graphql(imageMutation, { input });
    await server.stop();
    await Promise.all(both.map(async ({ gateway }) => gateway.close()));
  });

  test('a queue that has lost a job is filled up from the store', async () => {
    const endpoint = await stubEndpoint();
    const machines = machinesOn(server, endpoint.url);
    const [gateway] = [await machines.gateway(), await machines.worker()];
    // A gateway that was killed between the two leaves just this.
    const job = jobRecord({ owner: 'anonymous' });
    await createRedisJobStore(server.connect()).create({ job, queueLimit: 10 });
    await expect.poll(async () => jobAt(gateway, job.id)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('images are found again when all it held is lost', async () => {
    const endpoint = await stubEndpoint();
    const machines = machinesOn(server, endpoint.url);
    const first = await machines.all();
    const { data } = await first.graphql(imageMutation, { input });
    await first.gateway.close();
    await server.connect().flushall();
    const second = await machines.all();
    const images = async () => (await second.graphql('{ images { nodes { id } } }')).data['images'];
    await expect.poll(images).toEqual({ nodes: [{ id: data['generateImage']?.['id'] }] });
    // And without a start, too.
    await server.connect().flushall();
    await expect.poll(images).toEqual({ nodes: [{ id: data['generateImage']?.['id'] }] });
  });

  test('images are found again though the process that looks for them is killed on its way', async () => {
    const machines = machinesOn(server, 'http://127.0.0.1:9');
    const imageStore = createDiskImageStore(`${machines.options.store}/images`);
    const images = 3_000;
    const bytes = new Uint8Array(1_000);
    for (let n = 0; n < images; n += 1) await imageStore.put(imageRecord(jobRecord(), bytes), bytes);
    const redis = server.connect();
    const found = async () => redis.zcard(redisKeys.images);
    const lease = 500;
    const doomed = startGatewayProcess({ ...machines.options, role: 'gateway', lease });
    await expect.poll(found, { interval: 2 }).toBeGreaterThan(0);
    await doomed.end('SIGKILL');
    // Otherwise nothing was tried.
    expect(await found()).toBeLessThan(images);
    await machines.gateway({ lease });
    await expect.poll(found).toBe(images);
  });
});

describe('Redis fails over to a replica', () => {
  test('those who are still connected to the old primary find the new one, and go on', async () => {
    const replica = await startRedis();
    onTestFinished(async () => replica.remove());
    await replica.connect().replicaof('127.0.0.1', server.port);
    const address = await movableAddress(server.port);
    const endpoint = await stubEndpoint();
    const machines = machinesOn({ url: `redis://127.0.0.1:${address.port}/0` }, endpoint.url);
    const [gateway] = [await machines.gateway(), await machines.worker()];
    const id = await enqueueImage(gateway, { input });
    await expect.poll(async () => jobAt(gateway, id)).toMatchObject({ status: 'SUCCEEDED' });
    await server.connect().wait(1, 5_000);
    await replica.connect().replicaof('NO', 'ONE');
    address.target = replica.port;
    await server.connect().replicaof('127.0.0.1', replica.port);
    const { data } = await gateway.graphql(imageMutation, { input });
    expect(data['generateImage']?.['__typename']).toBe('Image');
    expect(await jobAt(gateway, id)).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('Redis is full', () => {
  test('new jobs are refused in plain words, jobs in flight end, and it goes on when there is room', async () => {
    const { endpoint, release } = await heldEndpoint();
    const machines = machinesOn(server, endpoint.url);
    const [gateway] = [await machines.gateway(), await machines.worker()];
    const id = await enqueueImage(gateway, { input });
    const waiting = await enqueueImage(gateway, { input });
    await expect.poll(() => endpoint.calls.length).toBe(1);
    const redis = server.connect();
    await redis.config('SET', 'maxmemory', '1mb');
    const { errors } = await gateway.graphql(imageMutation, { input });
    expect(errors?.[0]).toMatchObject({
      message: 'The job was not accepted: the store is full.',
      extensions: { code: 'STORAGE_FAILED', hint: expect.stringContaining('Nothing is billed') },
    });
    release();
    await expect.poll(async () => jobAt(gateway, id)).toMatchObject({ status: 'SUCCEEDED' });
    // The next in line is tried, and stays in line.
    await sleep(leaseMs);
    expect(await jobAt(gateway, waiting)).toMatchObject({ status: 'QUEUED' });
    expect(endpoint.calls).toHaveLength(1);
    await redis.config('SET', 'maxmemory', '0');
    await expect.poll(() => endpoint.calls.length).toBe(2);
    release();
    await expect.poll(async () => jobAt(gateway, waiting)).toMatchObject({ status: 'SUCCEEDED', interruptions: 0 });
    const later = gateway.graphql(imageMutation, { input });
    await expect.poll(() => endpoint.calls.length).toBe(3);
    release();
    expect((await later).data['generateImage']?.['__typename']).toBe('Image');
  });
});

describe('a worker', () => {
  test('that is killed in the middle of a job has it run again by another, once and marked', async () => {
    const { endpoint, release, machines, gateway, id } = await killedWorker();
    await machines.worker();
    await expect.poll(() => endpoint.calls.length).toBe(2);
    release();
    release();
    await expect
      .poll(async () => jobAt(gateway, id))
      .toMatchObject({
        status: 'SUCCEEDED',
        interruptions: 1,
        image: { warnings: [expect.stringContaining('may have billed it more than once')] },
      });
    expect(endpoint.calls).toHaveLength(2);
  });

  test.for([
    ['ahead', 60_000],
    ['behind', -60_000],
  ] as const)(
    'whose clock is a minute %s takes up what a killed one left, and dates it as the others do',
    async ([, ms]) => {
      const { endpoint, release, machines, gateway, id } = await killedWorker();
      const skew = `const now = Date.now; Date.now = () => now() + ${ms};`;
      startGatewayProcess({ ...machines.options, role: 'worker' }, skew);
      await expect.poll(() => endpoint.calls.length).toBe(2);
      release();
      release();
      await expect.poll(async () => jobAt(gateway, id)).toMatchObject({ status: 'SUCCEEDED', interruptions: 1 });
      const times = 'query ($id: ID!) { job(id: $id) { createdAt startedAt finishedAt } }';
      const { createdAt, startedAt, finishedAt } = (await gateway.graphql(times, { id })).data['job'] ?? {};
      const order = [createdAt, startedAt, finishedAt].map((time) => Date.parse(String(time)));
      expect(order).toEqual(order.toSorted((one, other) => one - other));
      expect(Number(order.at(-1)) - Number(order[0])).toBeLessThan(50_000);
    },
  );

  test('that is killed has its job failed instead, where the operator wants that', async () => {
    const { endpoint, machines, gateway, id } = await killedWorker();
    await machines.worker({ onInterrupted: 'fail' });
    await expect
      .poll(async () => jobAt(gateway, id))
      .toMatchObject({
        status: 'FAILED',
        interruptions: 1,
        error: { code: 'INTERRUPTED' },
      });
    expect(endpoint.calls).toHaveLength(1);
  });

  test('that is killed after it has stored the image costs no second one', async () => {
    const { endpoint, machines, gateway, id } = await killedWorker();
    const job = await createRedisJobStore(server.connect()).job(id);
    const bytes = new Uint8Array([1, 2, 3]);
    await createDiskImageStore(`${machines.options.store}/images`).put(imageRecord(job ?? jobRecord(), bytes), bytes);
    await machines.worker();
    await expect.poll(async () => jobAt(gateway, id)).toMatchObject({ status: 'SUCCEEDED' });
    expect(endpoint.calls).toHaveLength(1);
  });

  test('that hangs past its lock is replaced, and its late image is dropped', async () => {
    const { endpoint, release } = await heldEndpoint();
    const machines = machinesOn(server, endpoint.url);
    const gateway = await machines.gateway();
    const hanging = startGatewayProcess({ ...machines.options, role: 'worker', log: 'silent' });
    const id = await enqueueImage(gateway, { input });
    await expect.poll(() => endpoint.calls.length).toBe(1);
    hanging.process.kill('SIGSTOP');
    await machines.worker();
    await expect.poll(() => endpoint.calls.length).toBe(2);
    // The first run's answer lies at its door when it wakes.
    release();
    hanging.process.kill('SIGCONT');
    // Until it has woken up, has its image or has let go of it.
    await sleep(1_500);
    expect(await jobAt(gateway, id)).toMatchObject({ status: 'RUNNING', interruptions: 1, image: null });
    release();
    await expect
      .poll(async () => jobAt(gateway, id))
      .toMatchObject({
        status: 'SUCCEEDED',
        image: { warnings: [expect.stringContaining('billed')] },
      });
    expect((await gateway.graphql('{ images { nodes { id } } }')).data['images']?.['nodes']).toHaveLength(1);
    const stored: string[] = [];
    for await (const image of createDiskImageStore(`${machines.options.store}/images`).ids()) stored.push(image);
    expect(stored).toHaveLength(1);
  });

  test('that is told to end hands its job back at once, for another to run', async () => {
    const { endpoint, release } = await heldEndpoint();
    const machines = machinesOn(server, endpoint.url);
    const gateway = await machines.gateway();
    const leaving = await machines.worker({ lease: 60_000, drain: 50 });
    const id = await enqueueImage(gateway, { input });
    await expect.poll(() => endpoint.calls.length).toBe(1);
    const closed = leaving.gateway.close();
    await machines.worker({ lease: 60_000 });
    await closed;
    await expect.poll(() => endpoint.calls.length).toBe(2);
    release();
    release();
    await expect.poll(async () => jobAt(gateway, id)).toMatchObject({ status: 'SUCCEEDED', interruptions: 1 });
  });

  test('that is told to end lets its job end first, as long as it may', async () => {
    const { endpoint, release } = await heldEndpoint();
    const machines = machinesOn(server, endpoint.url);
    const gateway = await machines.gateway();
    const leaving = startGatewayProcess({ ...machines.options, role: 'worker', drain: 10_000 });
    const id = await enqueueImage(gateway, { input });
    await expect.poll(() => endpoint.calls.length).toBe(1);
    const ended = leaving.end('SIGTERM');
    await sleep(200);
    release();
    await ended;
    expect(leaving.process.exitCode).toBe(0);
    expect(await jobAt(gateway, id)).toMatchObject({ status: 'SUCCEEDED', interruptions: 0 });
    expect(endpoint.calls).toHaveLength(1);
  });
});

describe('a gateway', () => {
  test('that is killed under its subscribers leaves them another, which knows how it ended', async () => {
    const { endpoint, release } = await heldEndpoint();
    const machines = machinesOn(server, endpoint.url);
    const [other] = [await machines.gateway(), await machines.worker()];
    const doomed = startGatewayProcess({ ...machines.options, role: 'gateway' });
    const url = (await doomed.url) ?? '';
    const id = await enqueueImage(asGateway(url), { input });
    const query = 'subscription ($id: ID!) { jobUpdated(id: $id) { status } }';
    const events = await subscribe(url, query, { id });
    await events.next();
    await expect.poll(() => endpoint.calls.length).toBe(1);
    await doomed.end('SIGKILL');
    await expect(events.rest()).rejects.toThrow();
    const again = await subscribe(other.url, query, { id });
    expect(await again.next()).toEqual({ status: 'RUNNING' });
    release();
    expect((await again.rest()).at(-1)).toEqual({ status: 'SUCCEEDED' });
  });

  test('whose clock is a minute ahead orders, limits and expires as the others do', async () => {
    const endpoint = await stubEndpoint();
    const machines = machinesOn(server, endpoint.url);
    const [gateway] = [await machines.gateway(), await machines.worker()];
    const ahead = 'const now = Date.now; Date.now = () => now() + 60_000;';
    const early = startGatewayProcess({ ...machines.options, role: 'gateway' }, ahead);
    const skewed = asGateway((await early.url) ?? '');
    const ids = [
      await enqueueImage(gateway, { input }),
      await enqueueImage(skewed, { input }),
      await enqueueImage(gateway, { input }),
    ];
    const { data } = await gateway.graphql('{ jobs { nodes { id createdAt } } }');
    const jobs = data['jobs']?.['nodes'] as readonly { readonly id: string; readonly createdAt: string }[];
    expect(jobs.map(({ id }) => id)).toEqual(ids.toReversed());
    const [seconds] = await server.connect().time();
    for (const { createdAt } of jobs) {
      expect(Math.abs(Date.parse(createdAt) / 1_000 - Number(seconds))).toBeLessThan(30);
    }
  });

  test('of another version keeps what it does not know of a job', async () => {
    const { endpoint, release } = await heldEndpoint();
    const machines = machinesOn(server, endpoint.url);
    const [gateway] = [await machines.gateway(), await machines.worker()];
    const job = { ...jobRecord({ owner: 'anonymous', imageId: newId('img') }), priority: { of: 'a later version' } };
    const redis = server.connect();
    await createRedisJobStore(redis).create({ job, queueLimit: 10 });
    await expect.poll(() => endpoint.calls.length).toBe(1);
    release();
    await expect.poll(async () => jobAt(gateway, job.id)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await redis.hget(redisKeys.job(job.id), 'priority')).toBe(JSON.stringify(job.priority));
  });

  test('does not touch what a version has written that it cannot live with', async () => {
    await server.connect().set('{tintype}:format', 99);
    const { lines, log } = keptLog();
    const machines = machinesOn(server, 'http://127.0.0.1:9');
    const { url } = await machines.all({ log });
    expect((await fetch(`${url}/ready`)).status).toBe(503);
    await expect.poll(() => lines.join('')).toContain('The data in Redis has format 99');
  });
});

describe('what is logged', () => {
  test('a Redis that may lose jobs is called so, with what to set', async () => {
    const redis = server.connect();
    await redis.config('SET', 'appendonly', 'no');
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const { lines, log } = keptLog();
    await machinesOn(server, 'http://127.0.0.1:9').all({ log });
    await expect.poll(() => lines.join('')).toContain('Set appendonly yes');
    await expect.poll(() => lines.join('')).toContain('Set maxmemory-policy noeviction');
  });

  test('a Redis as it should be is not spoken of', async () => {
    const { lines, log } = keptLog();
    const { url } = await machinesOn(server, 'http://127.0.0.1:9').all({ log });
    await expect.poll(async () => (await fetch(`${url}/ready`)).status).toBe(200);
    expect(lines.filter((line) => /redis/i.test(line))).toEqual([]);
  });

  test('that jobs wait for a worker that is not there, once, and that one has come', async () => {
    const endpoint = await stubEndpoint();
    const machines = machinesOn(server, endpoint.url);
    const { lines, log } = keptLog('info');
    const gateway = await machines.gateway({ log, lease: 500 });
    const said = (words: string) => lines.filter((line) => line.includes(words)).length;
    await enqueueImage(gateway, { input });
    await expect.poll(() => said('no worker to run them')).toBe(1);
    // Longer than the gateway takes to look again, twice.
    await sleep(1_500);
    expect(said('no worker to run them')).toBe(1);
    expect(said('No job waits')).toBe(0);
    await machines.worker({ lease: 500 });
    await expect.poll(() => said('No job waits')).toBe(1);
  });

  test('no password, no prompt and no key, whatever fails', async () => {
    await server.connect().config('SET', 'requirepass', 'therightsecret');
    const { lines, log } = keptLog();
    const gateway = createGateway({
      endpoint: { url: 'http://127.0.0.1:9' },
      redisUrl: server.url.replace('//', '//:thewrongsecret@'),
      log,
    });
    onTestFinished(async () => gateway.close());
    const answer = await gateway.fetch(
      new Request('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: imageMutation, variables: { input: { ...input, prompt: 'a secret fox' } } }),
      }),
    );
    const text = (await answer.text()) + lines.join('');
    expect(text).toContain('WRONGPASS');
    expect(text).not.toMatch(/secret/);
  });

  test('that Redis is gone, once, and that it is back, whoever asks meanwhile', async () => {
    const { lines, log, errors } = keptLog();
    const { url, graphql } = await machinesOn(server, 'http://127.0.0.1:9').all({ log, lease: 500 });
    const ready = async () => (await fetch(`${url}/ready`)).status;
    const said = (words: string) => lines.filter((line) => line.includes(words)).length;
    await expect.poll(ready).toBe(200);
    await server.stop();
    await expect.poll(() => said('Redis cannot be reached')).toBe(1);
    // Each waits for it a while: several leases, after each of which it looks for what may be missing.
    expect([await ready(), await ready()]).toEqual([503, 503]);
    for (const { errors: told } of [await graphql(imageMutation, { input }), await graphql(imageMutation, { input })])
      expect(told).toHaveLength(1);
    expect(errors().toSorted()).toEqual([
      'Redis cannot be reached; trying again.',
      'Requests cannot be served: the store is out of reach.',
      'The store of jobs cannot be used.',
    ]);
    await server.start();
    await expect.poll(ready).toBe(200);
    // It is back when all connections are; one is enough for the store.
    await expect.poll(() => [said('Redis is back'), said('The store of jobs can be used again')]).toEqual([1, 1]);
  });
});
