import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../gateway/configuration-error.ts';
import { createGateway } from '../gateway/create-gateway.ts';
import { optionProblems } from '../gateway/option-problems.ts';
import { subscribe } from '../testing/events.ts';
import { stubEndpoint } from '../testing/stub-endpoint.ts';
import { generateImage, temporaryDirectory, testGateway } from '../testing/test-gateway.ts';

const input = { prompt: 'a secret red fox', width: 64, height: 64 };
const annKey = 'ann-has-a-long-secret-key';
const bobKey = 'bob-has-a-long-secret-key';
const keys = [
  { name: 'ann', key: annKey },
  { name: 'bob', sha256: createHash('sha256').update(bobKey).digest('hex') },
];
const as = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

async function keyedGateway(options: Parameters<typeof testGateway>[1] = {}) {
  const endpoint = await stubEndpoint();
  return { endpoint, ...(await testGateway(endpoint.url, { apiKeys: keys, ...options })) };
}

describe('API keys', () => {
  test('are asked for before anything else', async () => {
    const { graphql, url } = await keyedGateway();
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: annKey }]) {
      const { status, errors } = await graphql('{ endpoint { name } }', {}, { headers });
      expect(status).toBe(401);
      expect(errors).toMatchObject([
        { extensions: { code: 'UNAUTHENTICATED', hint: expect.stringContaining('Bearer') } },
      ]);
    }
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    for (const path of ['/health', '/ready']) expect((await fetch(url + path)).status).toBe(200);
  });

  test('let in who has one, given whole or as its hash', async () => {
    const { graphql } = await keyedGateway();
    for (const key of [annKey, bobKey]) {
      expect((await graphql('{ endpoint { name } }', {}, as(key))).data['endpoint']).toEqual({ name: 'default' });
    }
  });

  test('own what is asked for with them: no one else sees, watches, cancels or deletes it', async () => {
    const { graphql, url } = await keyedGateway();
    const { data } = await graphql(generateImage, { input: { ...input, idempotencyKey: 'k' } }, as(annKey));
    const { id } = data['generateImage'] as { readonly id: string };
    const everything = '{ images { nodes { id } } jobs { nodes { id } } }';
    const anns = (await graphql(everything, {}, as(annKey))).data;
    expect(anns['images']?.['nodes']).toEqual([{ id }]);
    expect((await graphql(everything, {}, as(bobKey))).data).toEqual({ images: { nodes: [] }, jobs: { nodes: [] } });
    const jobId = (anns['jobs']?.['nodes'] as readonly { readonly id: string }[] | undefined)?.[0]?.id;
    const probing = await graphql(
      'query ($id: ID!, $jobId: ID!) { image(id: $id) { id } job(id: $jobId) { id } }',
      { id, jobId },
      as(bobKey),
    );
    expect(probing.data).toEqual({ image: null, job: null });
    const changing = await graphql(
      'mutation ($id: ID!, $jobId: ID!) { deleteImage(id: $id) { __typename } cancelJob(id: $jobId) { __typename } }',
      { id, jobId },
      as(bobKey),
    );
    expect(changing.data).toEqual({
      deleteImage: { __typename: 'NotFoundError' },
      cancelJob: { __typename: 'NotFoundError' },
    });
    const watching = await subscribe(
      url,
      'subscription ($id: ID!) { jobUpdated(id: $id) { id } }',
      { id: jobId },
      as(bobKey).headers,
    );
    expect(await watching.rest()).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });

  test('do not share idempotency keys', async () => {
    const { graphql, endpoint } = await keyedGateway();
    const keyed = { input: { ...input, idempotencyKey: 'k' } };
    const ids = [];
    for (const key of [annKey, bobKey])
      ids.push((await graphql(generateImage, keyed, as(key))).data['generateImage']?.['id']);
    expect(new Set(ids).size).toBe(2);
    expect(endpoint.calls).toHaveLength(2);
  });

  test("the image's address is all that a page needs to show it", async () => {
    const { graphql } = await keyedGateway();
    const { data } = await graphql(generateImage, { input }, as(annKey));
    expect((await fetch(String(data['generateImage']?.['url']))).status).toBe(200);
  });

  test('have a rate each', async () => {
    const { graphql } = await keyedGateway({ rateLimit: 2 });
    const names = [];
    for (const key of [annKey, annKey, annKey, bobKey]) {
      const { data } = await graphql(generateImage, { input }, as(key));
      names.push(data['generateImage']?.['__typename']);
      if (data['generateImage']?.['__typename'] === 'RateLimitedError') {
        expect(data['generateImage']).toMatchObject({
          code: 'RATE_LIMITED',
          retryable: true,
          hint: expect.stringMatching(/in \d+ s/),
        });
        expect(data['generateImage']?.['retryAfterMs']).toBeGreaterThan(0);
      }
    }
    expect(names).toEqual(['Image', 'Image', 'RateLimitedError', 'Image']);
  });
});

