import { type AddressInfo, createServer } from 'node:net';
import { MockAgent } from 'undici';
import { expect, it } from 'vitest';
import { createImageClient } from '../platform/node/create-image-client.ts';
import { drawImage, endpointServer, type Respond } from '../testing/endpoint-server.ts';
import { standingClock } from '../testing/standing-clock.ts';

const starting: Respond = (_request, response) =>
  void response.writeHead(503, { 'x-request-id': 'req-7' }).end('{"error":"Model is loading"}');

it('says for how long an endpoint has not been ready, what it said, and by which request', async () => {
  const clock = standingClock();
  await using server = await endpointServer(drawImage, starting);
  await using client = createImageClient({ endpoint: server.url, timeout: { total: 300 } });
  const ready = client.waitUntilReady().catch((error: unknown) => error);
  await expect.poll(() => server.headers).toHaveLength(1);
  await clock.passes(300);
  expect(await ready).toMatchObject({
    code: 'endpoint_unavailable',
    status: 503,
    facts: { requestId: 'req-7', said: 'Model is loading' },
    message: expect.stringMatching(/^The endpoint is not ready.* \(503\)\. It said: Model is loading\.$/),
  });
});

it('says so too when the time passes while its last question is held', async () => {
  const clock = standingClock();
  let asked = 0;
  await using server = await endpointServer(drawImage, (...exchange) => {
    asked += 1;
    if (asked === 1) starting(...exchange);
  });
  await using client = createImageClient({ endpoint: server.url, timeout: { total: 60_000 } });
  const ready = client.waitUntilReady().catch((error: unknown) => error);
  await expect.poll(async () => clock.passes(100).then(() => asked), { interval: 1 }).toBe(2);
  await clock.passes(60_000);
  expect(await ready).toMatchObject({ code: 'endpoint_unavailable', status: 503 });
});

it('does not wait behind an image that is being made', async () => {
  await using server = await endpointServer(() => undefined);
  await using client = createImageClient({ endpoint: server.url });
  const stop = new AbortController();
  const image = client.generate({ prompt: 'x' }, { signal: stop.signal }).catch(() => undefined);
  await expect.poll(() => server.posts.length).toBe(1);
  expect(await client.waitUntilReady()).toMatchObject({ status: 200 });
  stop.abort();
  await image;
});

it('says that a health route is silent', async () => {
  await using server = await endpointServer(drawImage, () => undefined);
  await using client = createImageClient({ endpoint: server.url, timeout: { total: 150 } });
  await expect(client.waitUntilReady()).rejects.toMatchObject({
    code: 'timeout',
    facts: { phase: 'total', waitingFor: 'health' },
    message: expect.stringMatching(
      /^There was no response from the health route of the endpoint at 127\.0\.0\.1:\d+ within 150 ms\.$/,
    ),
  });
});

it.each([
  ['https', 'The server does not speak HTTPS'],
  ['http', 'If that repeats, read its logs and check the endpoint URL.'],
])('says what to do where something else than an endpoint listens for %s', async (protocol, hint) => {
  const server = createServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-OpenSSH_9.6\r\n'));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await using client = createImageClient({ endpoint: `${protocol}://127.0.0.1:${port}` });
  await expect(client.waitUntilReady()).rejects.toMatchObject({
    code: 'network',
    message: expect.not.stringContaining('unknown'),
    hint: expect.stringContaining(hint),
  });
  server.close();
});

it('takes what a dispatcher throws at once for no stop of its caller’s', async () => {
  const broken = new TypeError('a bug of the dispatcher');
  const dispatcher = new MockAgent();
  dispatcher.dispatch = () => {
    throw broken;
  };
  const client = createImageClient({ endpoint: 'http://endpoint.test', dispatcher });
  await expect(client.waitUntilReady()).rejects.toBe(broken);
});

it.each<[string, Respond]>([
  [
    'has no end',
    (_request, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write('x'.repeat(4000)));
      };
      response.on('drain', write);
      write();
    },
  ],
  ['stops half-way', (_request, response) => void response.write('O')],
])('goes by the status of a health route whose text %s', async (_name, get) => {
  const clock = standingClock();
  await using server = await endpointServer(drawImage, get);
  await using client = createImageClient({ endpoint: server.url, timeout: { idle: 150 } });
  const ready = client.waitUntilReady();
  await expect.poll(() => server.headers).toHaveLength(1);
  await clock.passes(150);
  expect(await ready).toMatchObject({ status: 200 });
});
