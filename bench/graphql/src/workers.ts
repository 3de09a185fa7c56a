// Prints what jobs cost over Redis, and how their number a second grows from one worker process to two.
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { startServer, type BenchServer } from './child-process.ts';
import { limitCpu } from './limit-cpu.ts';
import { askGraphql, inParallel, median } from './load.ts';

const rounds = 3;
/** Enough that a process's first seconds, when its code is still being compiled, are over by half of them. */
const jobs = 10_000;
const files = {
  endpoint: new URL('./endpoint.ts', import.meta.url),
  redis: new URL('./redis.ts', import.meta.url),
  server: new URL('./server.ts', import.meta.url),
};

/**
 * What each worker has of a core. Two at full speed, their Redis and the endpoint take more than the two cores that such a
 * machine has in all; held down, each has what it would have on a machine of its own.
 */
const share = Number(process.env['SHARE'] ?? 0.3);
let isHeld = true;

interface Drain {
  readonly perSecond: number;
  /** CPU time of one job, in milliseconds. */
  readonly workerCpuMs: number;
  readonly redisCpuMs: number;
}

/** Fills the queue first, then lets so many workers empty it; how fast, its middle tells, when all of them run. */
async function drain(endpoint: BenchServer, workers: number): Promise<Drain> {
  const redis = await startServer(files.redis);
  // Workers hear of one another soon, and share what may run at once.
  const common = { redisUrl: redis.url, lease: 1_500 };
  const start = async (role: 'gateway' | 'worker'): Promise<BenchServer> =>
    startServer(files.server, 'gateway', endpoint.url, '32', JSON.stringify({ ...common, role }));
  const gateway = await start('gateway');
  const enqueue = 'mutation { enqueueImage(input: { prompt: "x" }) { ... on Job { id } } }';
  await inParallel({ times: jobs, concurrency: 16, work: async () => askGraphql(gateway.url, enqueue) });

  const redisBefore = await redis.cpuMs();
  const running = await Promise.all(Array.from({ length: workers }, async () => start('worker')));
  const lift = running.map(({ pid }) => limitCpu(pid, share));
  isHeld &&= lift.every((one) => one !== undefined);
  const before = await Promise.all(running.map(async (worker) => worker.cpuMs()));
  while ((await ended(gateway)) < jobs) await sleep(250);
  const after = await Promise.all(running.map(async (worker) => worker.cpuMs()));
  const redisAfter = await redis.cpuMs();

  const ends = (await endings(gateway)).toSorted((one, other) => one - other);
  const [from, to] = [Math.floor(jobs * 0.5), Math.floor(jobs * 0.95)];
  const ms = Number(ends[to]) - Number(ends[from]);
  for (const server of [...running, gateway, redis]) server.stop();
  await sleep(500);
  for (const one of lift) one?.();
  return {
    perSecond: ((to - from) / ms) * 1_000,
    workerCpuMs: after.reduce((sum, cpuMs, index) => sum + cpuMs - Number(before[index]), 0) / jobs,
    redisCpuMs: (redisAfter - redisBefore) / jobs,
  };
}

async function ended(gateway: BenchServer): Promise<number> {
  const { body } = await request(`${gateway.url}/metrics`, {
    headers: { authorization: 'Bearer bench-key-of-the-benchmark' },
  });
  return Number(/tintype_jobs\{status="SUCCEEDED"\} (\d+)/.exec(await body.text())?.[1] ?? 0);
}

/** When each job ended, in milliseconds since the epoch. */
async function endings(gateway: BenchServer): Promise<readonly number[]> {
  interface Page {
    readonly jobs: {
      readonly nodes: readonly { readonly finishedAt: string }[];
      readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
    };
  }
  const query =
    'query ($after: String) { jobs(first: 100, after: $after) { nodes { finishedAt } pageInfo { endCursor hasNextPage } } }';
  const found: number[] = [];
  let after: string | null = null;
  for (;;) {
    const page: Page = await askGraphql<Page>(gateway.url, query, { after });
    found.push(...page.jobs.nodes.map(({ finishedAt }) => Date.parse(finishedAt)));
    if (!page.jobs.pageInfo.hasNextPage) return found;
    after = page.jobs.pageInfo.endCursor;
  }
}

