import { base64Of, pngBytes } from '@tintype/png-like';
import { tracingChannel } from 'node:diagnostics_channel';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Agent, MockAgent } from 'undici';
import { describe, expect, it } from 'vitest';
import { ImageError } from '../../errors/image-error.ts';
import type { ClientEvent } from '../../observe/client-event.ts';
import { drawImage, endpointServer, type Respond } from '../../testing/endpoint-server.ts';
import { createImageClient } from './create-image-client.ts';

const token = 'hf_client0test0secret';
const hang: Respond = () => undefined;

async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'an image',
    (error: unknown) => (ImageError.isInstance(error) ? error.code : inspect(error)),
  );
}

describe('generate', () => {
  it('sends exactly what the contract says, and gives the image in every form', async () => {
    await using server = await endpointServer();
    await using client = createImageClient({ endpoint: `${server.url}/some/path`, token: ` Bearer ${token}\n` });
    const image = await client.generate({
      prompt: 'a red circle',
      negativePrompt: 'blue',
      width: 64,
      height: 32,
      extra: { seed: 7 },
    });
    expect(server.posts).toEqual([
      {
        inputs: 'a red circle',
        negative_prompt: 'blue',
        width: 64,
        height: 32,
        guidance_scale: 7.5,
        inference_steps: 25,
        seed: 7,
      },
    ]);
    expect(server.headers[0]).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    });
    expect(image).toMatchObject({
      mediaType: 'image/png',
      extension: 'png',
      width: 64,
      height: 32,
      warnings: [],
      meta: { seed: 7 },
    });
    const bytes = pngBytes({ width: 64, height: 32 });
    expect(Buffer.compare(image.bytes, bytes)).toBe(0);
    expect(image.base64()).toBe(base64Of(bytes));
    expect(image.dataUrl()).toBe(`data:image/png;base64,${base64Of(bytes)}`);
    expect([image.blob().type, image.blob().size]).toEqual(['image/png', bytes.length]);
  });

  it('warns of a size that was not asked for, and of a negative prompt without guidance', async () => {
    await using server = await endpointServer((request, response, body) =>
      drawImage(request, response, { ...body, width: 96 }),
    );
    await using client = createImageClient({ endpoint: server.url });
    const { warnings } = await client.generate({
      prompt: 'x',
      negativePrompt: 'y',
      guidanceScale: 1,
      width: 64,
      height: 64,
    });
    expect(warnings).toEqual([
      expect.stringContaining('The negative prompt has no effect'),
      'The image is 96 × 64 pixels, not the requested 64 × 64.',
    ]);
  });

  it('keeps the id that the endpoint’s proxy gave its response, and the page that explains the error', async () => {
    await using server = await endpointServer(
      (_request, response) => void response.writeHead(400, { 'x-request-id': 'req-7' }).end('{"error":"boom"}'),
    );
    await using client = createImageClient({ endpoint: server.url });
    await expect(client.generate({ prompt: 'x' })).rejects.toMatchObject({
      code: 'handler_failed',
      status: 400,
      facts: { requestId: 'req-7' },
      docs: expect.stringMatching(/\/docs\/errors\/handler_failed\.md$/),
    });
  });

  it('asks nothing of the endpoint where the request is wrong', async () => {
    await using server = await endpointServer();
    await using client = createImageClient({ endpoint: server.url });
    await expect(client.generate({ prompt: '', width: 7 })).rejects.toMatchObject({
      code: 'invalid_request',
      facts: { issues: [{ path: ['prompt'] }, { path: ['width'] }] },
    });
    expect(server.headers).toEqual([]);
  });

  it.each([
    ['endpoints.huggingface.cloud', 'endpoint must be a complete URL'],
    ['ftp://x.test', 'endpoint must be a complete URL'],
    [
      '',
      'endpoint must be a complete URL, such as https://abc123.us-east-1.aws.endpoints.huggingface.cloud; got nothing.',
    ],
    ['https://me:secret@x.test', 'must be a URL without a user name'],
  ])('refuses the endpoint %s', (endpoint, message) => {
    expect(() => createImageClient({ endpoint })).toThrow(message);
  });

  it('refuses a token that cannot be one, without showing it', () => {
    expect(() => createImageClient({ endpoint: 'http://x.test', token: 'hf_abc def' })).toThrow(
      /^token must be one word of ASCII characters; got white space/,
    );
  });

  it('makes one image at a time, in the order of the calls, and tells who waits', async () => {
    let atOnce = 0;
    let most = 0;
    await using server = await endpointServer((request, response, body) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      setTimeout(() => {
        atOnce -= 1;
        drawImage(request, response, body);
      }, 20);
    });
    const events: ClientEvent[] = [];
    await using client = createImageClient({ endpoint: server.url, onEvent: (event) => events.push(event) });
    await Promise.all(['a', 'b', 'c'].map(async (prompt) => client.generate({ prompt })));
    expect(most).toBe(1);
    expect(server.posts.map(({ inputs }) => inputs)).toEqual(['a', 'b', 'c']);
    expect(events.filter((event) => event.type === 'queued').map((event) => event.ahead)).toEqual([1, 2]);
  });

  it('stops wherever it is: before it begins, in the queue, under way, in a pause', async () => {
    await using server = await endpointServer(hang, (_request, response) => void response.writeHead(503).end());
    await using client = createImageClient({ endpoint: server.url });
    expect(await codeOf(client.generate({ prompt: 'x' }, { signal: AbortSignal.abort() }))).toBe('aborted');
    const underWay = new AbortController();
    const first = codeOf(client.generate({ prompt: 'x' }, { signal: underWay.signal }));
    const queued = new AbortController();
    const second = codeOf(client.generate({ prompt: 'y' }, { signal: queued.signal }));
    queued.abort();
    expect(await second).toBe('aborted');
    await expect.poll(() => server.posts.length).toBe(1);
    underWay.abort(new Error('enough'));
    expect(await first).toBe('aborted');

    await using starting = await endpointServer(
      (_request, response) => void response.writeHead(503).end(),
      (_request, response) => void response.writeHead(503).end(),
    );
    await using patient = createImageClient({ endpoint: starting.url });
    const pause = new AbortController();
    const waits = codeOf(
      patient.generate(
        { prompt: 'x' },
        { signal: pause.signal, onEvent: (event) => event.type === 'waiting' && pause.abort() },
      ),
    );
    expect(await waits).toBe('aborted');
  });

  it('says that it waited for its turn when its whole time passed in the queue', async () => {
    await using server = await endpointServer(hang);
    await using client = createImageClient({ endpoint: server.url });
    const stop = new AbortController();
    const first = codeOf(client.generate({ prompt: 'x' }, { signal: stop.signal }));
    await expect(client.generate({ prompt: 'y' }, { timeout: { total: 50 } })).rejects.toMatchObject({
      code: 'timeout',
      facts: { phase: 'total', waitingFor: 'turn' },
      attempts: [],
    });
    stop.abort();
    expect(await first).toBe('aborted');
  });

  it('loses no image to a listener that throws', async () => {
    await using server = await endpointServer();
    await using client = createImageClient({
      endpoint: server.url,
      onEvent: () => {
        throw new Error('a bug of the caller');
      },
    });
    expect(await codeOf(client.generate({ prompt: 'x' }))).toBe('an image');
  });

  it('goes through the caller’s dispatcher, and overwrites none of its bytes', async () => {
    const mock = new MockAgent();
    mock.disableNetConnect();
    const body = Buffer.from(JSON.stringify({ image: base64Of(pngBytes()) }));
    const before = Buffer.from(body);
    mock
      .get('https://endpoint.test')
      .intercept({ path: '/', method: 'POST' })
      .reply(200, body, { headers: { 'content-type': 'application/json' } })
      .times(2);
    const client = createImageClient({ endpoint: 'https://endpoint.test', dispatcher: mock });
    let length = 0;
    for await (const bytes of await client.stream({ prompt: 'x' })) length += bytes.length;
    expect(length).toBe(3000);
    expect(Buffer.compare(body, before)).toBe(0);
    await client.close();
    // It is the caller's: still usable.
    expect(
      await codeOf(
        createImageClient({ endpoint: 'https://endpoint.test', dispatcher: mock }).generate({ prompt: 'x' }),
      ),
    ).toBe('an image');
    await mock.close();
  });

  it('uses an agent of the caller’s as it is', async () => {
    await using server = await endpointServer();
    const agent = new Agent();
    const client = createImageClient({ endpoint: server.url, dispatcher: agent });
    expect(await codeOf(client.generate({ prompt: 'x' }))).toBe('an image');
    await agent.close();
  });
});

