import { createImageClient, ImageError } from '@tintype/core';
import { ReadableStream } from 'node:stream/web';
import { describe, expect, onTestFinished, test } from 'vitest';
import { pngOf } from '../testing/png.ts';
import { answerJson, answerImage, stubEndpoint } from '../testing/stub-endpoint.ts';
import { testGateway } from '../testing/test-gateway.ts';

const key = 'a-key-that-is-long-enough';
const body = { inputs: 'a red fox', height: 64, width: 64, guidance_scale: 7.5, inference_steps: 4 };

async function predictGateway(options: Parameters<typeof testGateway>[1] = {}) {
  const endpoint = await stubEndpoint();
  const tested = await testGateway(endpoint.url, { apiKeys: [{ name: 'app', key }], ...options });
  const post = async (sent: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${tested.url}/predict`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: typeof sent === 'string' || sent instanceof ReadableStream ? sent : JSON.stringify(sent),
      duplex: 'half',
    } as RequestInit);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      json: JSON.parse(text) as Record<string, unknown>,
      text,
    };
  };
  return { endpoint, post, ...tested };
}

describe('POST /predict', () => {
  test("answers the Inference API's request with its image, and says where it is kept", async () => {
    const { post, endpoint } = await predictGateway();
    const { status, json } = await post({ ...body, seed: 7 });
    expect(status).toBe(200);
    expect(endpoint.calls).toMatchObject([{ authorization: 'Bearer hf_endpoint_secret', body: { ...body, seed: 7 } }]);
    const kept = Buffer.from(await (await fetch(String(json['url']))).arrayBuffer());
    expect(json).toMatchObject({ image: kept.toString('base64'), seed: 7, id: expect.stringMatching(/^img_/) });
  });

  test("passes on the endpoint's warnings, without its address, in JSON or beside the bytes", async () => {
    const { endpoint, post, url } = await predictGateway();
    const image = pngOf({ width: 64, height: 64 }).toString('base64');
    endpoint.handler = (_, response) =>
      answerJson(response, 200, { image, warnings: ['It knows no "foxx".', `See ${endpoint.url}docs.`] });
    const warnings = ['It knows no "foxx".', 'See [address].'];
    expect((await post(body)).json['warnings']).toEqual(warnings);
    const { headers } = await fetch(`${url}/predict`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', accept: 'image/png' },
      body: JSON.stringify(body),
    });
    expect(JSON.parse(headers.get('x-warnings') ?? '')).toEqual(warnings);
  });

  test("core's own client works against it unchanged", async () => {
    const { url, endpoint } = await predictGateway();
    const client = createImageClient({ endpoint: `${url}/predict`, token: key });
    onTestFinished(async () => client.close());
    await client.waitUntilReady();
    const image = await client.generate({ prompt: 'a red fox', width: 64, height: 32, extra: { seed: 7 } });
    expect(image).toMatchObject({ mediaType: 'image/png', width: 64, height: 32, meta: { seed: 7 } });
    expect(endpoint.calls).toHaveLength(1);
  });

  test("core's client hears of an endpoint's failure once, and asks for no second image", async () => {
    const { url, endpoint } = await predictGateway();
    endpoint.handler = (_, response) => answerJson(response, 400, { error: 'list index out of range' });
    const client = createImageClient({ endpoint: `${url}/predict`, token: key });
    onTestFinished(async () => client.close());
    const error = await client
      .generate({ prompt: 'a red fox', width: 64, height: 64 })
      .catch((thrown: unknown) => thrown);
    expect(ImageError.isInstance(error) && error.code).toBe('handler_failed');
    expect(endpoint.calls).toHaveLength(1);
  });

  test('refuses a missing or wrong key', async () => {
    const { post, endpoint } = await predictGateway();
    for (const authorization of ['', 'Bearer wrong', 'Basic YXBwOmtleQ==', `Bearer ${key}x`]) {
      const { status, json, headers, text } = await post(body, { authorization });
      expect(status).toBe(401);
      expect(json['error']).toContain('API key');
      expect(headers.get('www-authenticate')).toBe('Bearer');
      expect(text).not.toContain(key);
    }
    expect(endpoint.calls).toEqual([]);
  });

  test.for([
    ['height is missing', { ...body, height: undefined }, ['height must be']],
    ['width is no multiple of 8', { ...body, width: 500 }, ['width must be', 'got 500', '496 or 504']],
    ['guidance_scale is a text', { ...body, guidance_scale: '7' }, ['guidance_scale must be a number', 'got "7"']],
    ['inference_steps is 0', { ...body, inference_steps: 0 }, ['inference_steps must be', 'got 0']],
    ['inputs is blank', { ...body, inputs: ' ' }, ['inputs must be']],
    ['a field is none that is passed on', { ...body, lora: 'x' }, ['lora is not among the fields', 'seed']],
    ['several are wrong', { inputs: '', width: 1, height: 1 }, ['inputs', 'width', 'height', 'guidance_scale']],
  ] as const)('answers 400 and what to do where %s', async ([, sent, parts]) => {
    const { post, endpoint } = await predictGateway();
    const { status, json } = await post(sent);
    expect(status).toBe(400);
    for (const part of parts) expect(json['error']).toContain(part);
    expect(json).toMatchObject({
      code: 'invalid_request',
      issues: expect.any(Array),
      docs: expect.stringContaining('invalid_request.md'),
    });
    expect(endpoint.calls).toEqual([]);
  });

  test.for([
    ['not valid JSON', '{ "inputs"', 400, 'not valid JSON'],
    ['a list', '[]', 400, 'JSON object'],
    ['nothing', '', 400, 'is empty'],
    ['300 kB', JSON.stringify({ inputs: 'x'.repeat(300_000) }), 413, 'larger than'],
  ] as const)('answers a body that is %s with what to send', async ([, sent, status, message]) => {
    const { post } = await predictGateway();
    const answer = await post(sent);
    expect(answer.status).toBe(status);
    expect(answer.json['error']).toContain(message);
  });

  test('answers a long body that comes without a length too', async () => {
    const { post } = await predictGateway();
    const pieces = Array.from({ length: 16 }, () => new TextEncoder().encode(' '.repeat(64 * 1024)));
    const answer = await post(ReadableStream.from(pieces));
    expect(answer.status).toBe(413);
  });

  test('a body of another type, which any page may send, is refused', async () => {
    const { post, endpoint } = await predictGateway();
    expect((await post(body, { 'content-type': 'text/plain' })).status).toBe(415);
    expect(endpoint.calls).toEqual([]);
  });

  test('an Idempotency-Key leads to the same image, and with another body to a conflict', async () => {
    const { post, endpoint } = await predictGateway();
    const first = await post(body, { 'idempotency-key': 'order 7' });
    const again = await post(body, { 'idempotency-key': 'order 7' });
    expect(again.json).toEqual(first.json);
    expect(endpoint.calls).toHaveLength(1);
    const other = await post({ ...body, inputs: 'a blue fox' }, { 'idempotency-key': 'order 7' });
    expect(other).toMatchObject({ status: 409, json: { code: 'idempotency_conflict' } });
  });

  test('a full queue is 503 with when to come back', async () => {
    const { post, endpoint } = await predictGateway({ queueLimit: 1 });
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    endpoint.handler = async (call, response, calls) => {
      await held;
      answerImage(call, response, calls);
    };
    const first = post(body);
    await expect.poll(() => endpoint.calls.length).toBe(1);
    const others = [post(body), post(body)];
    const full = await Promise.race(others);
    expect(full).toMatchObject({ status: 503, json: { code: 'queue_full' } });
    expect(full.headers.get('retry-after')).toBe('5');
    release();
    const statuses = (await Promise.all([first, ...others])).map(({ status }) => status);
    expect(statuses.toSorted((one, other) => one - other)).toEqual([200, 200, 503]);
  });

  test.for([
    [503, 'loading', 503, 'endpoint_unavailable'],
    [401, 'bad token', 422, 'unauthorized'],
    [500, 'CUDA out of memory', 422, 'out_of_memory'],
    [504, 'timeout', 504, 'timeout'],
  ] as const)('an endpoint that answers %i (%s) becomes %i %s', async ([status, error, expected, code]) => {
    const endpoint = await stubEndpoint((_, response) => answerJson(response, status, { error }));
    const retry = { max: 0, waitForColdStart: false };
    const { url } = await testGateway({ url: endpoint.url, token: 'hf_endpoint_secret', retry });
    const response = await fetch(`${url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(expected);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ code, error: expect.stringMatching(/\w/) });
    expect(text).not.toMatch(/hf_endpoint_secret|127\.0\.0\.1/);
  });

  test('GET is answered with what to use', async () => {
    const { url } = await predictGateway();
    const response = await fetch(`${url}/predict`, { headers: { authorization: `Bearer ${key}` } });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });
});