interface Cost {
  /** CPU time of one job in all processes but the endpoint, in milliseconds. */
  readonly cpuMs: number;
  /** From request to answer when nothing else goes on, the middle, in milliseconds. */
  readonly p50Ms: number;
}

/** What a job costs that a caller waits for. */
async function costOf(gateway: BenchServer, all: readonly BenchServer[]): Promise<Cost> {
  const cpu = async (): Promise<number> =>
    (await Promise.all(all.map(async (server) => server.cpuMs()))).reduce((sum, cpuMs) => sum + cpuMs, 0);
  const generate = 'mutation { generateImage(input: { prompt: "x" }) { ... on Image { url } } }';
  const work = async (): Promise<unknown> => askGraphql(gateway.url, generate);
  await inParallel({ times: 1_500, concurrency: 16, work });
  const costs: Cost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = await cpu();
    await inParallel({ times: 1_000, concurrency: 16, work });
    const cpuMs = ((await cpu()) - before) / 1_000;
    costs.push({ cpuMs, p50Ms: median((await inParallel({ times: 200, concurrency: 1, work })).each) });
  }
  return { cpuMs: median(costs.map((cost) => cost.cpuMs)), p50Ms: median(costs.map((cost) => cost.p50Ms)) };
}

async function embeddedCost(endpoint: BenchServer): Promise<Cost> {
  const gateway = await startServer(files.server, 'gateway', endpoint.url, '16');
  const cost = await costOf(gateway, [gateway]);
  gateway.stop();
  return cost;
}

async function sharedCost(endpoint: BenchServer): Promise<Cost> {
  const redis = await startServer(files.redis);
  const start = async (role: 'gateway' | 'worker'): Promise<BenchServer> =>
    startServer(files.server, 'gateway', endpoint.url, '16', JSON.stringify({ redisUrl: redis.url, role }));
  const [gateway, worker] = [await start('gateway'), await start('worker')];
  const cost = await costOf(gateway, [gateway, worker, redis]);
  for (const server of [gateway, worker, redis]) server.stop();
  return cost;
}

const endpoint = await startServer(files.endpoint, '20000');
const [embedded, shared] = [await embeddedCost(endpoint), await sharedCost(endpoint)];
process.stdout.write(
  `     a job waited for, on this machine alone: ${embedded.cpuMs.toFixed(2)} ms CPU, ${embedded.p50Ms.toFixed(1)} ms; over Redis: ${shared.cpuMs.toFixed(2)} ms CPU in all processes, ${shared.p50Ms.toFixed(1)} ms\n`,
);

const drains = { one: [] as Drain[], two: [] as Drain[] };
for (let round = 0; round < rounds; round += 1) {
  drains.one.push(await drain(endpoint, 1));
  drains.two.push(await drain(endpoint, 2));
}
endpoint.stop();
for (const [name, runs] of Object.entries(drains)) {
  const of = (pick: (run: Drain) => number): number => median(runs.map(pick));
  process.stdout.write(
    `     ${name} worker${name === 'one' ? '' : 's'}: ${of((run) => run.perSecond).toFixed(0)}/s (${runs.map((run) => run.perSecond.toFixed(0)).join(', ')}); CPU of a job: worker ${of((run) => run.workerCpuMs).toFixed(2)} ms, Redis ${of((run) => run.redisCpuMs).toFixed(2)} ms\n`,
  );
}
const value = median(drains.two.map((run) => run.perSecond)) / median(drains.one.map((run) => run.perSecond));
const held = isHeld ? `each held to ${share} of a core` : 'not held back: control groups could not be used here';
process.stdout.write(
  `${value >= 1.7 ? 'ok  ' : 'MISS'} jobs a second, two workers to one: ${value.toFixed(2)} (bar >= 1.7; ${held})\n`,
);
process.exitCode = value >= 1.7 ? 0 : 1;
