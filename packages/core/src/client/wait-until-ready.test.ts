import { expect, it } from 'vitest';
import { createImageClient } from '../node/create-image-client.ts';
import { drawPicture, endpointServer, type Answer } from '../testing/endpoint-server.ts';

const starting: Answer = (_request, response) =>
  void response.writeHead(503, { 'x-request-id': 'req-7' }).end('{"error":"Model is loading"}');

it('says for how long an endpoint has not been ready, what it said, and by which request', async () => {
  await using server = await endpointServer(drawPicture, starting);
  await using client = createImageClient({ endpoint: server.url, timeout: { total: 300 } });
  await expect(client.waitUntilReady()).rejects.toMatchObject({
    code: 'endpoint_unavailable',
    status: 503,
    requestId: 'req-7',
    message: expect.stringMatching(/^The endpoint has not been ready.*: it answers 503\. It said: Model is loading$/),
  });
});

it('says so too when the time passes while its last question is held', async () => {
  let asked = 0;
  await using server = await endpointServer(drawPicture, (...answer) => {
    asked += 1;
    if (asked === 1) starting(...answer);
  });
  await using client = createImageClient({ endpoint: server.url, timeout: { total: 2500 } });
  await expect(client.waitUntilReady()).rejects.toMatchObject({ code: 'endpoint_unavailable', status: 503 });
});

it('says that a health route is silent', async () => {
  await using server = await endpointServer(drawPicture, () => undefined);
  await using client = createImageClient({ endpoint: server.url, timeout: { total: 150 } });
  await expect(client.waitUntilReady()).rejects.toMatchObject({
    code: 'timeout',
    phase: 'total',
    message: expect.stringMatching(/^The health route at 127\.0\.0\.1:\d+ did not answer within 150 ms\.$/),
  });
});

it.each<[string, Answer]>([
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
  await using server = await endpointServer(drawPicture, get);
  await using client = createImageClient({ endpoint: server.url, timeout: { idle: 150 } });
  expect(await client.waitUntilReady()).toMatchObject({ status: 200 });
});