describe('a gateway without keys', () => {
  test.for(['0.0.0.0', '::', '192.0.2.1', 'gateway.example.com'])('does not serve others at %s', async (host) => {
    const gateway = createGateway({
      endpoint: { url: 'http://127.0.0.1:9' },
      store: temporaryDirectory(),
      host,
      port: 0,
    });
    await expect(gateway.listen()).rejects.toThrow('anyone could make images at your cost');
    await gateway.close();
  });

  test('serves others when that is asked for, or with keys', async () => {
    for (const allowed of [{ allowAnonymous: true }, { apiKeys: keys }]) {
      const endpoint = await stubEndpoint();
      const { url } = await testGateway(endpoint.url, { host: '0.0.0.0', ...allowed });
      expect((await fetch(`${url}/health`)).status).toBe(200);
    }
  });

  test('refuses a page whose own name resolves to this machine', async () => {
    const endpoint = await stubEndpoint();
    const { url } = await testGateway(endpoint.url);
    expect(await statusFor(url, '/health', { host: 'evil.example.com' })).toBe(403);
    for (const host of ['127.0.0.1', 'localhost:4000', '[::1]:4000', 'tintype.localhost'])
      expect(await statusFor(url, '/health', { host })).toBe(200);
  });

  test('has the name of its proxy too, and any name where it serves others or has keys', async () => {
    const endpoint = await stubEndpoint();
    const publicUrl = 'https://images.example.com';
    for (const [options, images, evil] of [
      [{ publicUrl }, 200, 403],
      [{ allowAnonymous: true }, 200, 200],
      [{ apiKeys: keys }, 200, 200],
    ] as const) {
      const { url } = await testGateway(endpoint.url, options);
      expect(await statusFor(url, '/health', { host: 'images.example.com' })).toBe(images);
      expect(await statusFor(url, '/health', { host: 'evil.example.com' })).toBe(evil);
      expect(await statusFor(url, '/health', { host: 'a b' })).toBe(400);
    }
  });

  test('is not made to work by pages of other origins, which may still show an image and lead to the gateway', async () => {
    const endpoint = await stubEndpoint();
    const app = 'https://app.example.com';
    const { url, graphql } = await testGateway(endpoint.url, { corsOrigins: [app], graphiql: () => '<!doctype html>' });
    const { data } = await graphql(generateImage, { input });
    const image = new URL(String(data['generateImage']?.['url'])).pathname;
    const crossSite = { 'sec-fetch-site': 'cross-site' };
    const query = '/graphql?query={endpoint{name}}';
    for (const headers of [{ ...crossSite, origin: 'https://evil.example.com' }, { origin: 'http://localhost:3000' }]) {
      for (const path of ['/graphql', '/predict']) {
        expect(await statusFor(url, path, { ...headers, 'content-type': 'text/plain' }, 'POST')).toBe(403);
      }
      expect(await statusFor(url, query, headers)).toBe(403);
    }
    expect(await statusFor(url, image, crossSite)).toBe(200);
    expect(await statusFor(url, '/graphql', { ...crossSite, accept: 'text/html' })).toBe(200);
    expect(await statusFor(url, query, { ...crossSite, origin: app, accept: 'application/json' })).toBe(200);
    expect(await statusFor(url, query, { accept: 'application/json' })).toBe(200);
    expect(endpoint.calls).toHaveLength(1);
    const { url: withoutPage } = await testGateway(endpoint.url);
    expect(await statusFor(withoutPage, query, { ...crossSite, accept: 'text/html' })).toBe(403);
  });
});

