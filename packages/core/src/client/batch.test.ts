import { expect, it } from 'vitest';
import type { ImageRequest } from '../contract/image-request.ts';
import { createImageClient } from '../platform/node/create-image-client.ts';
import { endpointServer, type Respond } from '../testing/endpoint-server.ts';

const hang: Respond = () => undefined;
const never = new Promise<never>(() => undefined);

/** A request, and then none for ever: as a queue that has run empty. */
async function* oneAndThenNone(): AsyncGenerator<ImageRequest, void> {
  yield { prompt: 'x' };
  await never;
}

it('gives an image that is done, although the next request is not there yet', async () => {
  await using server = await endpointServer();
  await using client = createImageClient({ endpoint: server.url, concurrency: 2 });
  const batch = client.batch(oneAndThenNone());
  expect((await batch.next()).value).toMatchObject({ index: 0, status: 'fulfilled' });
  // Leaving does not wait for the source either.
  await batch.return();
});

it('ends when it is aborted while it waits for a request', async () => {
  await using server = await endpointServer();
  await using client = createImageClient({ endpoint: server.url, concurrency: 2 });
  const stop = new AbortController();
  const batch = client.batch(oneAndThenNone(), { signal: stop.signal });
  await batch.next();
  const end = batch.next();
  stop.abort();
  expect(await end).toEqual({ done: true, value: undefined });
});

it('takes no more of an endless source once it is aborted', async () => {
  await using server = await endpointServer(hang);
  await using client = createImageClient({ endpoint: server.url, concurrency: 2 });
  const stop = new AbortController();
  let taken = 0;
  function* endless(): Generator<ImageRequest, void> {
    for (;;) {
      taken += 1;
      yield { prompt: 'x' };
    }
  }
  const results: string[] = [];
  const all = (async () => {
    for await (const result of client.batch(endless(), { signal: stop.signal }))
      results.push(result.status === 'rejected' ? result.error.code : 'an image');
  })();
  await expect.poll(() => server.posts.length).toBe(2);
  stop.abort();
  await all;
  expect(results).toEqual(['aborted', 'aborted']);
  expect(taken).toBe(2);
});

it('hands on what its source throws, after stopping what is under way', async () => {
  await using server = await endpointServer(hang);
  await using client = createImageClient({ endpoint: server.url, concurrency: 2 });
  const broken = new Error('the list could not be read');
  async function* requests(): AsyncGenerator<ImageRequest, void> {
    yield { prompt: 'x' };
    throw broken;
  }
  await expect(client.batch(requests()).next()).rejects.toBe(broken);
});
