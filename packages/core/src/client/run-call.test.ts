import { expect, it } from 'vitest';
import { nodeBytes } from '../node/node-bytes.ts';
import type { ClientEvent } from '../observe/client-event.ts';
import { base64Of, pngBytes } from '@tintype/png-like';
import type { Exchange } from '../transport/exchange.ts';
import { alarmFromSleep } from './alarm.ts';
import type { Effects, Sleep } from './engine.ts';
import { assembleClient } from './image-client.ts';

/** A world whose clock goes only while somebody sleeps. */
function fakeWorld(
  exchange: (at: number) => {
    readonly status: number;
    readonly body?: string;
    readonly headers?: Record<string, string>;
  },
) {
  let clock = 1_000_000;
  const begunAt = clock;
  const asked: { readonly url: string; readonly afterMs: number; readonly holdSeconds: number | undefined }[] = [];
  const answer: Exchange = async ({ url, headers }, receiver) => {
    const hold = headers['x-scale-up-timeout'];
    asked.push({
      url: url.pathname,
      afterMs: clock - begunAt,
      holdSeconds: hold === undefined ? undefined : Number(hold),
    });
    const { status, body = '', headers: answered = {} } = exchange(clock - begunAt);
    receiver.head(status, answered);
    await receiver.data(new TextEncoder().encode(body));
  };
  const now = (): number => clock;
  // The watches over deadlines sleep long; what the call itself waits for is what moves the clock.
  const sleep: Sleep = async (ms, signal) => {
    if (ms > 20_000) {
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    } else {
      clock += ms;
    }
  };
  const effects: Effects = {
    exchange: answer,
    ownsChunks: false,
    tools: nodeBytes,
    now,
    random: () => 0.9,
    sleep,
    alarm: alarmFromSleep(sleep, now),
    trace: async (_name, _facts, work) => work(),
  };
  return { effects, asked };
}

const picture = `{"image":"${base64Of(pngBytes({ width: 512, height: 512 }))}"}`;

it('waits out a cold start of ten minutes by asking for health, and POSTs twice in all', async () => {
  const { effects, asked } = fakeWorld((at) => (at < 600_000 ? { status: 503 } : { status: 200, body: picture }));
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
  expect(new Set(waits.map(({ since }) => since)).size).toBe(1);
});

it('gives a starting endpoint up before the deadline, and says for how long it waited', async () => {
  const { effects } = fakeWorld(() => ({ status: 503, body: 'Service Unavailable' }));
  const { client } = assembleClient({ endpoint: 'http://endpoint.test' }, effects);
  await expect(client.generate({ prompt: 'x' })).rejects.toMatchObject({
    code: 'endpoint_unavailable',
    retryable: true,
    message: expect.stringMatching(
      /^The endpoint has not been ready for 1\d min: it answers 503\. It said: Service Unavailable$/,
    ) as string,
  });
});

it('does not wait for a cold start where it is told not to', async () => {
  const { effects, asked } = fakeWorld(() => ({ status: 503 }));
  const { client } = assembleClient({ endpoint: 'http://endpoint.test', retry: { waitForColdStart: false } }, effects);
  await expect(client.generate({ prompt: 'x' })).rejects.toMatchObject({ code: 'endpoint_unavailable' });
  expect(asked).toHaveLength(1);
});

it('lets an error of the place where the picture goes out as it is: a full disk is no fault of the endpoint’s', async () => {
  const { effects, asked } = fakeWorld(() => ({ status: 200, body: picture }));
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
