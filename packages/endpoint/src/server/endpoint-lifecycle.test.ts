import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEndpoint } from './create-endpoint.ts';
import { emptyFolder, fixture, modelFolder, quickModel, randomModel } from '../testing/model-folders.ts';
import { draw, errorOf, longRequest, post, quickRequest } from '../testing/post.ts';
import { listenOnly, startEndpoint } from '../testing/start-endpoint.ts';

describe('a token', () => {
  it('is asked for and compared', async () => {
    const { url, events } = await startEndpoint({ model: await quickModel(), token: 'the-right-one' });
    const statuses = async (headers: Record<string, string>): Promise<readonly number[]> => [
      (await post(url, quickRequest, headers)).status,
      (await fetch(`${url}/health`, { headers })).status,
    ];
    expect(await statuses({})).toEqual([401, 200]);
    expect(await statuses({ authorization: 'Bearer the-wrong-one' })).toEqual([401, 401]);
    expect(await statuses({ authorization: 'Basic dGhlLXJpZ2h0LW9uZQ==' })).toEqual([401, 401]);
    expect(await statuses({ authorization: 'Bearer the-right-one' })).toEqual([200, 200]);
    const error = await errorOf(await post(url, quickRequest, { authorization: 'Bearer the-wrong-one' }));
    expect(error).toMatch(/not the one this endpoint was started with/);
    expect(
      error + JSON.stringify(events, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    ).not.toMatch(/-one'|the-(right|wrong)-one|red circle/);
  });

  it('is all that counts where there is one: any name will do, and any page that knows it', async () => {
    const { url } = await startEndpoint({ model: await quickModel(), token: 'the-right-one', host: '0.0.0.0' });
    const statusFor = async (headers: Record<string, string>): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const { port } = new URL(url);
        request({ port, method: 'POST', headers: { 'content-type': 'application/json', ...headers } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end(JSON.stringify(quickRequest));
      });
    const authorization = 'Bearer the-right-one';
    for (const host of ['endpoint:8080', 'my_endpoint', '192.168.1.7:8080', '[fe80::1]']) {
      expect(await statusFor({ host, authorization })).toBe(200);
    }
    expect(await statusFor({ host: 'endpoint', origin: 'https://app.example.com', authorization })).toBe(200);
    expect(await statusFor({ host: 'endpoint', origin: 'https://app.example.com' })).toBe(401);
    expect(await statusFor({ host: 'a b', authorization })).toBe(400);
  });

  it('is needed beyond loopback, and not blank', () => {
    expect(() => createEndpoint({ host: '0.0.0.0' })).toThrow(/Listening on 0\.0\.0\.0 needs a token/);
    expect(() => createEndpoint({ token: ' ' })).toThrow(/token must not be blank/);
  });
});

describe('loading', () => {
  it('answers 503 with Retry-After until the model is there', async () => {
    const { url, endpoint } = await listenOnly();
    onTestFinished(async () => endpoint.close());
    const response = await post(url, quickRequest);
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await errorOf(response)).toMatch(/is starting/);
    expect((await fetch(`${url}/health`)).status).toBe(503);
    await endpoint.ready();
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('holds a request that says how long it may be held', async () => {
    const { url, endpoint } = await listenOnly({ model: await quickModel() });
    onTestFinished(async () => endpoint.close());
    expect((await post(url, quickRequest, { 'x-scale-up-timeout': '600' })).status).toBe(200);
  });

  it('opens no port for a folder that is no model', async () => {
    const endpoint = createEndpoint({ model: await emptyFolder(), port: 0 });
    await expect(endpoint.listen()).rejects.toThrow(/is no diffusers model: it has no model_index\.json/);
    await endpoint.close();
  });

  it('says when its port is taken', async () => {
    const { url } = await startEndpoint({ model: await quickModel() });
    const port = Number(new URL(url).port);
    await expect(createEndpoint({ port }).listen()).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use.`);
  });
});

describe('a model of one’s own', () => {
  it('is drawn at the size asked for', async () => {
    const { url } = await startEndpoint({ model: fixture('tiny-sd') });
    const answer = await draw(url, { ...quickRequest, width: 80, height: 48 });
    expect(answer.native_size).toEqual({ width: 80, height: 48 });
    expect(answer.warnings).toEqual([]);
  });

  it('is held to sizes that its memory can bear', async () => {
    const { url } = await startEndpoint({ model: fixture('tiny-sd') });
    const response = await post(url, { ...quickRequest, width: 1024, height: 1024 });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatch(/must be at most 9216 pixels/);
  });

  it('is held to sizes that its UNet can halve', async () => {
    const { url } = await startEndpoint({ model: fixture('tiny-sd') });
    const response = await post(url, { ...quickRequest, width: 72, height: 40 });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatch(/width must be .* a multiple of 16.* 64 or 80.*height .* 32 or 48/);
  });

  it('that is damaged is told of by every answer', async () => {
    const whole = await readFile(join(fixture('tiny-sd'), 'unet', 'model.onnx'));
    const model = await modelFolder(['tiny-sd'], { 'unet/model.onnx': whole.subarray(0, whole.length / 2) });
    const { url, endpoint, events } = await listenOnly({ model });
    onTestFinished(async () => endpoint.close());
    await expect(endpoint.ready()).rejects.toThrow(/unet\/model\.onnx could not be loaded/);
    const response = await post(url, quickRequest);
    expect(response.status).toBe(500);
    expect(await errorOf(response)).toMatch(/could not be loaded: .*unet.*Fetch or export the model again/);
    expect((await fetch(`${url}/health`)).status).toBe(500);
    expect(events).toContainEqual({ type: 'model-failed', message: expect.stringMatching(/unet/) });
  });

  it('tells why a scheduler cannot go so many steps', async () => {
    const { url } = await startEndpoint({ model: fixture('tiny-sd') });
    const response = await post(url, { ...quickRequest, width: 64, height: 64, scheduler: 'lcm', inference_steps: 51 });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatch(/LCM scheduler goes at most 50 steps, got 51/);
  });
});

describe('a client that leaves', () => {
  it('ends its image between two steps, and the next one is drawn', async () => {
    const leaver = new AbortController();
    const { url, events } = await startEndpoint({
      model: await randomModel(),
      onEvent: (event) => {
        if (event.type === 'progress' && event.total === 500 && event.done === 2) leaver.abort();
      },
    });
    await expect(post(url, longRequest, {}, leaver.signal)).rejects.toThrow();
    await draw(url, quickRequest);
    const steps = events.flatMap((event) => (event.type === 'progress' && event.total === 500 ? [event.done] : []));
    expect(steps.length).toBeGreaterThanOrEqual(2);
    expect(steps.length).toBeLessThan(250);
    expect(events.flatMap((event) => (event.type === 'request' ? [event.status] : []))).toEqual([499, 200]);
  });
});

describe('more callers than can be served', () => {
  it('wait in line, and are told when to come back once the line is full', async () => {
    const drawing = Promise.withResolvers<void>();
    const { url } = await startEndpoint({
      model: await randomModel(),
      queueLimit: 16,
      onEvent: (event) => {
        if (event.type === 'progress') drawing.resolve();
      },
    });
    const leaver = new AbortController();
    const first = post(url, longRequest, {}, leaver.signal).catch(() => undefined);
    await drawing.promise;

    const refused: Response[] = [];
    const full = Promise.withResolvers<void>();
    const others = Array.from({ length: 19 }, async () => {
      const response = await post(url, quickRequest);
      if (response.status === 503 && refused.push(response) === 3) full.resolve();
      return response.status;
    });
    await full.promise;
    leaver.abort();
    expect((await Promise.all(others)).filter((status) => status === 200)).toHaveLength(16);
    for (const response of refused) {
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await errorOf(response)).toMatch(/is busy: one image is being drawn and 16 more are waiting/);
    }
    await first;
  });
});

describe('closing', () => {
  it('answers those who wait and ends the image that is being drawn', async () => {
    const drawing = Promise.withResolvers<void>();
    const { url, endpoint } = await listenOnly({
      model: await randomModel(),
      onEvent: (event) => {
        if (event.type === 'progress') drawing.resolve();
      },
    });
    await endpoint.ready();
    const requests = [post(url, longRequest), post(url, longRequest)];
    await drawing.promise;
    await endpoint.close();
    for (const response of await Promise.all(requests)) {
      expect(response.status).toBe(503);
      expect(await errorOf(response)).toMatch(/shutting down/);
    }
    await expect(fetch(url)).rejects.toThrow();
  });

  it('may come before listening, while loading, and twice', async () => {
    await createEndpoint().close();
    const { endpoint } = await listenOnly({ model: await quickModel() });
    await Promise.all([endpoint.close(), endpoint.close()]);
    await expect(endpoint.ready()).rejects.toThrow(/was closed/);
  });
});
