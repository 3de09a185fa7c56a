import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { GatewayOptions } from '../../src/index.ts';
import { createDiskImageStore } from '../../src/images/disk-image-store.ts';
import { createRedisJobStore } from '../../src/redis/redis-job-store.ts';
import { subscribe } from '../../src/testing/events.ts';
import { answerImage, stubEndpoint } from '../../src/testing/stub-endpoint.ts';
import { askGraphql } from '../../src/testing/test-gateway.ts';
import { startGatewayProcess, type GatewayLife } from '../gateway-life.ts';
import { judge } from '../verdict.ts';
import { enqueueImage, machinesOn } from './machines.ts';
import { startRedis } from './redis-server.ts';

/** `pnpm soak` sets 100. */
const kills = Number(process.env['KILLS'] ?? 20);
const redisRestarts = kills / 10;
/** Enough that jobs are queued, in flight and done at every kill. */
const keysPerKill = 6;
/** Longer than a process of a busy machine is ever kept waiting: who is silent for so long is dead. */
const lease = 8_000;

interface Machine {
  readonly role: 'gateway' | 'worker';
  life: GatewayLife;
  /** Its address, once it listens. */
  url: string | undefined;
}

test(`three gateways and two workers keep their promises through ${kills} kills and ${redisRestarts} restarts of Redis`, async ({
  onTestFinished,
}) => {
  const server = await startRedis();
  onTestFinished(async () => server.remove());
  const arrivalsOfKey = new Map<string, number[]>();
  const endpoint = await stubEndpoint(async (call, response, calls) => {
    const key = String(call.body['inputs']);
    arrivalsOfKey.set(key, [...(arrivalsOfKey.get(key) ?? []), Date.now()]);
    await sleep(Math.random() * 120);
    answerImage(call, response, calls);
  });
  const options: GatewayOptions = { ...machinesOn(server, endpoint.url).options, lease, concurrency: 16 };
  const start = (machine: Machine): void => {
    const life = startGatewayProcess({ ...options, role: machine.role });
    Object.assign(machine, { life, url: undefined });
    void life.url.then((url) => {
      if (machine.life === life) machine.url = url;
    });
  };
  const roles = ['gateway', 'gateway', 'gateway', 'worker', 'worker'] as const;
  const machines = roles.map((role): Machine => {
    const machine = { role, life: startGatewayProcess({ ...options, role }), url: undefined };
    void machine.life.url.then((url) => Object.assign(machine, { url }));
    return machine;
  });

  /** The address of a gateway that listens, as a load balancer finds one. */
  async function someGateway(): Promise<string> {
    for (;;) {
      const listening = machines.filter(({ role, url }) => role === 'gateway' && url !== undefined);
      const url = listening[Math.floor(Math.random() * listening.length)]?.url;
      if (url !== undefined) return url;
      await sleep(50);
    }
  }

  const jobOfKey = new Map<string, string>();
  const ends = new Map<string, unknown>();
  let reconnections = 0;

  /** Asks until a gateway has said that it has it, then watches it until its end, wherever it has to. */
  async function askAndWatch(key: string): Promise<void> {
    for (;;) {
      const url = await someGateway();
      try {
        const gateway = { graphql: async (query: string, variables = {}) => askGraphql(url, query, variables) };
        const input = { prompt: key, width: 64, height: 64, idempotencyKey: key };
        jobOfKey.set(key, await enqueueImage(gateway, { input }));
        break;
      } catch {
        // Killed before it answered, or without Redis: the caller asks again, with the same key.
        await sleep(50);
      }
    }
    const id = String(jobOfKey.get(key));
    while (!ends.has(key)) {
      try {
        const query = 'subscription ($id: ID!) { jobUpdated(id: $id) { status } }';
        const events = await subscribe(await someGateway(), query, { id });
        const { status } = (await events.rest()).at(-1) ?? {};
        if (status === 'SUCCEEDED' || status === 'FAILED' || status === 'CANCELED') ends.set(key, status);
      } catch {
        // Killed under its subscribers.
      }
      if (ends.has(key)) return;
      reconnections += 1;
      await sleep(50);
    }
  }

  const killedAt: number[] = [];
  let killed = 0;
  let restarts = 0;
  const asked: Promise<void>[] = [];
  let keys = 0;

  /** Kills in turn a worker and a gateway, while the endpoint is at work on what was asked for since. */
  async function killOne(callsBefore: number): Promise<void> {
    while (endpoint.calls.length === callsBefore) await sleep(5);
    await sleep(Math.random() * 120);
    const role = killed % 2 === 0 ? 'worker' : 'gateway';
    const running = machines.filter((machine) => machine.role === role && machine.url !== undefined);
    // Some die while they start.
    const among = killed % 7 === 6 || running.length === 0 ? machines : running;
    const machine = among[Math.floor(Math.random() * among.length)];
    if (machine === undefined) return;
    machine.url = undefined;
    await machine.life.end('SIGKILL');
    if (machine.role === 'worker') killedAt.push(Date.now());
    killed += 1;
    start(machine);
  }

  for (let n = 0; n < kills; n += 1) {
    const callsBefore = endpoint.calls.length;
    for (let count = 0; count < keysPerKill; count += 1) asked.push(askAndWatch(`key ${(keys += 1)}`));
    await killOne(callsBefore);
    if (n % 10 === 5) {
      restarts += 1;
      // What it has answered it has written, though it may not have reached the disk: killing the process loses nothing.
      await server.stop(restarts % 2 === 0 ? 'SIGKILL' : 'SIGTERM');
      await sleep(Math.random() * 1_000);
      await server.start();
    }
  }
  await Promise.all(asked);

  const jobStore = createRedisJobStore(server.connect());
  const imageStore = createDiskImageStore(path.join(String(options.store), 'images'));
  expect(await jobStore.openJobs()).toEqual([]);
  const { repeats, ...broken } = await judge({ jobOfKey, arrivalsOfKey, killedAt }, { jobStore, imageStore });
  process.stdout.write(
    `${JSON.stringify({ killed, killedWorkers: killedAt.length, jobs: jobOfKey.size, calls: endpoint.calls.length, repeats, reconnections })}\n`,
  );
  expect(broken).toEqual({ lost: [], torn: [], tooManyCalls: [], unmarked: [] });
  expect([killed, restarts]).toEqual([kills, redisRestarts]);
  expect(ends.size).toBe(keys);
  // Otherwise nothing was tried.
  expect(repeats).toBeGreaterThan(0);
  expect(reconnections).toBeGreaterThan(0);
});
