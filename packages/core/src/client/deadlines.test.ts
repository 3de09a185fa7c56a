import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type { ImageError } from '../errors/image-error.ts';
import { createImageClient } from '../platform/node/create-image-client.ts';
import { endpointServer, type Respond } from '../testing/endpoint-server.ts';
import { standingClock } from '../testing/standing-clock.ts';

const hang: Respond = () => undefined;

/** A port at which connections are begun and never taken: its thread sleeps, and the kernel's queue for it is full. */
async function portThatNeverAccepts(): Promise<{ readonly port: number } & AsyncDisposable> {
  const thread = new Worker(
    `const { createServer } = require('node:net');
     const { parentPort } = require('node:worker_threads');
     const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
     });`,
    { eval: true },
  );
  const port = await new Promise<number>((resolve) => {
    thread.once('message', resolve);
  });
  const fillers = Array.from({ length: 8 }, () => connect({ port, host: '127.0.0.1' }).on('error', () => undefined));
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      for (const filler of fillers) filler.destroy();
      await thread.terminate();
    },
  };
}

async function timeoutOf(call: Promise<unknown>): Promise<ImageError> {
  return call.then(
    () => expect.fail('There was an image.'),
    (error: unknown) => error as ImageError,
  );
}

describe('a deadline that passes says which it was, where, and how long it lasted', () => {
  it('connect', async () => {
    await using deaf = await portThatNeverAccepts();
    await using client = createImageClient({
      endpoint: `http://127.0.0.1:${deaf.port}`,
      timeout: { connect: 200 },
      retry: { max: 0 },
    });
    const error = await timeoutOf(client.generate({ prompt: 'x' }));
    expect(error).toMatchObject({ code: 'timeout', facts: { phase: 'connect' }, attempts: [{ mayHaveRun: false }] });
    expect(error.message).toMatch(
      new RegExp(`^There was no connection to the endpoint at 127.0.0.1:${deaf.port} within [\\d.]+ m?s\\.$`),
    );
  });

  it.each([
    [
      'attempt',
      { attempt: 150 },
      /^There was no complete response from the endpoint at 127\.0\.0\.1:\d+ within 150 ms\.$/,
    ],
    ['total', { total: 150 }, /^There was no image from the endpoint at 127\.0\.0\.1:\d+ within 150 ms\.$/],
    // The attempt's clock starts later and is as long: what ran out first is the whole time.
    ['total', { total: 150, attempt: 150 }, /^There was no image/],
  ])('%s', async (phase, timeout, message) => {
    const clock = standingClock();
    await using server = await endpointServer(hang);
    await using client = createImageClient({ endpoint: server.url, timeout });
    const call = timeoutOf(client.generate({ prompt: 'x' }));
    await expect.poll(() => server.posts).toHaveLength(1);
    await clock.passes(150);
    const error = await call;
    expect(error).toMatchObject({ code: 'timeout', facts: { phase }, attempts: [{ mayHaveRun: true }] });
    expect(error.message).toMatch(message);
  });

  it('idle', async () => {
    const clock = standingClock();
    const written = Promise.withResolvers<unknown>();
    await using server = await endpointServer((_request, response) => {
      response.write('{"image":"iVBO', written.resolve);
    });
    await using client = createImageClient({ endpoint: server.url, timeout: { idle: 150 } });
    const call = timeoutOf(client.generate({ prompt: 'x' }));
    await written.promise;
    await clock.passes(150);
    const error = await call;
    expect(error).toMatchObject({ code: 'timeout', facts: { phase: 'idle' }, status: undefined });
    expect(error.message).toMatch(/^The response from the endpoint at 127\.0\.0\.1:\d+ stalled for 150 ms\.$/);
  });

  it('total, in the queue, with the time as it was given', async () => {
    await using server = await endpointServer(hang);
    await using client = createImageClient({ endpoint: server.url });
    const stop = new AbortController();
    const first = client.generate({ prompt: 'x' }, { signal: stop.signal }).catch(() => undefined);
    const error = await timeoutOf(client.generate({ prompt: 'y' }, { timeout: { total: 150 } }));
    expect(error).toMatchObject({ facts: { phase: 'total', waitingFor: 'turn' }, attempts: [] });
    expect(error.message).toBe('The call was still waiting for its turn after 150 ms.');
    stop.abort();
    await first;
  });
});

it('goes by the status of a response whose text does not end', async () => {
  const clock = standingClock();
  const written = Promise.withResolvers<unknown>();
  await using server = await endpointServer((_request, response) => {
    response.writeHead(401).write('no', written.resolve);
  });
  await using client = createImageClient({ endpoint: server.url, timeout: { idle: 150 } });
  const call = timeoutOf(client.generate({ prompt: 'x' }));
  await written.promise;
  await clock.passes(150);
  expect(await call).toMatchObject({ code: 'unauthorized', status: 401 });
});

it.each([
  [{ timeout: { total: Number.NaN } }, 'timeout.total must be a number of milliseconds above 0, or Infinity; got NaN.'],
  [{ timeout: { attempt: -1 } }, 'timeout.attempt must be a number of milliseconds above 0, or Infinity; got -1.'],
  [{ timeout: { idle: 0 } }, 'timeout.idle must be a number of milliseconds above 0, or Infinity; got 0.'],
  [{ retry: { max: -1 } }, 'retry.max must be a number of repeats, 0 or more; got -1.'],
  [{ retry: { mayRepeatWork: Number.NaN } }, 'retry.mayRepeatWork must be a number of repeats, 0 or more; got NaN.'],
  [{ maxImageBytes: 0.5 }, 'maxImageBytes must be a whole number of bytes, 1 or more; got 0.5.'],
  [{ concurrency: 0 }, 'concurrency must be a whole number, 1 or more; got 0.'],
])('refuses %j, which would wait for nothing or for ever', (options, message) => {
  expect(() => createImageClient({ endpoint: 'http://x.test', ...options })).toThrow(message);
});

it('refuses such a time of a call too, and takes what is undefined for not given', async () => {
  await using server = await endpointServer((_request, response) => void response.writeHead(429).end());
  await using client = createImageClient({ endpoint: server.url, retry: { max: 0 }, timeout: { total: 60_000 } });
  await expect(client.generate({ prompt: 'x' }, { timeout: { total: -1 } })).rejects.toMatchObject({
    code: 'invalid_request',
  });
  const call = client.generate({ prompt: 'x' }, { timeout: { total: undefined }, retry: { max: undefined } });
  await expect(call).rejects.toMatchObject({ code: 'rate_limited' });
  expect(server.posts).toHaveLength(1);
});
