import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createDiskImageStore } from '../src/images/disk-image-store.ts';
import { createSqliteJobStore } from '../src/sqlite/sqlite-job-store.ts';
import { answerPicture, stubEndpoint } from '../src/testing/stub-endpoint.ts';
import { askGraphql, temporaryDirectory } from '../src/testing/test-gateway.ts';

const kills = 100;
/** Enough that jobs are queued, in flight and done at every kill. */
const keysPerLife = 6;

const enqueue = `mutation ($input: GenerateImageInput!) { enqueueImage(input: $input) { __typename ... on Job { id } ... on Error { message } } }`;

interface Life {
  readonly process: ChildProcess;
  /** Its address, or `undefined` when it was killed before it listened. */
  readonly url: Promise<string | undefined>;
}

function startGateway(endpoint: string, store: string): Life {
  const file = fileURLToPath(new URL('./gateway-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@tintype/source', file, endpoint, store], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim()));
  child.once('exit', () => resolve(undefined));
  return { process: child, url: promise };
}

/** Asks for a picture under a key, until a gateway has said that it has it or dies. */
async function ask(url: string, key: string): Promise<string | undefined> {
  try {
    const input = { prompt: key, width: 64, height: 64, idempotencyKey: key };
    const { data } = await askGraphql(url, enqueue, { input });
    return data['enqueueImage']?.['__typename'] === 'Job' ? String(data['enqueueImage']['id']) : undefined;
  } catch {
    // Killed before it answered: the caller asks again, with the same key.
    return undefined;
  }
}

test(
  `${kills} kills at random moments lose no job, tear no picture, and cost at most a picture each`,
  { timeout: 900_000 },
  async () => {
    const store = temporaryDirectory();
    const arrivalsOfKey = new Map<string, number[]>();
    const endpoint = await stubEndpoint(async (call, response, calls) => {
      const key = String(call.body['inputs']);
      arrivalsOfKey.set(key, [...(arrivalsOfKey.get(key) ?? []), Date.now()]);
      await sleep(Math.random() * 120);
      answerPicture(call, response, calls);
    });
    const jobOfKey = new Map<string, string>();
    const unanswered = new Set<string>();
    const killedAt: number[] = [];
    let keys = 0;

    for (let life = 0; life < kills; life += 1) {
      const { process: gateway, url } = startGateway(endpoint.url, store);
      // Some die while they take up what the one before left, most under load.
      const killed = (async () => {
        if (life % 5 === 0) await sleep(Math.random() * 1_500);
        else {
          await url;
          await sleep(Math.random() * 300);
        }
        gateway.kill('SIGKILL');
        killedAt.push(Date.now());
      })();
      const address = await url;
      if (address !== undefined) {
        for (let count = 0; count < keysPerLife; count += 1) unanswered.add(`key ${(keys += 1)}`);
        await Promise.all(
          [...unanswered].map(async (key) => {
            const job = await ask(address, key);
            if (job === undefined) return;
            jobOfKey.set(key, job);
            unanswered.delete(key);
          }),
        );
      }
      await killed;
      if (gateway.exitCode === null && gateway.signalCode === null) await once(gateway, 'exit');
    }

    // The last one lives until everything has ended.
    const { process: last, url } = startGateway(endpoint.url, store);
    const address = (await url) ?? '';
    for (const key of unanswered) jobOfKey.set(key, (await ask(address, key)) ?? '');
    const openJobs = async () => {
      const { data } = await askGraphql(
        address,
        '{ queued: jobs(status: QUEUED) { nodes { id } } running: jobs(status: RUNNING) { nodes { id } } }',
      );
      return [data['queued']?.['nodes'], data['running']?.['nodes']];
    };
    await expect.poll(openJobs, { timeout: 300_000, interval: 500 }).toEqual([[], []]);
    last.kill('SIGKILL');
    await once(last, 'exit');

    const jobStore = createSqliteJobStore(path.join(store, 'tintype.db'));
    onTestFinished(async () => jobStore.close());
    const imageStore = createDiskImageStore(path.join(store, 'images'));
    const found = {
      lost: [] as string[],
      torn: [] as string[],
      tooManyCalls: [] as string[],
      unmarked: [] as string[],
    };
    let repeats = 0;
    for (const [key, id] of jobOfKey) {
      const job = await jobStore.job(id);
      if (job === undefined || job.status !== 'SUCCEEDED') {
        found.lost.push(`${key}: ${job?.status ?? 'gone'}`);
        continue;
      }
      const picture = await imageStore.open(job.imageId);
      const bytes = await picture?.bytes();
      if (
        picture === undefined ||
        createHash('sha256')
          .update(bytes ?? '')
          .digest('hex') !== picture.record.sha256
      )
        found.torn.push(key);
      const arrivals = arrivalsOfKey.get(key) ?? [];
      const calls = arrivals.length;
      repeats += calls - 1;
      if (!isKilledBetween(arrivals, killedAt)) found.tooManyCalls.push(`${key}: ${calls}`);
      const isMarked = job.interruptions >= calls - 1 && (calls === 1 || (picture?.record.warnings ?? []).length > 0);
      if (!isMarked) found.unmarked.push(`${key}: ${calls} calls, ${job.interruptions} interruptions`);
    }
    let pictures = 0;
    for await (const id of imageStore.ids()) if (id !== '') pictures += 1;
    process.stdout.write(
      `${JSON.stringify({ kills: killedAt.length, jobs: jobOfKey.size, calls: endpoint.calls.length, repeats, pictures })}\n`,
    );
    expect(found).toEqual({ lost: [], torn: [], tooManyCalls: [], unmarked: [] });
    expect(killedAt).toHaveLength(kills);
    expect(pictures).toBe(jobOfKey.size);
    // Otherwise nothing was tried.
    expect(repeats).toBeGreaterThan(0);
  },
);

/** Whether between any two calls for a key there was a kill. A call may be seen a moment after the kill that followed it. */
function isKilledBetween(arrivals: readonly number[], killedAt: readonly number[]): boolean {
  const slackMs = 100;
  return arrivals
    .slice(1)
    .every((later, index) => killedAt.some((at) => at >= Number(arrivals[index]) - slackMs && at <= later));
}