/** With headers that fetch does not let one set. */
async function statusFor(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  method: 'GET' | 'POST' = 'GET',
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpRequest(url + path, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('pages of other origins', () => {
  const evil = { origin: 'https://evil.example.com' };

  test('may not call the gateway', async () => {
    const { url } = await keyedGateway();
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers: evil });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    const preflight = await fetch(`${url}/graphql`, {
      method: 'OPTIONS',
      headers: { ...evil, 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(403);
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('may where they are listed', async () => {
    const origin = 'https://app.example.com';
    const { url } = await keyedGateway({ corsOrigins: [origin] });
    const preflight = await fetch(`${url}/predict`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization');
    const answer = await fetch(`${url}/health`, { headers: { origin } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('vary')).toBe('Origin');
    expect((await fetch(`${url}/health`, { headers: evil })).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('an operation', () => {
  const many = (count: number, field: string) => Array.from({ length: count }, (_, n) => `a${n}: ${field}`).join(' ');

  test.for([
    [
      'asks for too many images',
      `mutation { ${many(7, 'generateImage(input: { prompt: "x" }) { __typename }')} }`,
      'complexity',
    ],
    ['lists too much', '{ images(first: 100) { nodes { base64 dataUrl } } }', 'complexity'],
    ['has too many aliases', `{ ${many(16, 'endpoint { name }')} }`, 'The operation has 16 aliases; at most 15'],
    [
      'has too many aliases, hidden in fragments',
      `{ ...F } fragment F on Query { ${many(4, 'jobs { ...G }')} } fragment G on JobConnection { ${many(3, 'totalCount')} }`,
      'The operation has 16 aliases; at most 15',
    ],
    ['is too long', `{ ${many(400, '__typename')} }`, ' 1000 tokens'],
    [
      'is too deep',
      '{ __schema { types { fields { type { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } } } }',
      'Maximum introspection depth exceeded',
    ],
    ['has a fragment within itself', '{ ...F } fragment F on Query { a: __typename ...F }', 'Cannot spread fragment'],
  ] as const)('that %s is refused before it begins', async ([, query, message]) => {
    const { graphql, endpoint } = await keyedGateway();
    const { errors } = await graphql(query, {}, as(annKey));
    expect(errors?.[0]?.message).toContain(message);
    expect(endpoint.calls).toEqual([]);
  });

  test('may not ask for the schema where that is switched off', async () => {
    const { graphql } = await keyedGateway({ introspection: false });
    const { errors } = await graphql('{ __schema { queryType { name } } }', {}, as(annKey));
    expect(errors?.[0]?.message).toContain('introspection');
    // Nor guess at it.
    const guesses = [
      await graphql('{ endpiont { name } }', {}, as(annKey)),
      await graphql(generateImage, { input: { ...input, widht: 64 } }, as(annKey)),
    ];
    for (const guess of guesses) {
      expect(guess.errors?.[0]?.message).toMatch(/endpiont|widht/);
      expect(guess.text).not.toContain('Did you mean');
    }
  });
});

describe('the log', () => {
  test('tells requests and jobs, and never a key, a token or a prompt', async () => {
    const lines: string[] = [];
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    });
    const { graphql, endpoint, url } = await keyedGateway({ log: pino({ level: 'debug' }, sink) });
    await graphql(generateImage, { input: { ...input, idempotencyKey: 'order-7-key' } }, as(annKey));
    endpoint.handler = (_, response) =>
      void response.writeHead(400).end('{"error":"a secret red fox hf_endpoint_secret"}');
    await graphql(generateImage, { input }, as(annKey));
    await graphql('{', {}, as(bobKey));
    // graphql 17 tells the caller the whole variable that it refuses.
    await graphql(generateImage, { input: { ...input, widht: 64 } }, as(annKey));
    await fetch(`${url}/nothing?token=${annKey}`);
    const log = lines.join('');
    expect(log).toContain('"owner":"ann"');
    expect(log).toContain('"status":"SUCCEEDED"');
    expect(log).toContain('"code":"handler_failed"');
    expect(log).toMatch(/"requestId":"[\da-f-]{36}"/);
    expect(log).not.toMatch(/secret|red fox|order-7-key/);
  });
});

describe('options', () => {
  test('are all looked at, and all problems are named at once, without the keys', () => {
    const options = {
      endpoint: { url: 'ftp://x', defaults: { width: 500 } },
      port: -1,
      wait: 1.5,
      queueLimit: 0,
      keepFor: -1,
      onInterrupted: 'retry' as 'rerun',
      storeAgainAfter: [-1],
      corsOrigins: ['https://app.example.com/path'],
      apiKeys: [
        { name: 'a b', key: 'short-key' },
        { name: 'ann', key: annKey },
        { name: 'ann', sha256: 'x' },
      ],
      publicUrl: 'images.example.com',
      store: temporaryDirectory(),
    };
    let problems: readonly string[] = [];
    try {
      createGateway(options);
    } catch (error) {
      if (error instanceof ConfigurationError) ({ problems } = error);
    }
    const said = problems.join('\n');
    for (const part of [
      'endpoint.url',
      'endpoint.defaults: width',
      'port',
      'wait',
      'queueLimit',
      'keepFor',
      'onInterrupted',
      'storeAgainAfter',
      'corsOrigins',
      'publicUrl',
      'too short',
      'given twice',
      '64 hexadecimal',
    ]) {
      expect(said).toContain(part);
    }
    expect(said).not.toMatch(/short-key|ann-has/);
    expect(optionProblems(options)).toEqual(problems);
  });
});
