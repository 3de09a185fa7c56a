import { describe, expect, inject, it } from 'vitest';
import { png } from './testing/png.ts';
import { loadNode } from './testing/run-node.ts';
import { startStubEndpoint } from './testing/stub-endpoint.ts';

const node = loadNode(inject('packed'));
const once = { options: { maxRetries: 0, waitForColdStart: false } };

async function failureOf(url: string, parameters: object, accessToken?: string) {
  const { items } = await node.run({
    url,
    ...(accessToken === undefined ? {} : { accessToken }),
    continueOnFail: true,
    parameters: { prompt: 'a red fox', width: 8, height: 8, ...once, ...parameters },
  });
  expect(items).toHaveLength(1);
  expect(items[0]?.pairedItem).toEqual({ item: 0 });
  return items[0]?.json as { error: string; details: { code: string; hint: string } };
}

describe('what a user can get wrong in the panel', () => {
  it.each([
    [{ prompt: '  ' }, 'Prompt must be a text that is not blank; got "  ".'],
    [{ prompt: undefined }, 'Prompt must be a text that is not blank; got nothing.'],
    [
      { width: 500 },
      'Width must be a whole number of pixels, a multiple of 8, 8 or more; got 500. The nearest valid value is 496 or 504.',
    ],
    [{ height: 'tall' }, 'Height must be a whole number of pixels, a multiple of 8, 8 or more; got "tall".'],
    [{ guidanceScale: -1 }, 'Guidance Scale must be a number, 0 or more; got -1. The nearest valid value is 0.'],
    [{ inferenceSteps: 0 }, 'Inference Steps must be a whole number, 1 or more; got 0. The nearest valid value is 1.'],
    [{ size: 'large' }, 'Size must be "custom", or a width and a height such as 768x512; got "large".'],
    [{ options: { extra: '{seed: 7}' } }, 'Extra Fields must be a JSON object such as {"seed": 7}; got {seed: 7}.'],
    [{ options: { extra: '[1]' } }, 'Extra Fields must be a JSON object such as {"seed": 7}; got [1].'],
    [{ options: { numberOfImages: 0 } }, 'Number of Images must be a whole number, 1 or more; got 0.'],
    [{ options: { timeout: 'soon' } }, 'Timeout must be a whole number, from 1 to 86400; got "soon".'],
  ])('%j', async (parameters, message) => {
    await using endpoint = await startStubEndpoint(() => ({ body: {} }));
    const failure = await failureOf(endpoint.url, parameters);
    expect(failure.error).toBe(message);
    expect(failure.details.hint).toBe('Correct the field in the Tintype node, or the expression that fills it.');
    expect(endpoint.calls).toEqual([]);
  });

  it('names every field that is wrong, not only the first', async () => {
    await using endpoint = await startStubEndpoint(() => ({ body: {} }));
    const { error } = await failureOf(endpoint.url, { prompt: '', width: 500 });
    expect(error).toMatch(/^Prompt must be .*Width must be /);
  });
});

describe('the other items of the run', () => {
  it('still come out when one fails', async () => {
    await using endpoint = await startStubEndpoint(() => ({ body: { image: png(8, 8).toString('base64') } }));
    const { items } = await node.run({
      url: endpoint.url,
      items: 3,
      continueOnFail: true,
      parameters: { prompt: (item: number) => (item === 1 ? ' ' : 'a red fox'), width: 8, height: 8 },
    });
    expect(items.map((item) => [Object.keys(item.binary ?? {}), item.pairedItem])).toEqual([
      [['data'], { item: 0 }],
      [[], { item: 1 }],
      [['data'], { item: 2 }],
    ]);
    // n8n tells a failed item by these members and no others.
    expect(Object.keys(items[1]?.json ?? {})).toEqual(['error', 'details']);
  });

  it('do not run when one fails and the node shall stop there', async () => {
    await using endpoint = await startStubEndpoint(() => ({ body: { image: png(8, 8).toString('base64') } }));
    const run = node.run({
      url: endpoint.url,
      items: 3,
      parameters: { prompt: (item: number) => (item === 1 ? ' ' : 'a red fox'), width: 8, height: 8 },
    });
    await expect(run).rejects.toMatchObject({ name: 'NodeOperationError', context: { itemIndex: 1 } });
    expect(endpoint.posts).toHaveLength(1);
  });

  it('keep the images that were made before one of several failed', async () => {
    await using endpoint = await startStubEndpoint((_, calls) =>
      calls.length === 3 ? { status: 400, body: { error: 'no' } } : { body: { image: png(8, 8).toString('base64') } },
    );
    const { items } = await node.run({
      url: endpoint.url,
      continueOnFail: true,
      parameters: { prompt: 'a', width: 8, height: 8, options: { numberOfImages: 4, maxRetries: 0 } },
    });
    expect(items.map((item) => Object.keys(item.binary ?? {}))).toEqual([['data'], ['data'], []]);
  });
});

describe('what an endpoint can answer', () => {
  it.each([
    [{ status: 401, body: { error: 'Unauthorized' } }, 'unauthorized', /Access Token/],
    [{ status: 404, body: 'Not Found' }, 'endpoint_not_found', /Endpoint URL/],
    [{ body: '<html><body>Welcome</body></html>' }, 'invalid_response', /image/],
    [{ body: { image: 'not base64!' } }, 'invalid_response', /image/],
    [{ body: { image: Buffer.from('no image at all').toString('base64') } }, 'invalid_response', /image/],
    [{ status: 503, body: { error: 'Loading' } }, 'endpoint_unavailable', /Wait for a Cold Start/],
    ['reset' as const, 'network', /Endpoint URL/],
  ])('%j becomes %s', async (answer, code, hint) => {
    await using endpoint = await startStubEndpoint(() => answer);
    const failure = await failureOf(endpoint.url, {});
    expect(failure.details.code).toBe(code);
    expect(failure.details.hint).toMatch(hint);
    expect(failure.error.length).toBeLessThan(200);
    expect(JSON.stringify(failure)).not.toContain('hf_test');
  });

  it('a page of HTML behind a proxy is not shown whole', async () => {
    await using endpoint = await startStubEndpoint(() => ({
      status: 500,
      body: `<html>${'x'.repeat(100_000)}</html>`,
    }));
    const failure = await failureOf(endpoint.url, {});
    expect(JSON.stringify(failure).length).toBeLessThan(2000);
  });

  it('an answer that does not come in time says so in seconds', async () => {
    await using endpoint = await startStubEndpoint(() => 'hang');
    const failure = await failureOf(endpoint.url, { options: { maxRetries: 0, timeout: 1 } });
    expect(failure.details).toMatchObject({ code: 'timeout', hint: expect.stringContaining('option Timeout') });
  });
});

describe('where an endpoint can be', () => {
  it('nowhere: nothing listens there', async () => {
    const endpoint = await startStubEndpoint(() => ({}));
    await endpoint[Symbol.asyncDispose]();
    const failure = await failureOf(endpoint.url, {});
    expect(failure.details).toMatchObject({ code: 'network', hint: expect.stringContaining('Endpoint URL') });
  });

  it.each(['abc123.endpoints.huggingface.cloud', 'ftp://abc', '', 'not a url'])(
    'not at %j, which is no address',
    async (url) => {
      const failure = await failureOf(url, {});
      expect(failure.error).toMatch(/^The Endpoint URL in the Tintype credential must be a complete URL/);
    },
  );
});