describe('stream', () => {
  it('tells format and size with the first bytes, and the rest at the end', async () => {
    await using server = await endpointServer();
    await using client = createImageClient({ endpoint: server.url });
    const stream = await client.stream({ prompt: 'x 900000', width: 64, height: 32 });
    expect(stream).toMatchObject({ mediaType: 'image/png', width: 64, height: 32, extension: 'png' });
    const pieces: Uint8Array[] = [];
    for await (const piece of stream) pieces.push(piece.slice());
    expect(Buffer.compare(Buffer.concat(pieces), pngBytes({ width: 64, height: 32, length: 900_000 }))).toBe(0);
    expect(await stream.finished).toMatchObject({ meta: { seed: 7 }, attempts: [{ status: 200 }] });
  });

  it('holds the endpoint back while its consumer is slow', async () => {
    let sent = 0;
    const bytes = pngBytes({ length: 12_000_000 });
    await using server = await endpointServer((_request, response) => {
      const text = Buffer.from(`{"image":"${base64Of(bytes)}"}`);
      const write = (): void => {
        while (sent < text.length) {
          const more = response.write(text.subarray(sent, sent + 65_536));
          sent += 65_536;
          if (!more) return;
        }
        response.end();
      };
      response.on('drain', write);
      write();
    });
    await using client = createImageClient({ endpoint: server.url });
    const stream = await client.stream({ prompt: 'x', width: 16, height: 8 });
    await sleep(300);
    // What the kernel's buffers take, and no more.
    expect(sent).toBeLessThan(12_000_000);
    let length = 0;
    for await (const piece of stream) length += piece.length;
    expect(length).toBe(12_000_000);
  });

  it('stops the call when its consumer leaves', async () => {
    const closed = Promise.withResolvers<void>();
    await using server = await endpointServer((request, response) => {
      request.socket.once('close', closed.resolve);
      response.write(`{"image":"${base64Of(pngBytes({ length: 30_000 }))}`);
    });
    await using client = createImageClient({ endpoint: server.url });
    const stream = await client.stream({ prompt: 'x' });
    for await (const piece of stream) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    await closed.promise;
    expect(await codeOf(stream.finished)).toBe('aborted');
  });

  it('repeats nothing once a part of the image was handed out, and says that it broke', async () => {
    await using server = await endpointServer((request, response) => {
      response.write(`{"image":"${base64Of(pngBytes({ length: 30_000 }))}`, () =>
        setTimeout(() => request.socket.destroy(), 20),
      );
    });
    await using client = createImageClient({ endpoint: server.url });
    const stream = await client.stream({ prompt: 'x' });
    const reading = (async () => {
      let length = 0;
      for await (const piece of stream) length += piece.length;
      return length;
    })();
    expect(await codeOf(reading)).toBe('network');
    expect(server.posts).toHaveLength(1);
    await stream.finished.catch(() => undefined);
  });

  it('fails as generate does where no image begins', async () => {
    await using server = await endpointServer((_request, response) => void response.writeHead(401).end());
    await using client = createImageClient({ endpoint: server.url });
    expect(await codeOf(client.stream({ prompt: 'x' }))).toBe('unauthorized');
  });
});

