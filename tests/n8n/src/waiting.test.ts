import { describe, expect, inject, it } from 'vitest';
import { png } from './testing/png.ts';
import { loadNode } from './testing/run-node.ts';
import { startStubEndpoint, type Answer, type Call } from './testing/stub-endpoint.ts';

const node = loadNode(inject('packed'));
const starting: Answer = { status: 503, headers: { 'retry-after': '0' }, body: { error: 'Loading' } };
const image: Answer = { body: { image: png(8, 8).toString('base64') } };
const small = { prompt: 'a red fox', width: 8, height: 8 };
const routes = (calls: readonly Call[]) => calls.map((call) => `${call.method} ${call.path}`);

describe('an endpoint that is asleep', () => {
  it('is woken by its health route, and asked for the image again when it is up', async () => {
    await using endpoint = await startStubEndpoint(({ method }, calls) =>
      calls.length < 3 ? starting : method === 'GET' ? { body: {} } : image,
    );
    const { items } = await node.run({ url: endpoint.url, parameters: small });
    expect(items[0]?.json).toMatchObject({ attempts: 2, warnings: [] });
    expect(routes(endpoint.calls)).toEqual(['POST /', 'GET /health', 'GET /health', 'POST /']);
  });

  it('is not waited for where the option says so', async () => {
    await using endpoint = await startStubEndpoint(() => starting);
    const run = node.run({ url: endpoint.url, parameters: { ...small, options: { waitForColdStart: false } } });
    await expect(run).rejects.toMatchObject({ httpCode: '503', description: expect.stringContaining('Cold Start') });
    expect(routes(endpoint.calls)).toEqual(['POST /']);
  });

  it('that asks for more time than there is ends the wait at once', async () => {
    await using endpoint = await startStubEndpoint(() => ({ ...starting, headers: { 'retry-after': '3600' } }));
    const run = node.run({ url: endpoint.url, parameters: small });
    await expect(run).rejects.toMatchObject({ description: expect.stringContaining('Try again in 60 min') });
    expect(endpoint.posts).toHaveLength(1);
  });
});

describe('an endpoint that takes no more requests', () => {
  const tooMany: Answer = { status: 429, headers: { 'retry-after': '0' }, body: { error: 'Too many requests' } };

  it('is asked again, as often as Max Retries says', async () => {
    await using endpoint = await startStubEndpoint(() => tooMany);
    const run = node.run({ url: endpoint.url, parameters: { ...small, options: { maxRetries: 2 } } });
    await expect(run).rejects.toMatchObject({ description: expect.stringContaining('Batching') });
    expect(endpoint.posts).toHaveLength(3);
  });

  it('is asked once where Max Retries is 0', async () => {
    await using endpoint = await startStubEndpoint(() => tooMany);
    await expect(
      node.run({ url: endpoint.url, parameters: { ...small, options: { maxRetries: 0 } } }),
    ).rejects.toMatchObject({ httpCode: '429' });
    expect(endpoint.posts).toHaveLength(1);
  });
});

describe('a connection that breaks after the request was sent', () => {
  it('is tried once more, and the result says that it may have cost twice', async () => {
    await using endpoint = await startStubEndpoint((_, calls) => (calls.length === 1 ? 'reset' : image));
    const { items, hints } = await node.run({ url: endpoint.url, parameters: small });
    expect(items[0]?.json).toMatchObject({ attempts: 2, warnings: [expect.stringContaining('billed')] });
    expect(hints.map((hint) => hint.message)).toEqual([expect.stringContaining('billed')]);
  });

  it('says in the failed item that the image may have been made', async () => {
    await using endpoint = await startStubEndpoint(() => 'reset');
    const { items } = await node.run({ url: endpoint.url, continueOnFail: true, parameters: small });
    expect(endpoint.posts).toHaveLength(2);
    expect(items[0]?.json['details']).toMatchObject({ code: 'network', attempts: 2, mayHaveRun: true });
  });
});

it('an execution that is stopped ends with the images that are there, and asks for no more', async () => {
  const stop = new AbortController();
  await using endpoint = await startStubEndpoint((_, calls) => {
    if (calls.length === 1) return image;
    stop.abort();
    return 'hang';
  });
  const { items } = await node.run({
    url: endpoint.url,
    items: 3,
    continueOnFail: true,
    signal: stop.signal,
    parameters: small,
  });
  expect(items.map((item) => Object.keys(item.binary ?? {}))).toEqual([['data']]);
  expect(endpoint.posts).toHaveLength(2);
});

it('warnings of the node and the endpoint are in each item, and once in the editor', async () => {
  const unknown = 'tintype-tiny does not know these words and ignores them: "foxx" (did you mean "fox"?).';
  await using endpoint = await startStubEndpoint(() => ({
    body: { image: png(8, 8).toString('base64'), warnings: [unknown] },
  }));
  const { items, hints } = await node.run({
    url: endpoint.url,
    items: 3,
    parameters: { ...small, negativePrompt: 'blue', guidanceScale: 1 },
  });
  const noEffect: unknown = expect.stringContaining('negative prompt has no effect');
  expect(items.map(({ json }) => json['warnings'])).toEqual(Array.from({ length: 3 }, () => [noEffect, unknown]));
  expect(hints).toEqual([noEffect, unknown].map((message) => ({ message, location: 'outputPane' })));
});
