import { describe, expect, it } from 'vitest';
import { base64Of, pngBytes } from '@tintype/png-like';
import { validateRequest } from '../contract/validate-request.ts';
import { createImageClient } from '../platform/node/create-image-client.ts';
import { endpointServer, type Respond } from '../testing/endpoint-server.ts';
import { protocolNames } from './index.ts';

const image = Buffer.from(pngBytes({ width: 64, height: 64 }));
const asOpenAi: Respond = (_request, response) =>
  void response
    .setHeader('content-type', 'application/json')
    .end(`{"created":1,"data":[{"b64_json":"${base64Of(image)}"}],"usage":{"total_tokens":9}}`);
const asBytes: Respond = (_request, response) => void response.setHeader('content-type', 'image/png').end(image);
const refusing =
  (status: number, code: string, message: string): Respond =>
  (_request, response) =>
    void response.writeHead(status).end(JSON.stringify({ error: { message, type: 'error', param: null, code } }));

describe('hugging-face', () => {
  it('sends the prompt, and of the parameters only those that were given, by the pipeline’s names', async () => {
    await using server = await endpointServer(asBytes);
    await using client = createImageClient({ endpoint: server.url, protocol: 'hugging-face', token: 'hf_x' });
    const made = await client.generate({ prompt: 'a red fox' });
    expect(made.bytes).toEqual(image);
    await client.generate({ prompt: 'a red fox', width: 64, inferenceSteps: 4, extra: { scheduler: 'LCM' } });
    expect(server.posts).toEqual([
      { inputs: 'a red fox', parameters: {} },
      { inputs: 'a red fox', parameters: { scheduler: 'LCM', width: 64, num_inference_steps: 4 } },
    ]);
    expect(server.headers[0]).toMatchObject({ accept: 'image/png', authorization: 'Bearer hf_x' });
  });

  it('takes the bare string of the default container for the image', async () => {
    await using server = await endpointServer((_request, response) => void response.end(`"${base64Of(image)}"`));
    await using client = createImageClient({ endpoint: server.url, protocol: 'hugging-face' });
    expect((await client.generate({ prompt: 'x' })).bytes).toEqual(image);
  });

  it('asks the health route', async () => {
    await using server = await endpointServer(asBytes);
    await using client = createImageClient({ endpoint: server.url, protocol: 'hugging-face' });
    expect(await client.waitUntilReady()).toMatchObject({ status: 200 });
  });
});

describe('openai', () => {
  it('sends only what was given, and takes the image from data[0].b64_json', async () => {
    await using server = await endpointServer(asOpenAi);
    const paths: (string | undefined)[] = [];
    await using listening = await endpointServer((request, response, body) => {
      paths.push(request.url);
      asOpenAi(request, response, body);
    });
    for (const endpoint of [`${listening.url}/v1`, `${listening.url}/v1/`, `${listening.url}/v1/images/generations`]) {
      await using client = createImageClient({ endpoint, protocol: 'openai', model: 'flux' });
      const made = await client.generate({ prompt: 'a red fox' });
      expect([made.bytes, made.meta]).toEqual([image, { created: 1, usage: { total_tokens: 9 } }]);
    }
    expect(new Set(paths)).toEqual(new Set(['/v1/images/generations']));

    await using client = createImageClient({ endpoint: server.url, protocol: 'openai', model: 'gpt-image-2' });
    await client.generate({ prompt: 'a red fox', width: 1024, guidanceScale: 3, extra: { quality: 'low' } });
    expect([...listening.posts.slice(0, 1), ...server.posts]).toEqual([
      { model: 'flux', prompt: 'a red fox', n: 1, response_format: 'b64_json' },
      { model: 'gpt-image-2', prompt: 'a red fox', n: 1, size: '1024x512', quality: 'low', guidance_scale: 3 },
    ]);
  });

  it('sends the client’s own defaults, too, and leaves response_format out on request', async () => {
    await using server = await endpointServer(asOpenAi);
    const { url: endpoint } = server;
    await using client = createImageClient({
      endpoint,
      protocol: 'openai',
      model: 'm',
      defaults: { inferenceSteps: 4 },
    });
    await client.generate({ prompt: 'x', extra: { response_format: undefined } });
    expect(server.posts).toEqual([{ model: 'm', prompt: 'x', n: 1, num_inference_steps: 4 }]);
  });

  it('has no health route: nothing is sent, and a cold start is waited for by the request itself', async () => {
    let posts = 0;
    await using server = await endpointServer((request, response, body) => {
      posts += 1;
      if (posts < 3) response.writeHead(503, { 'retry-after': '0' }).end('{"error":{"message":"loading"}}');
      else asOpenAi(request, response, body);
    });
    await using client = createImageClient({ endpoint: server.url, protocol: 'openai', model: 'm' });
    expect(await client.waitUntilReady()).toEqual({ waitedMs: 0, status: undefined });
    expect(server.headers).toHaveLength(0);
    expect((await client.generate({ prompt: 'x' })).attempts).toHaveLength(3);
    expect(server.headers).toHaveLength(3);
  });

  it.each([
    [400, 'moderation_blocked', 'content_refused'],
    [400, 'content_policy_violation', 'content_refused'],
    [404, 'model_not_found', 'invalid_request'],
    [401, 'invalid_api_key', 'unauthorized'],
    [403, 'billing_hard_limit_reached', 'payment_required'],
  ])('reads %i %s as %s, in the words of its message', async (status, code, wanted) => {
    await using server = await endpointServer(refusing(status, code, 'It is not to be.'));
    await using client = createImageClient({ endpoint: server.url, protocol: 'openai', model: 'm' });
    await expect(client.generate({ prompt: 'x' })).rejects.toMatchObject({
      code: wanted,
      facts: { said: 'It is not to be.', upstreamCode: code },
    });
  });

  it('says that the response holds a URL', async () => {
    await using server = await endpointServer(
      (_request, response) => void response.end('{"data":[{"url":"https://images.test/1.png"}]}'),
    );
    await using client = createImageClient({ endpoint: server.url, protocol: 'openai', model: 'm' });
    await expect(client.generate({ prompt: 'x' })).rejects.toMatchObject({
      code: 'invalid_response',
      message: 'The response has the URL of an image, not the image itself.',
    });
  });

  it('needs a model', () => {
    expect(() => createImageClient({ endpoint: 'http://127.0.0.1:9', protocol: 'openai' })).toThrow(
      'model must be the name of a model with the protocol openai; got nothing.',
    );
  });
});

it('a protocol that is none is refused with the names of those that are', () => {
  const options: object = { protocol: 'grpc' };
  expect(() => createImageClient({ endpoint: 'http://127.0.0.1:9', ...options })).toThrow(
    `protocol must be ${protocolNames.join(', ')}; got "grpc".`,
  );
});

it('a resolved request that is checked again keeps which fields were given', () => {
  const once = validateRequest({ prompt: 'x', width: 64 });
  if (!once.ok) throw new Error('The request is valid.');
  expect(once.request.given).toEqual(['prompt', 'width']);
  expect(validateRequest(once.request)).toEqual(once);
});
