import * as fc from 'fast-check';
import { base64Of, pngBytes } from '@tintype/png-like';
import { expect, it } from 'vitest';
import type { Attempt } from '../errors/attempt.ts';
import type { ClientEvent } from '../observe/client-event.ts';
import { nodeBytes } from '../platform/node/node-bytes.ts';
import { alarmFromSleep } from '../platform/portable/alarm.ts';
import { NetworkFailure } from '../retry/network-failure.ts';
import { assembleClient } from './client.ts';
import type { Effects, Sleep } from './engine.ts';
import type { Exchange } from './exchange.ts';

interface FakeResponse {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** A world whose clock goes only while somebody sleeps. */
function fakeWorld(exchange: (at: number, path: string) => FakeResponse | NetworkFailure, random = () => 0.9) {
  let clock = 1_000_000;
  const begunAt = clock;
  const asked: { readonly url: string; readonly afterMs: number; readonly holdSeconds: number | undefined }[] = [];
  const talk: Exchange = async ({ url, headers }, receiver) => {
    const hold = headers['x-scale-up-timeout'];
    asked.push({
      url: url.pathname,
      afterMs: clock - begunAt,
      holdSeconds: hold === undefined ? undefined : Number(hold),
    });
    const response = exchange(clock - begunAt, url.pathname);
    if (response instanceof NetworkFailure) throw response;
    const { status, body = '', headers: said = {} } = response;
    receiver.head(status, said);
    await receiver.data(new TextEncoder().encode(body));
  };
  const now = (): number => clock;
  const sleep: Sleep = async (ms) => {
    clock += ms;
  };
  // Only what the call itself waits for moves the clock; no deadline passes meanwhile.
  const watch: Sleep = async (_ms, signal) =>
    new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  const effects: Effects = {
    exchange: talk,
    ownsChunks: false,
    tools: nodeBytes,
    now,
    random,
    sleep,
    alarm: alarmFromSleep(watch, now),
    trace: async (_name, _facts, work) => work(),
  };
  return { effects, asked, passedMs: () => clock - begunAt };
}

const imageBody = `{"image":"${base64Of(pngBytes({ width: 512, height: 512 }))}"}`;

const loading = { status: 503, body: '{"error":"Model is loading"}' };

it('waits out a cold start of ten minutes by asking for health, and POSTs twice in all', async () => {
  const { effects, asked } = fakeWorld((at) => (at < 600_000 ? loading : { status: 200, body: imageBody }));
  const events: ClientEvent[] = [];
  const { client } = assembleClient(
    { endpoint: 'http://endpoint.test', onEvent: (event) => events.push(event) },
    effects,
  );
  const image = await client.generate({ prompt: 'x' });
  expect(image.attempts.map(({ status, mayHaveRun }) => [status, mayHaveRun])).toEqual([
    [503, false],
    [200, true],
  ]);
  expect(image.attempts[1]?.waitedMs).toBeGreaterThanOrEqual(600_000);
  expect(asked.filter(({ url }) => url === '/')).toHaveLength(2);
  // Never more often than every few seconds, and held no longer than is left.
  expect(asked.length).toBeLessThan(60);
  for (const { holdSeconds, afterMs } of asked)
    if (holdSeconds !== undefined) expect(holdSeconds * 1000).toBeLessThanOrEqual(900_000 - afterMs);
  const waits = events.filter((event) => event.type === 'waiting');
  // Since when, and what was said.
  expect(new Set(waits.map(({ since }) => since))).toEqual(new Set([1_000_000]));
  expect(new Set(waits.map(({ status, response }) => `${status} ${response}`))).toEqual(
    new Set(['503 Model is loading']),
  );
});

it('asks an endpoint that says Retry-After: 0 for ever no more often than one that does not say it', async () => {
  const { effects, asked } = fakeWorld(() => ({ status: 503, headers: { 'retry-after': '0' } }));
  const { client } = assembleClient({ endpoint: 'http://endpoint.test' }, effects);
  await expect(client.generate({ prompt: 'x' })).rejects.toMatchObject({ code: 'endpoint_unavailable' });
  expect(asked.length).toBeLessThan(100);
});

it('keeps to deadline and budget whatever comes, and never asks twice without a pause', async () => {
  const reset = new NetworkFailure({ code: 'ECONNRESET', stage: 'interrupted', cause: undefined });
  const refused = new NetworkFailure({ code: 'ECONNREFUSED', stage: 'not_sent', cause: undefined });
  const post = fc.constantFrom<(FakeResponse | NetworkFailure)[]>(
    { status: 503 },
    { status: 503, headers: { 'retry-after': '0' } },
    { status: 502 },
    { status: 429, headers: { 'retry-after': '5' } },
    { status: 500 },
    { status: 504 },
    { status: 200, body: '{"image":"iVBO' },
    { status: 200, body: imageBody },
    reset,
    refused,
  );
  const health = fc.constantFrom<(FakeResponse | NetworkFailure)[]>(
    { status: 503 },
    { status: 200 },
    { status: 404 },
    reset,
  );
  const cases = fc.record({
    posts: fc.array(post, { minLength: 1, maxLength: 6 }),
    healths: fc.array(health, { minLength: 1, maxLength: 4 }),
    chance: fc.double({ min: 0.05, max: 0.99, noNaN: true }),
    total: fc.integer({ min: 2000, max: 900_000 }),
    max: fc.nat(3),
    mayRepeatWork: fc.nat(2),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ posts, healths, chance, total, ...retry }) => {
      let [posted, healthy] = [0, 0];
      const next = (path: string): FakeResponse | NetworkFailure | undefined =>
        path === '/health' ? healths[healthy++ % healths.length] : posts[posted++ % posts.length];
      const { effects, asked, passedMs } = fakeWorld(
        (_at, path) => next(path) ?? { status: 500 },
        () => chance,
      );
      const { client } = assembleClient({ endpoint: 'http://endpoint.test', timeout: { total }, retry }, effects);
      const end: { readonly attempts: readonly Attempt[] } = await client
        .generate({ prompt: 'x' })
        .catch((error: unknown) => error as { readonly attempts: readonly Attempt[] });
      expect(passedMs()).toBeLessThan(total);
      const failed = end.attempts.filter(({ failure, status }) => failure !== undefined || status !== 200);
      const mayHaveRun = failed.filter((attempt) => attempt.mayHaveRun).length;
      const notRun = failed.filter(
        ({ status, ...attempt }) => !attempt.mayHaveRun && ![502, 503].includes(status ?? 0),
      );
      expect(mayHaveRun).toBeLessThanOrEqual(1 + retry.mayRepeatWork);
      expect(notRun.length).toBeLessThanOrEqual(1 + retry.max);
      const times = asked.filter(({ url }) => url === '/').map(({ afterMs }) => afterMs);
      expect(new Set(times).size).toBe(times.length);
    }),
    { numRuns: 1000 },
  );
});

