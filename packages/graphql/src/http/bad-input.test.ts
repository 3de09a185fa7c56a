import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { answerJson, answerImage, stubEndpoint } from '../testing/stub-endpoint.ts';
import { generateImage, testGateway } from '../testing/test-gateway.ts';

const input = { prompt: 'a red fox', width: 64, height: 64 };
const neverShown = /hf_endpoint_secret|127\.0\.0\.1|node_modules|\n\s+at |\.ts:\d/;

async function gatewayAndEndpoint(options: Parameters<typeof testGateway>[1] = {}) {
  const endpoint = await stubEndpoint();
  return { endpoint, ...(await testGateway(endpoint.url, options)) };
}

describe('bad input', () => {
  test('all problems are named at once, each with what was got, what is allowed and the nearest valid size', async () => {
    const { graphql, endpoint } = await gatewayAndEndpoint();
    const bad = {
      prompt: '  ',
      width: 500,
      height: 0,
      guidanceScale: -1,
      inferenceSteps: 0,
      idempotencyKey: '',
      extra: { lora: 'x' },
    };
    const { data, errors, status } = await graphql(generateImage, { input: bad });
    expect({ status, errors }).toEqual({ status: 200, errors: undefined });
    const error = data['generateImage'];
    expect(error).toMatchObject({ __typename: 'InvalidInputError', code: 'INVALID_REQUEST', retryable: false });
    const issues = error?.['issues'] as readonly { readonly path: readonly string[]; readonly message: string }[];
    expect(issues.map(({ path }) => path.join('.'))).toEqual([
      'prompt',
      'width',
      'height',
      'guidanceScale',
      'inferenceSteps',
      'extra.lora',
      'idempotencyKey',
    ]);
    expect(issues[1]).toEqual({
      path: ['width'],
      message: expect.stringContaining('got 500. The nearest valid value is 496 or 504.'),
      got: '500',
      allowed: expect.stringContaining('a multiple of 8'),
      nearest: [496, 504],
    });
    for (const { message } of issues) expect(error?.['message']).toContain(message);
    expect(endpoint.calls).toEqual([]);
  });

  test("the operator's limits hold", async () => {
    const { graphql } = await gatewayAndEndpoint();
    const { data } = await graphql(generateImage, {
      input: { ...input, width: 4096, height: 4096, inferenceSteps: 151 },
    });
    const issues = data['generateImage']?.['issues'] as readonly { readonly message: string }[];
    expect(issues.map(({ message }) => message).join(' ')).toContain('from 1 to 150; got 151');
    const pixels = await graphql(generateImage, { input: { ...input, width: 4096, height: 4096 } });
    expect(pixels.data['generateImage']?.['message']).toContain('at most 4194304 pixels in all; got 16777216');
  });

  test.for([
    ['guidanceScale: "7"', 'guidanceScale', '7'],
    ['width: 1.5', 'width', 1.5],
    ['prompt: 7', 'prompt', 7],
  ] as const)('%s is a GraphQL error that names the field', async ([, field, value]) => {
    const { graphql, endpoint } = await gatewayAndEndpoint();
    const { errors, text } = await graphql(generateImage, { input: { ...input, [field]: value } });
    expect(errors?.[0]?.message).toContain(`input.${field}`);
    expect(text).not.toMatch(neverShown);
    expect(endpoint.calls).toEqual([]);
  });

  test('a member that the input does not have is a GraphQL error that names it', async () => {
    const { graphql } = await gatewayAndEndpoint();
    const { errors } = await graphql(generateImage, { input: { ...input, guidance_scale: 7 } });
    // The sentence around them differs between graphql 16 and 17.
    for (const words of ['"guidance_scale"', '"GenerateImageInput"', 'Did you mean "guidanceScale"?']) {
      expect(errors?.[0]?.message).toContain(words);
    }
  });

  test('a body that is no JSON is answered with 400', async () => {
    const { graphql } = await gatewayAndEndpoint();
    const { status, errors, text } = await graphql('', {}, { body: '{ "query": "{ endpoint' });
    expect(status).toBe(400);
    expect(errors?.[0]?.message).toContain('JSON');
    expect(text).not.toMatch(neverShown);
  });

  test.for([
    ['10 MB', 10],
    ['50 MB', 50],
  ] as const)('a body of %s is answered with 413, without being read to its end', async ([, megabytes]) => {
    const { url } = await gatewayAndEndpoint();
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': megabytes * 1_000_000 },
      });
      onTestFinished(() => void request.destroy());
      request.on('response', (response) => resolve(response.statusCode));
      request.on('error', reject);
      // The rest never comes.
      request.write('{ "query": "');
    });
    expect(status).toBe(413);
  });

  test('a long body without a length is answered with 413 too', async () => {
    const { graphql } = await gatewayAndEndpoint();
    const piece = new TextEncoder().encode(' '.repeat(64 * 1024));
    let left = 16;
    const body = new ReadableStream({
      pull(controller) {
        left -= 1;
        controller.enqueue(piece);
        if (left === 0) controller.close();
      },
    });
    const { status } = await graphql('', {}, { body, duplex: 'half' } as RequestInit);
    expect(status).toBe(413);
  });

  test.for(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain'])(
    'a body of the type %s, which any page may send, is answered with 415',
    async (type) => {
      const { url, endpoint } = await gatewayAndEndpoint();
      const body = 'query=mutation{generateImage(input:{prompt:"x"}){__typename}}';
      const answer = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      });
      expect(answer.status).toBe(415);
      expect(endpoint.calls).toEqual([]);
    },
  );

  test('malformed multipart is refused before it is parsed', async () => {
    const { url } = await gatewayAndEndpoint();
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data' },
      body: '--\r\nnot multipart',
    });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({
      error: expect.stringContaining('Forms are not accepted here.'),
      hint: expect.stringContaining('JSON'),
    });
  });

  test.for(['/', '/nothing', '/images', '/images/', '/images/a/b', '/graphql/x', '/healthy'])(
    'the unknown route %s is answered with 404 and where things are',
    async (path) => {
      const { url } = await gatewayAndEndpoint();
      const response = await fetch(url + path);
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toContain('application/json');
      expect(await response.json()).toMatchObject({
        error: expect.any(String),
        hint: expect.stringContaining('/graphql'),
      });
    },
  );

  test.for([
    ['DELETE', '/graphql'],
    ['POST', '/images/img_aaaaaaaaaaaaaaaaaaaaaa'],
    ['POST', '/health'],
    ['PUT', '/ready'],
  ] as const)('%s %s is answered with 405 and what is allowed', async ([method, path]) => {
    const { url } = await gatewayAndEndpoint();
    const response = await fetch(url + path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toContain('GET');
  });

  test('a request that is no HTTP is answered with 400, and the gateway goes on', async () => {
    const { url, graphql } = await gatewayAndEndpoint();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write('nonsense\r\n\r\n');
    const answer = await new Promise<string>((resolve) => {
      socket.once('data', (data) => resolve(data.toString()));
    });
    expect(answer).toContain('400 Bad Request');
    expect((await graphql('{ endpoint { name } }')).data['endpoint']).toEqual({ name: 'default' });
  });
});

