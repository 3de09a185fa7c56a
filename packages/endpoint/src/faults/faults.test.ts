import { describe, expect, it } from 'vitest';
import { createEndpoint } from '../server/create-endpoint.ts';
import { errorOf, post, quickRequest } from '../testing/post.ts';
import { quickModel } from '../testing/model-folders.ts';
import { startEndpoint, type RunningEndpoint } from '../testing/start-endpoint.ts';
import type { EndpointEffects } from '../server/endpoint-effects.ts';
import type { EndpointOptions } from '../server/endpoint-options.ts';

describe('fail', () => {
  it('fails the first requests as told, then draws', async () => {
    const { url } = await start({
      fail: [{ status: 503, times: 2, retryAfterSeconds: 7 }, { status: 400 }],
    });
    const responses = [];
    for (let index = 0; index < 4; index++) responses.push(await post(url, quickRequest));
    expect(responses.map(({ status }) => status)).toEqual([503, 503, 400, 200]);
    expect(responses[0]?.headers.get('retry-after')).toBe('7');
    expect(responses[2]?.headers.get('retry-after')).toBeNull();
  });

  it('leaves /health alone and counts no request with a wrong token', async () => {
    const { url } = await start({ token: 'right', fail: { status: 500, times: 1 } });
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await post(url, quickRequest)).status).toBe(401);
    const response = await post(url, quickRequest, { authorization: 'Bearer right' });
    expect(response.status).toBe(500);
    expect(await errorOf(response)).toMatch(/ordered by the option fail; it was the last/);
  });

  it('is refused where it cannot be meant', () => {
    expect(() => createEndpoint({ fail: { status: 200 } })).toThrow(/fail\.status must be .* got 200/);
    expect(() => createEndpoint({ fail: { status: 503, times: 0 } })).toThrow(/fail\.times must be .* got 0/);
    expect(() => createEndpoint({ delayMs: -1 })).toThrow(/delayMs must be/);
    expect(() => createEndpoint({ coldStartMs: Number.NaN })).toThrow(/coldStartMs must be/);
  });
});

describe('delayMs', () => {
  it('waits before every image', async () => {
    const slept: number[] = [];
    const sleep = async (milliseconds: number): Promise<void> => void slept.push(milliseconds);
    const { url } = await start({ delayMs: 3000 }, { sleep });
    expect((await post(url, quickRequest)).status).toBe(200);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(slept).toContain(3000);
    expect(slept.filter((milliseconds) => milliseconds === 3000)).toHaveLength(1);
  });
});

describe('coldStartMs', () => {
  it('begins with the first request and answers 503 until it is over', async () => {
    let clock = 1000;
    const { url } = await start({ coldStartMs: 10_000 }, { now: () => clock });
    clock = 50_000;
    const first = await post(url, quickRequest);
    expect([first.status, first.headers.get('retry-after')]).toEqual([503, '10']);
    clock = 59_000;
    expect((await fetch(`${url}/health`)).status).toBe(503);
    clock = 60_000;
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await post(url, quickRequest)).status).toBe(200);
  });

  it('holds a request that may be held for so long', async () => {
    const slept: number[] = [];
    const sleep = async (milliseconds: number): Promise<void> => void slept.push(milliseconds);
    const { url } = await start({ coldStartMs: 10_000 }, { sleep, now: () => 0 });
    expect((await post(url, quickRequest, { 'x-scale-up-timeout': '5' })).status).toBe(503);
    expect((await post(url, quickRequest, { 'x-scale-up-timeout': '600' })).status).toBe(200);
    expect(slept).toContain(10_000);
  });
});

describe('strict', () => {
  it.each([
    [
      { 'content-type': 'application/json; charset=utf-8' },
      /Content type "application\/json; charset=utf-8" not supported/,
    ],
    [{ accept: 'application/json, text/plain, */*' }, /Accept type .* not supported/],
    [{ accept: 'image/png' }, /Can only serialize PIL\.Image\.Image, got <class 'dict'>/],
  ])('takes media types as literally as the container does: %o', async (headers, message) => {
    const { url } = await start({ strict: true });
    const response = await post(url, quickRequest, headers);
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatch(message);
    expect((await post(url, quickRequest, { accept: 'application/json' })).status).toBe(200);
  });
});

async function start(options: EndpointOptions, effects: Partial<EndpointEffects> = {}): Promise<RunningEndpoint> {
  return startEndpoint({ model: await quickModel(), ...options }, effects);
}
