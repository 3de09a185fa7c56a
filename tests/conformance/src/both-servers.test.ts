import { createHash } from 'node:crypto';
import { mkdtempDisposableSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createEndpoint } from '@tintype/endpoint';
import { createGateway } from '@tintype/graphql';
import { InferenceClient } from '@huggingface/inference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** One request, said to both servers of the Inference API. */
interface Said {
  readonly name: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

const flat = { inputs: 'a red circle', height: 64, width: 64, guidance_scale: 1, inference_steps: 1, seed: 1 };
const parameters = { height: 64, width: 64, guidance_scale: 1, num_inference_steps: 1, seed: 1 };

/** Each server has its own; with the same limits, the words are the same too. */
const limits = {
  maxWidth: 1024,
  maxHeight: 1024,
  maxPixels: 1024 * 1024,
  maxInferenceSteps: 100,
  maxGuidanceScale: 20,
  maxPromptLength: 4000,
};
const endpoint = createEndpoint({ port: 0, limits });
const store = mkdtempDisposableSync(path.join(os.tmpdir(), 'tintype-'));
let gateway: ReturnType<typeof createGateway>;
let servers: readonly [string, string];

beforeAll(async () => {
  const { url } = await endpoint.listen();
  gateway = createGateway({ endpoint: { url, limits }, store: store.path, port: 0, drain: 0 });
  servers = [url, (await gateway.listen()).localUrl];
  await endpoint.ready();
});
afterAll(async () => {
  await gateway.close();
  await endpoint.close();
  store.remove();
});

async function send(url: string, { method = 'POST', headers = {}, body }: Said) {
  const given = Object.entries({ 'content-type': 'application/json', ...headers });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    httpRequest(`${url}/predict`, {
      method,
      headers: Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    })
      .on('response', resolve)
      .on('error', reject)
      .end(body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body));
  });
  const bytes = Buffer.concat(await response.toArray());
  const type = response.headers['content-type']?.split(';')[0] ?? '';
  const json = type === 'application/json' ? (JSON.parse(bytes.toString()) as Record<string, unknown>) : undefined;
  return { status: response.statusCode, type, bytes, json, headers: response.headers };
}

async function sendToBoth(said: Said) {
  const [one, other] = await Promise.all(servers.map(async (url) => send(url, said)));
  if (one === undefined || other === undefined) throw new Error('Both servers respond.');
  return [one, other] as const;
}

