import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createDiskImageStore } from '../src/images/disk-image-store.ts';
import { createSqliteJobStore } from '../src/sqlite/sqlite-job-store.ts';
import { answerImage, stubEndpoint } from '../src/testing/stub-endpoint.ts';
import { askGraphql, temporaryDirectory } from '../src/testing/test-gateway.ts';
import { startGatewayProcess } from './gateway-life.ts';
import { judge } from './verdict.ts';

/** `pnpm soak` sets 100. */
const kills = Number(process.env['KILLS'] ?? 20);
/** Enough that jobs are queued, in flight and done at every kill. */
const keysPerLife = 6;

const enqueue = `mutation ($input: GenerateImageInput!) { enqueueImage(input: $input) { __typename ... on Job { id } ... on Error { message } } }`;

/** Asks for an image under a key, until a gateway has said that it has it or dies. */
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

test(`${kills} kills at random moments lose no job, tear no image, and cost at most an image each`, async () => {
  const store = temporaryDirectory();
  const arrivalsOfKey = new Map<string, number[]>();
  const endpoint = await stubEndpoint(async (call, response, calls) => {
    const key = String(call.body['inputs']);
    arrivalsOfKey.set(key, [...(arrivalsOfKey.get(key) ?? []), Date.now()]);
    await sleep(Math.random() * 120);
    answerImage(call, response, calls);
  });
  const options = { endpoint: { url: endpoint.url }, store, concurrency: 4 };
  const jobOfKey = new Map<string, string>();
  const unanswered = new Set<string>();
  const killedAt: number[] = [];
  let keys = 0;

  for (let life = 0; life < kills; life += 1) {
    const gateway = startGatewayProcess(options);
    const { url } = gateway;
    // Some die while they take up what the one before left, most under load.
    const killed = (async () => {
      if (life % 5 === 0) await sleep(Math.random() * 1_500);
      else {
        await url;
        await sleep(Math.random() * 300);
      }
      await gateway.end('SIGKILL');
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
  }

  // The last one lives until everything has ended.
  const last = startGatewayProcess(options);
  const address = (await last.url) ?? '';
  for (const key of unanswered) jobOfKey.set(key, (await ask(address, key)) ?? '');
  const openJobs = async () => {
    const { data } = await askGraphql(
      address,
      '{ queued: jobs(status: QUEUED) { nodes { id } } running: jobs(status: RUNNING) { nodes { id } } }',
    );
    return [data['queued']?.['nodes'], data['running']?.['nodes']];
  };
  await expect.poll(openJobs, { interval: 500 }).toEqual([[], []]);
  await last.end('SIGKILL');

  const jobStore = createSqliteJobStore(path.join(store, 'tintype.db'));
  onTestFinished(async () => jobStore.close());
  const imageStore = createDiskImageStore(path.join(store, 'images'));
  const { repeats, ...broken } = await judge({ jobOfKey, arrivalsOfKey, killedAt }, { jobStore, imageStore });
  let images = 0;
  for await (const id of imageStore.ids()) if (id !== '') images += 1;
  process.stdout.write(
    `${JSON.stringify({ kills: killedAt.length, jobs: jobOfKey.size, calls: endpoint.calls.length, repeats, images })}\n`,
  );
  expect(broken).toEqual({ lost: [], torn: [], tooManyCalls: [], unmarked: [] });
  expect(killedAt).toHaveLength(kills);
  expect(images).toBe(jobOfKey.size);
  // Otherwise nothing was tried.
  expect(repeats).toBeGreaterThan(0);
});
