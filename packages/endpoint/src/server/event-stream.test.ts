import { describe, expect, it } from 'vitest';
import { quickModel, randomModel } from '../testing/model-folders.ts';
import { draw, errorOf, longRequest, post, quickRequest } from '../testing/post.ts';
import { listenOnly, startEndpoint } from '../testing/start-endpoint.ts';

const accept = 'text/event-stream';

interface Received {
  readonly event: string;
  readonly data: unknown;
}

/** The events of a response, one after the other, as they arrive. */
async function* eventsOf(response: Response): AsyncGenerator<Received> {
  let text = '';
  for await (const piece of response.body ?? []) {
    text += Buffer.from(piece).toString();
    const whole = text.split('\n\n');
    text = whole.pop() ?? '';
    for (const lines of whole) {
      const [, event = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(lines) ?? [];
      yield { event, data: JSON.parse(data) as unknown };
    }
  }
  expect(text).toBe('');
}

async function allEvents(response: Response): Promise<readonly Received[]> {
  const events: Received[] = [];
  for await (const event of eventsOf(response)) events.push(event);
  return events;
}

describe('a stream of events', () => {
  it('has each step, and then the image as it would be without steps', async () => {
    const { url } = await startEndpoint({ model: await quickModel() });
    const request = { ...quickRequest, inference_steps: 4, scheduler: 'ddim' };
    const response = await post(url, request, { accept });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, accept]);
    const events = await allEvents(response);
    expect(events.slice(0, -1)).toEqual([1, 2, 3, 4].map((step) => ({ event: 'step', data: { step, steps: 4 } })));
    const { bytes, ...image } = await draw(url, request);
    expect(bytes.length).toBeGreaterThan(100);
    expect(events.at(-1)).toEqual({ event: 'image', data: image });
  });

  it('has the type of image that is also accepted, in either dialect', async () => {
    const { url } = await startEndpoint({ model: await quickModel() });
    const { inputs, ...parameters } = { ...quickRequest, inference_steps: undefined, num_inference_steps: 1 };
    for (const body of [quickRequest, { inputs, parameters }]) {
      const response = await post(url, body, { accept: `image/webp, ${accept};q=0.9` });
      const last = (await allEvents(response)).at(-1);
      expect(last).toMatchObject({ event: 'image', data: { image: expect.stringMatching(/^UklGR.{6}XRUJQ/) } });
    }
  });

  it('does not begin for a request that is refused', async () => {
    const { url } = await startEndpoint({ model: await quickModel(), fail: { status: 503 } });
    expect((await post(url, quickRequest, { accept })).status).toBe(503);
    const response = await post(url, { ...quickRequest, width: 500 }, { accept });
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/json']);
    expect(await errorOf(response)).toMatch(/width must be/);
  });

  it('ends with an error if the endpoint closes, which is logged with its status', async () => {
    const running = await listenOnly({ model: await randomModel() });
    await running.endpoint.ready();
    let closed: Promise<void> | undefined;
    const events: Received[] = [];
    for await (const event of eventsOf(await post(running.url, longRequest, { accept }))) {
      events.push(event);
      closed ??= running.endpoint.close();
    }
    await closed;
    expect(events[0]).toEqual({ event: 'step', data: { step: 1, steps: 500 } });
    expect(events.at(-1)).toEqual({
      event: 'error',
      data: { status: 503, error: expect.stringMatching(/shutting down/) },
    });
    expect(running.events.at(-1)).toMatchObject({ type: 'request', status: 503 });
  });

  it('whose reader leaves ends the drawing, and the next request is served', async () => {
    const { url, events } = await startEndpoint({ model: await randomModel() });
    for await (const { event } of eventsOf(await post(url, longRequest, { accept }))) {
      expect(event).toBe('step');
      break;
    }
    await draw(url, quickRequest);
    const statuses = events.flatMap((event) => (event.type === 'request' ? [event.status] : []));
    expect(statuses).toEqual([499, 200]);
  });

  it('is not what the real container offers', async () => {
    const { url } = await startEndpoint({ model: await quickModel(), strict: true });
    const response = await post(url, quickRequest, { accept });
    expect([response.status, await errorOf(response)]).toEqual([
      400,
      expect.stringMatching(/Accept type .* not supported/),
    ]);
  });
});
