import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { base64Of, pngBytes } from '@tintype/png-like';
import { describe, expect, it } from 'vitest';
import { createImageClient, type Transport, type TransportAnswer } from '../portable.ts';
import { endpointServer } from '../testing/endpoint-server.ts';

const clientOver = (endpoint: string, transport: Transport) =>
  createImageClient({
    endpoint,
    transport,
    sleep: async (ms, signal) => sleep(ms, undefined, { signal }),
    maxImageBytes: 100_000,
  });

/** `fetch` as Safari has it: its bodies have a reader, and are not iterable. */
const withReader: Transport = async ({ url, method, headers, body, signal }) => {
  const answer = await fetch(url, { method, headers, signal, ...(body === undefined ? {} : { body }) });
  const { body: stream } = answer;
  if (stream === null) throw new Error('There is no body');
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: { getReader: () => stream.getReader() },
  };
};

const whole = async (answer: Response): Promise<TransportAnswer> => {
  const { status, headers } = answer;
  return { status, headers, body: new Uint8Array(await answer.arrayBuffer()) };
};

describe('a transport of one’s own', () => {
  it('may answer with fetch’s own headers', async () => {
    await using server = await endpointServer((_request, response) => {
      response.writeHead(500, { 'x-request-id': 'abc' }).end('{"error":"boom"}');
    });
    const client = clientOver(server.url, async (request) => fetch(request.url, request).then(whole));
    await expect(client.generate({ prompt: 'x' }, { retry: { max: 0 } })).rejects.toMatchObject({
      facts: { requestId: 'abc' },
    });
  });

  it('may answer with a stream that only has a reader', async () => {
    await using server = await endpointServer();
    const image = await clientOver(server.url, withReader).generate({ prompt: 'x 70000', width: 16, height: 8 });
    expect(Buffer.compare(image.bytes, pngBytes({ width: 16, height: 8, length: 70_000 }))).toBe(0);
  });

  it('has its reader let go where the rest is not wanted', async () => {
    const closed = Promise.withResolvers<void>();
    await using server = await endpointServer((_request, response) => {
      void once(response, 'close').then(() => closed.resolve());
      response.write(`{"image":"${base64Of(pngBytes({ width: 16, height: 8, length: 200_000 }))}`);
    });
    const client = clientOver(server.url, withReader);
    await expect(client.generate({ prompt: 'x', width: 16, height: 8 })).rejects.toMatchObject({
      code: 'invalid_response',
    });
    await closed.promise;
  });

  it.each([
    ['nothing', undefined],
    ['fetch’s answer as it is, whose headers are missing', { status: 200, body: new Uint8Array() }],
    ['a text for a body', { status: 200, headers: {}, body: '{"image":""}' }],
    ['a status as text', { status: '200', headers: {}, body: new Uint8Array() }],
  ])('is told what it has to answer where it answers %s', async (_name, answer) => {
    const client = clientOver('http://127.0.0.1:9', async () => answer as unknown as TransportAnswer);
    await expect(client.generate({ prompt: 'x' })).rejects.toThrow(
      new TypeError(
        'The transport must answer { status, headers, body }: a number, an object, and bytes or a stream of them.',
      ),
    );
  });
});