describe('save', () => {
  async function folder(): Promise<{ readonly path: string } & AsyncDisposable> {
    const path = await mkdtemp(join(tmpdir(), 'tintype-save-'));
    return { path, [Symbol.asyncDispose]: async () => rm(path, { recursive: true, force: true }) };
  }

  it('writes the image, whole, under its name only when it is whole', async () => {
    await using place = await folder();
    let during: readonly string[] = [];
    await using server = await endpointServer((request, response, body) => {
      void readdir(place.path).then((names) => {
        during = names;
        drawImage(request, response, body);
      });
    });
    await using client = createImageClient({ endpoint: server.url });
    const path = join(place.path, 'x.jpg');
    const saved = await client.save({ prompt: 'x 700001', width: 16, height: 8 }, path);
    expect(saved).toMatchObject({
      path,
      byteLength: 700_001,
      extension: 'png',
      warnings: ['The image is image/png, but the file is named .jpg.'],
    });
    expect(Buffer.compare(await readFile(path), pngBytes({ length: 700_001 }))).toBe(0);
    expect(during).not.toContain('x.jpg');
    expect(await readdir(place.path)).toEqual(['x.jpg']);
  });

  it('begins anew where an attempt broke half-way', async () => {
    await using place = await folder();
    let count = 0;
    await using server = await endpointServer((request, response, body) => {
      count += 1;
      if (count > 1) drawImage(request, response, body);
      else
        response.write(`{"image":"${base64Of(pngBytes({ length: 900_000, seed: 9 }))}`, () =>
          setTimeout(() => request.socket.destroy(), 20),
        );
    });
    await using client = createImageClient({ endpoint: server.url });
    const path = join(place.path, 'x.png');
    const { warnings, attempts } = await client.save({ prompt: 'x 5000', width: 16, height: 8 }, path);
    expect(Buffer.compare(await readFile(path), pngBytes({ length: 5000 }))).toBe(0);
    expect(warnings).toEqual([expect.stringContaining('you may have been billed for each')]);
    expect(attempts.map(({ mayHaveRun }) => mayHaveRun)).toEqual([true, true]);
  });

  it('leaves nothing behind where there is no image, and costs none where there is no folder', async () => {
    await using place = await folder();
    await using server = await endpointServer(
      (_request, response) => void response.end('{"image":"bm8gcGljdHVyZSBhdCBhbGw="}'),
    );
    await using client = createImageClient({ endpoint: server.url });
    expect(await codeOf(client.save({ prompt: 'x' }, join(place.path, 'x.png')))).toBe('invalid_response');
    expect(await readdir(place.path)).toEqual([]);
    await expect(client.save({ prompt: 'x' }, join(place.path, 'none', 'x.png'))).rejects.toMatchObject({
      code: 'ENOENT',
    });
    expect(server.posts).toHaveLength(1);
  });

  it('keeps an image that cannot be moved to its place, and says where', async () => {
    await using place = await folder();
    await using server = await endpointServer(drawImage);
    await using client = createImageClient({ endpoint: server.url });
    const path = join(place.path, 'x.png');
    await mkdir(path);
    await expect(client.save({ prompt: 'x 5000', width: 16, height: 8 }, path)).rejects.toThrow(
      /^The image is whole and stands in .*\.part: it could not be moved to .*x\.png \(E[A-Z]+\)\.$/,
    );
    const kept = (await readdir(place.path)).filter((name) => name.endsWith('.part'));
    expect(kept).toHaveLength(1);
    expect(Buffer.compare(await readFile(join(place.path, String(kept[0]))), pngBytes({ length: 5000 }))).toBe(0);
  });
});