it('gives a starting endpoint up before the deadline, and says for how long it waited', async () => {
  const { effects } = fakeWorld(() => ({ status: 503, body: 'Service Unavailable' }));
  const { client } = assembleClient({ endpoint: 'http://endpoint.test' }, effects);
  await expect(client.generate({ prompt: 'x' })).rejects.toMatchObject({
    code: 'endpoint_unavailable',
    retryable: true,
    message: expect.stringMatching(
      /^The endpoint has not been ready for 1\d min \(503\)\. It said: Service Unavailable\.$/,
    ) as string,
  });
});

it('does not wait for a cold start where it is told not to', async () => {
  const { effects, asked } = fakeWorld(() => ({ status: 503 }));
  const { client } = assembleClient({ endpoint: 'http://endpoint.test', retry: { waitForColdStart: false } }, effects);
  await expect(client.generate({ prompt: 'x' })).rejects.toMatchObject({ code: 'endpoint_unavailable' });
  expect(asked).toHaveLength(1);
});

it('lets an error of the place where the image goes out as it is: a full disk is no fault of the endpoint’s', async () => {
  const { effects, asked } = fakeWorld(() => ({ status: 200, body: imageBody }));
  const events: ClientEvent[] = [];
  const { run } = assembleClient({ endpoint: 'http://endpoint.test', onEvent: (event) => events.push(event) }, effects);
  const full = new Error('ENOSPC');
  const call = run(
    { prompt: 'x' },
    {},
    {
      isRepeatable: () => true,
      openSink: () => ({
        copies: true,
        claim: () => {
          throw full;
        },
        commit: () => undefined,
        write: () => undefined,
      }),
    },
  );
  await expect(call).rejects.toBe(full);
  expect(asked).toHaveLength(1);
  expect(events.at(-1)).toMatchObject({ type: 'failed', code: 'unknown' });
});