const evil = 'https://evil.example';
const refused: readonly (Said & { readonly status: number; readonly message: RegExp })[] = [
  // Who may call.
  {
    name: 'a name that is not of this machine',
    headers: { host: 'evil.example:8080' },
    body: flat,
    status: 403,
    message: /"evil\.example" is not one of its names/,
  },
  {
    name: 'such a name, by GET',
    method: 'GET',
    headers: { host: 'evil.example' },
    status: 403,
    message: /"evil\.example"/,
  },
  {
    name: 'a page of another origin',
    headers: { origin: evil },
    body: flat,
    status: 403,
    message: /"https:\/\/evil\.example" may not/,
  },
  {
    name: 'a page of another site',
    headers: { origin: evil, 'sec-fetch-site': 'cross-site' },
    body: flat,
    status: 403,
    message: /"https:\/\/evil\.example" may not/,
  },
  {
    name: 'a page of another port',
    headers: { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' },
    body: flat,
    status: 403,
    message: /localhost:1" may not/,
  },
  {
    name: 'a page that sends text',
    headers: { origin: evil, 'content-type': 'text/plain' },
    body: flat,
    status: 403,
    message: /may not/,
  },
  {
    name: 'a sandboxed page',
    headers: { origin: 'null' },
    body: flat,
    status: 403,
    message: /of another origin may not/,
  },
  {
    name: 'a Host that cannot be parsed',
    headers: { host: 'user@localhost' },
    body: flat,
    status: 400,
    message: /got "user@localhost"/,
  },
  // What is read.
  { name: 'text', headers: { 'content-type': 'text/plain' }, body: flat, status: 415, message: /got "text\/plain"/ },
  {
    name: 'a form',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'inputs=x',
    status: 415,
    message: /got "application\/x-www-form-urlencoded"/,
  },
  {
    name: 'a form with files',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    body: '--x--',
    status: 415,
    message: /multipart/,
  },
  { name: 'no content type', headers: { 'content-type': undefined }, body: flat, status: 415, message: /got none/ },
  {
    name: 'a body that is too large',
    body: { ...flat, inputs: 'x'.repeat(300_000) },
    status: 413,
    message: /larger than 256 KiB/,
  },
  { name: 'an empty body', body: '', status: 400, message: /The body is empty\. Send JSON such as/ },
  { name: 'half a body', body: '{"inputs": "a secret', status: 400, message: /not valid JSON \((?!.*secret)/ },
  { name: 'a list', body: [flat], status: 400, message: /must be a JSON object/ },
  { name: 'a text', body: '"a red circle"', status: 400, message: /must be a JSON object/ },
  { name: 'a body that is not UTF-8', body: Buffer.from([0x7b, 0xff, 0x7d]), status: 400, message: /not valid UTF-8/ },
  { name: 'a body nested too deep', body: '['.repeat(100_000), status: 400, message: /not valid JSON/ },
  // What is wrong with it.
  {
    name: 'a prompt alone',
    body: { inputs: 'x' },
    status: 400,
    message: /width must be.*height must be.*guidance_scale must be/,
  },
  {
    name: 'a size between multiples',
    body: { ...flat, width: 500 },
    status: 400,
    message: /^width must be .* got 500\. The nearest valid value is 496 or 504\.$/,
  },
  {
    name: 'no steps',
    body: { ...flat, inference_steps: undefined, num_inference_steps: 0 },
    status: 400,
    message: /^num_inference_steps must be/,
  },
  { name: 'a seed that is none', body: { ...flat, seed: 1.5 }, status: 400, message: /^seed must be .* got 1\.5/ },
  {
    name: 'a seed beyond 2^64',
    body: JSON.stringify(flat).replace('"seed":1', '"seed":18446744073709551616'),
    status: 400,
    message: /^seed must be .* got "18446744073709551616"/,
  },
  {
    name: 'a seed nested too deep',
    body: JSON.stringify(flat).replace('"seed":1', `"seed":${'['.repeat(2000)}${']'.repeat(2000)}`),
    status: 400,
    message: /^seed must be .* got \[\[/,
  },
  {
    name: 'parameters that are a list',
    body: { inputs: 'x', parameters: [] },
    status: 400,
    message: /^parameters must be an object/,
  },
  {
    name: 'wrong parameters, all at once',
    body: { inputs: '', parameters: { width: 1, num_inference_steps: 0, seed: -2 } },
    status: 400,
    message: /^inputs .* parameters\.width .* parameters\.num_inference_steps .* parameters\.seed /,
  },
  {
    name: 'fields beside parameters and in it',
    body: { ...flat, parameters },
    status: 400,
    message: /width and parameters\.width are both given.*inference_steps and parameters\.num_inference_steps/,
  },
];

const taken: readonly (Said & { readonly type: string })[] = [
  { name: 'the contract', body: flat, type: 'application/json' },
  { name: 'the contract, for anything', headers: { accept: '*/*' }, body: flat, type: 'application/json' },
  { name: 'the contract, as PNG', headers: { accept: 'image/png' }, body: flat, type: 'image/png' },
  { name: 'parameters', body: { inputs: flat.inputs, parameters }, type: 'image/png' },
  {
    name: 'parameters, as JSON',
    headers: { accept: 'application/json' },
    body: { inputs: flat.inputs, parameters },
    type: 'application/json',
  },
  {
    name: 'the steps as diffusers calls them',
    body: { ...flat, inference_steps: undefined, num_inference_steps: 1 },
    type: 'application/json',
  },
  {
    name: 'some fields beside parameters',
    body: { ...flat, parameters: { negative_prompt: null } },
    type: 'image/png',
  },
  {
    name: 'a content type with its charset',
    headers: { 'content-type': 'Application/JSON; charset=UTF-8' },
    body: flat,
    type: 'application/json',
  },
  { name: 'localhost', headers: { host: 'LOCALHOST.:8080' }, body: flat, type: 'application/json' },
  { name: 'an IPv6 address', headers: { host: '[::1]:8080' }, body: flat, type: 'application/json' },
  {
    name: 'a container that calls its host',
    headers: { host: 'host.docker.internal:8080' },
    body: flat,
    type: 'application/json',
  },
  {
    name: 'a page of its own',
    headers: { host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'same-origin' },
    body: flat,
    type: 'application/json',
  },
];

describe('the endpoint and the gateway', () => {
  it.each(refused)('refuse $name in the same words', async ({ status, message, ...said }) => {
    const [one, other] = await sendToBoth(said);
    expect(one).toMatchObject({ status, type: 'application/json', json: { error: expect.stringMatching(message) } });
    expect([other.status, other.json?.['error']]).toEqual([one.status, one.json?.['error']]);
    expect(other.headers['access-control-allow-origin'] ?? one.headers['access-control-allow-origin']).toBeUndefined();
  });

  it.each(taken)('take $name, and respond alike', async ({ type, ...said }) => {
    const responses = await sendToBoth(said);
    const images = responses.map(({ json, bytes }) =>
      json === undefined ? bytes : Buffer.from(String(json['image']), 'base64'),
    );
    expect(responses.map((response) => [response.status, response.type])).toEqual([
      [200, type],
      [200, type],
    ]);
    expect(responses.map(({ json, headers }) => Number(json?.['seed'] ?? headers['x-seed']))).toEqual([1, 1]);
    const [one, other] = images.map((image) => createHash('sha256').update(image).digest('hex'));
    expect(other).toBe(one);
  });

  it.each([-1, undefined, null])('draw a seed of their own for %j', async (seed) => {
    for (const { status, json } of await sendToBoth({ name: '', body: { ...flat, seed } })) {
      expect([status, Number.isSafeInteger(json?.['seed'])]).toEqual([200, true]);
      expect(json?.['seed']).not.toBe(-1);
    }
  });

  it('are one to @huggingface/inference, with parameters and without', async () => {
    for (const url of servers) {
      for (const given of [{}, { parameters: { width: 64, height: 64, num_inference_steps: 1 } }]) {
        const image = await new InferenceClient('hf_anything').textToImage(
          { endpointUrl: `${url}/predict`, inputs: 'a red circle', ...given },
          { outputType: 'blob' },
        );
        expect(
          Buffer.from(await image.arrayBuffer())
            .subarray(1, 4)
            .toString(),
        ).toBe('PNG');
      }
    }
  });

  it('serve Node’s own fetch, which says cors and is no page', async () => {
    for (const url of servers) {
      const response = await fetch(`${url}/predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(flat),
      });
      expect(response.status).toBe(200);
    }
  });

  it.each([
    ['GET /health HTTP/1.1', ['Host: a b'], 400],
    ['GET /health HTTP/1.1', ['Host: ['], 400],
    ['GET /health HTTP/1.1', ['Host: localhost:99999'], 400],
    ['GET /health HTTP/1.1', ['Host:'], 400],
    ['GET /health HTTP/1.1', ['Host: localhost/x?'], 400],
    ['GET /health HTTP/1.1', ['Host: xn--\u00E9'], 400],
    ['GET /health HTTP/1.1', [], 400],
    ['GET /health HTTP/1.1', ['Host: evil.example'], 403],
    ['GET /health HTTP/1.1', ['Host: localhost'], 200],
    ['GET /health HTTP/1.0', [], 200],
  ] as const)('respond alike to %s with %j', async (line, headers, status) => {
    for (const url of servers) {
      const text = await sendRaw(Number(new URL(url).port), [line, ...headers, 'Connection: close']);
      expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(text).not.toMatch(/TypeError| at .*:\d+:\d+/);
    }
  });
});

async function sendRaw(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return Buffer.concat(await socket.toArray()).toString('latin1');
}