describe('batch', () => {
  it('gives each image when it is done, and one failure costs one', async () => {
    const others = Promise.withResolvers<void>();
    await using server = await endpointServer((request, response, body) => {
      if (body['inputs'] === 'bad') response.writeHead(400).end('{"error":"boom"}');
      else if (body['inputs'] === 'slow') void others.promise.then(() => drawImage(request, response, body));
      else drawImage(request, response, body);
    });
    await using client = createImageClient({ endpoint: server.url, concurrency: 3 });
    const seen: string[] = [];
    for await (const result of client.batch(['slow', 'bad', 'x', ''].map((prompt) => ({ prompt })))) {
      seen.push(`${result.index} ${result.status === 'fulfilled' ? 'image' : result.error.code}`);
      if (seen.length === 3) others.resolve();
    }
    expect(seen.toSorted()).toEqual(['0 image', '1 handler_failed', '2 image', '3 invalid_request']);
    expect(seen.at(-1)).toBe('0 image');
  });

  it('takes requests one by one, no more at a time than there is room for', async () => {
    await using server = await endpointServer();
    await using client = createImageClient({ endpoint: server.url, concurrency: 2 });
    let taken = 0;
    async function* requests() {
      for (;;) {
        taken += 1;
        yield { prompt: 'x' };
      }
    }
    let made = 0;
    for await (const result of client.batch(requests())) {
      expect(result.status).toBe('fulfilled');
      expect(taken - made).toBeLessThanOrEqual(3);
      made += 1;
      if (made === 10) break;
    }
    expect(taken).toBeLessThanOrEqual(12);
  });

  it('stops the rest when it is aborted', async () => {
    await using server = await endpointServer(hang);
    await using client = createImageClient({ endpoint: server.url, concurrency: 2 });
    const stop = new AbortController();
    const codes: string[] = [];
    setTimeout(() => stop.abort(), 50);
    for await (const result of client.batch([{ prompt: 'x' }], { copies: 2, signal: stop.signal })) {
      codes.push(result.status === 'rejected' ? result.error.code : 'an image');
    }
    expect(codes).toEqual(['aborted', 'aborted']);
  });
});

