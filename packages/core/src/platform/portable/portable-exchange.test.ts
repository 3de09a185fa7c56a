import { base64Of, pngBytes } from '@tintype/png-like';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createImageClient, type Transport, type TransportResponse } from '../../portable.ts';
import { endpointServer } from '../../testing/endpoint-server.ts';

const clientOver = (endpoint: string, transport: Transport) =>
  createImageClient({
    endpoint,
    transport,
    sleep: async (ms, signal) => sleep(ms, undefined, { signal }),
    maxImageBytes: 100_000,
  });

/** `fetch` as Safari has it: its bodies have a reader, and are not iterable. */
const withReader: Transport = async ({ url, method, headers, body, signal }) => {
  const response = await fetch(url, { method, headers, signal, ...(body === undefined ? {} : { body }) });
  const { body: stream } = response;
  if (stream === null) throw new Error('There is no body');
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: { getReader: () => stream.getReader() },
  };
};

const whole = async (response: Response): Promise<TransportResponse> => {
  const { status, headers } = response;
  return { status, headers, body: new Uint8Array(await response.arrayBuffer()) };
};

describe('a transport of one’s own', () => {
  it('may respond with fetch’s own headers', async () => {
    await using server = await endpointServer((_request, response) => {
      response.writeHead(500, { 'x-request-id': 'abc' }).end('{"error":"boom"}');
    });
    const client = clientOver(server.url, async (request) => fetch(request.url, request).then(whole));
    await expect(client.generate({ prompt: 'x' }, { retry: { max: 0 } })).rejects.toMatchObject({
      facts: { requestId: 'abc' },
    });
  });

  it('may respond with a stream that only has a reader', async () => {
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
    ['fetch’s response as it is, whose headers are missing', { status: 200, body: new Uint8Array() }],
    ['a text for a body', { status: 200, headers: {}, body: '{"image":""}' }],
    ['a status as text', { status: '200', headers: {}, body: new Uint8Array() }],
  ])('is told what it must return when it returns %s', async (_name, response) => {
    const client = clientOver('http://127.0.0.1:9', async () => response as unknown as TransportResponse);
    await expect(client.generate({ prompt: 'x' })).rejects.toThrow(
      new TypeError(
        'The transport must return { status, headers, body }: a number, an object, and bytes or a stream of them.',
      ),
    );
  });
});
