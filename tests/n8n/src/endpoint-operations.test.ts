import { describe, expect, inject, it } from 'vitest';
import { loadNode } from './testing/run-node.ts';
import { startStubEndpoint } from './testing/stub-endpoint.ts';

const node = loadNode(inject('packed'));
const checkStatus = { resource: 'endpoint', operation: 'checkStatus' };
const wakeUp = { resource: 'endpoint', operation: 'wakeUp' };

describe('Check Status', () => {
  it.each([
    [{ body: { status: 'ok' } }, 'ready', 200],
    [{ status: 404, body: 'a container without a health route' }, 'ready', 404],
    [{ status: 503, body: { error: 'Loading' } }, 'starting', 503],
    [{ status: 503, headers: { 'retry-after': '3600' }, body: { error: 'Loading' } }, 'starting', 503],
    [{ status: 503, headers: { 'retry-after': '3600' }, body: { error: 'The queue is full' } }, 'starting', 503],
    [{ status: 401, body: { error: 'Unauthorized' } }, 'tokenRefused', 401],
    [{ status: 400, body: { error: 'Bad Request: Invalid state: endpoint is paused' } }, 'paused', 400],
    ['reset' as const, 'unreachable', null],
  ])('%j is %s', async (answer, status, statusCode) => {
    await using endpoint = await startStubEndpoint(() => answer);
    const { items } = await node.run({ url: endpoint.url, parameters: checkStatus });
    expect(items).toEqual([
      {
        json: {
          status,
          ready: status === 'ready',
          statusCode,
          message: expect.stringMatching(/\.$/),
          durationMs: expect.any(Number),
        },
        pairedItem: { item: 0 },
      },
    ]);
    // Once, costing no image, and without the header that makes a proxy hold the question.
    expect(endpoint.calls.map((call) => `${call.method} ${call.path}`)).toEqual(['GET /health']);
    expect(endpoint.calls[0]?.headers).not.toHaveProperty('x-scale-up-timeout');
  });

  it('fails where it cannot ask at all', async () => {
    await expect(node.run({ url: 'nowhere', parameters: checkStatus })).rejects.toThrow(
      /^The Endpoint URL in the Tintype credential must be a complete URL/,
    );
  });
});

describe('Wake Up', () => {
  it('asks the health route until the endpoint is there', async () => {
    await using endpoint = await startStubEndpoint((_, calls) =>
      calls.length < 3 ? { status: 503, headers: { 'retry-after': '0' }, body: {} } : { body: {} },
    );
    const { items } = await node.run({ url: endpoint.url, parameters: wakeUp });
    expect(items[0]?.json).toEqual({
      status: 'ready',
      ready: true,
      statusCode: 200,
      waitedMs: expect.any(Number),
    });
    expect(endpoint.calls.map((call) => call.method)).toEqual(['GET', 'GET', 'GET']);
    expect(endpoint.calls[0]?.headers).toHaveProperty('x-scale-up-timeout');
  });

  it('gives up when the time is over, and says how to allow more', async () => {
    await using endpoint = await startStubEndpoint(() => ({
      status: 503,
      headers: { 'retry-after': '3600' },
      body: {},
    }));
    const run = node.run({ url: endpoint.url, parameters: { ...wakeUp, options: { timeout: 600 } } });
    await expect(run).rejects.toMatchObject({ description: expect.stringContaining('Timeout') });
  });

  it('does not wait for an endpoint that will not wake by itself', async () => {
    await using endpoint = await startStubEndpoint(() => ({
      status: 400,
      body: { error: 'Bad Request: Invalid state: endpoint is paused' },
    }));
    const run = node.run({ url: endpoint.url, parameters: wakeUp });
    await expect(run).rejects.toThrow(/paused/);
  });
});