describe('waitUntilReady', () => {
  it('wakes a sleeping endpoint by its health, without a POST', async () => {
    let asked = 0;
    await using server = await endpointServer(drawImage, (request, response) => {
      asked += 1;
      expect(request.url).toBe('/health');
      response.writeHead(asked < 3 ? 503 : 200).end();
    });
    const events: ClientEvent[] = [];
    await using client = createImageClient({
      endpoint: `${server.url}/predict`,
      onEvent: (event) => events.push(event),
    });
    expect(await client.waitUntilReady()).toMatchObject({ status: 200 });
    expect(events.map((event) => event.type)).toEqual(['waiting', 'waiting']);
    expect(server.headers[0]).toMatchObject({
      'x-scale-up-timeout': expect.stringMatching(/^[1-6]?\d{2}$|^600$/) as string,
    });
    expect(server.posts).toEqual([]);
  });

  it.each([
    [401, '', 'unauthorized'],
    [400, 'Bad Request: Invalid state', 'endpoint_paused'],
    [400, 'Your endpoint is in error', 'endpoint_failed'],
    [404, 'Not Found', 'an image'],
  ])('takes %i %j for %s', async (status, text, code) => {
    await using server = await endpointServer(
      drawImage,
      (_request, response) => void response.writeHead(status).end(text),
    );
    await using client = createImageClient({ endpoint: server.url });
    expect(await codeOf(client.waitUntilReady())).toBe(code);
  });

  it('gives up when nobody is there', async () => {
    expect(await codeOf(createImageClient({ endpoint: 'http://127.0.0.1:9' }).waitUntilReady())).toBe('network');
  });
});

describe('a client', () => {
  it('traces calls and attempts for those who listen, without prompt or token', async () => {
    await using server = await endpointServer();
    await using client = createImageClient({ endpoint: server.url, token });
    const messages: unknown[] = [];
    const channels = [tracingChannel('tintype:generate'), tracingChannel('tintype:attempt')];
    const subscriber = {
      start: (message: unknown) => messages.push(message),
      end: () => undefined,
      asyncStart: () => undefined,
      asyncEnd: (message: unknown) => messages.push(message),
      error: () => undefined,
    };
    for (const channel of channels) channel.subscribe(subscriber);
    await client.generate({ prompt: 'a secret prompt' });
    for (const channel of channels) channel.unsubscribe(subscriber);
    expect(messages).toHaveLength(4);
    expect(inspect(messages, { depth: 9 })).not.toMatch(/a secret prompt|hf_client/);
  });

  it('traces nothing that an endpoint wrote: it may repeat prompt and token', async () => {
    const echo: Respond = ({ headers }, response, body) => {
      const error = JSON.stringify([body, headers.authorization]);
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
    };
    await using server = await endpointServer(echo);
    await using client = createImageClient({ endpoint: server.url, token });
    const messages: unknown[] = [];
    const channels = [tracingChannel('tintype:generate'), tracingChannel('tintype:attempt')];
    const keep = (message: unknown): void => void messages.push(message);
    const subscriber = { start: keep, end: keep, asyncStart: keep, asyncEnd: keep, error: keep };
    for (const channel of channels) channel.subscribe(subscriber);
    const error = await client.generate({ prompt: 'a secret prompt' }).catch((thrown: unknown) => thrown);
    for (const channel of channels) channel.unsubscribe(subscriber);
    expect(error).toMatchObject({
      code: 'handler_failed',
      facts: { said: expect.stringContaining('a secret prompt') },
    });
    expect(inspect([error, JSON.stringify(error)], { depth: 9 })).not.toContain(token);
    expect(messages.at(-1)).toMatchObject({ error: { code: 'handler_failed', status: 400 } });
    expect(messages).toContainEqual(
      expect.objectContaining({ number: 1, result: expect.objectContaining({ status: 400, mayHaveRun: false }) }),
    );
    expect(inspect(messages, { depth: 9 })).not.toMatch(/a secret prompt|hf_client/);
  });

  it('shows its token to nobody who looks at it', () => {
    const client = createImageClient({ endpoint: 'http://127.0.0.1:9', token });
    expect(inspect(client, { depth: 9, showHidden: true }) + JSON.stringify(client)).not.toContain(token);
  });

  it('does not load undici, nor touch the host’s fetch, before it is used', async () => {
    const { execFileSync } = await import('node:child_process');
    const script = `
      import { createImageClient } from ${JSON.stringify(new URL('../../index.ts', import.meta.url).href)};
      createImageClient({ endpoint: 'http://127.0.0.1:9' });
      console.log(Object.getOwnPropertySymbols(globalThis).filter((one) => String(one).includes('undici')).length);`;
    const output = execFileSync(process.execPath, [
      '--input-type=module-typescript',
      '--conditions=@tintype/source',
      '-e',
      script,
    ]).toString();
    expect(output.trim()).toBe('0');
  });
});