describe('a bad endpoint', () => {
  const quick = { retry: { max: 0, waitForColdStart: false } } as const;

  test('that is down is an EndpointError that may be retried', async () => {
    const endpoint = { url: 'http://127.0.0.1:9/', token: 'hf_endpoint_secret', ...quick };
    const { graphql } = await testGateway(endpoint);
    const { data, text } = await graphql(generateImage, { input });
    expect(data['generateImage']).toMatchObject({
      __typename: 'EndpointError',
      code: 'NETWORK',
      retryable: true,
      hint: "Try again later, and tell the gateway's operator if it keeps happening.",
    });
    expect(text).not.toMatch(neverShown);
  });

  test.for([
    ['answers HTML', 200, '<html><body>hf_endpoint_secret</body></html>', 'INVALID_RESPONSE', false],
    ['refuses the token', 401, '{"error":"Invalid token hf_endpoint_secret"}', 'UNAUTHORIZED', false],
    ['has no such page', 404, 'not found', 'ENDPOINT_NOT_FOUND', false],
    ['has a handler that fails', 400, '{"error":"list index out of range"}', 'HANDLER_FAILED', false],
    ['runs out of memory', 500, '{"error":"CUDA out of memory"}', 'OUT_OF_MEMORY', false],
    ['is asked too much', 429, '{"error":"Too many requests"}', 'RATE_LIMITED', true],
    ['is starting', 503, '{"error":"503 Service Unavailable"}', 'ENDPOINT_UNAVAILABLE', true],
    ['is paused', 400, '{"error":"Bad Request: Invalid state: endpoint is paused"}', 'ENDPOINT_PAUSED', false],
  ] as const)('that %s is an EndpointError that says so', async ([, status, body, code, retryable]) => {
    const stub = await stubEndpoint((_, response) => {
      response.writeHead(status, { 'content-type': body.startsWith('<') ? 'text/html' : 'application/json' }).end(body);
    });
    const { graphql } = await testGateway({ url: stub.url, token: 'hf_endpoint_secret', ...quick });
    const { data, text } = await graphql(generateImage, { input });
    expect(data['generateImage']).toMatchObject({ __typename: 'EndpointError', code, retryable });
    expect(data['generateImage']?.['hint']).toMatch(/\w/);
    expect(text).not.toMatch(neverShown);
  });

  test('that stays away longer than a job may wait fails each in its turn, and makes it when it is asked for again', async () => {
    const stub = await stubEndpoint((_, response) => void response.writeHead(503).end());
    stub.isUp = false;
    // Long enough that a busy machine sees it waiting.
    const patience = { connect: 1_000, idle: 1_000, attempt: 1_000, total: 2_000 };
    const { graphql } = await testGateway({ url: stub.url, timeout: patience }, { rateLimit: 100 });
    const ask = async (idempotencyKey: string) =>
      (await graphql(generateImage, { input: { ...input, idempotencyKey } })).data['generateImage'];
    const keys = ['one', 'two', 'three'];
    const waiting = Promise.all(keys.map(ask));
    await expect
      .poll(async () => (await graphql('{ jobs(status: WAITING) { nodes { lastAnswer { status } } } }')).data['jobs'])
      .toEqual({ nodes: [{ lastAnswer: { status: 503 } }] });
    for (const outcome of await waiting) {
      expect(outcome).toMatchObject({
        __typename: 'EndpointError',
        code: 'ENDPOINT_UNAVAILABLE',
        retryable: true,
        docs: expect.stringContaining('endpoint_unavailable.md'),
      });
    }
    stub.isUp = true;
    stub.handler = answerImage;
    for (const key of keys) expect(await ask(key)).toMatchObject({ __typename: 'Image' });
  });

  test('that answers something else than an image is an EndpointError', async () => {
    const stub = await stubEndpoint((_, response) =>
      answerJson(response, 200, { image: Buffer.from('no image').toString('base64') }),
    );
    const { graphql } = await testGateway({ url: stub.url, ...quick });
    expect((await graphql(generateImage, { input })).data['generateImage']).toMatchObject({ code: 'INVALID_RESPONSE' });
  });
});
