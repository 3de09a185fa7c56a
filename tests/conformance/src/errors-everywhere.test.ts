import { execFile } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { createImageClient, ImageError, imageErrorCodes } from '@tintype/core';
import { createGateway, type Gateway } from '@tintype/graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  causesOfCodes as codes,
  endpointThat,
  hosts,
  hostsFile,
  leaksIn,
  prompt,
  stillLoading,
  token,
} from './echoing-endpoint.ts';

const require = createRequire(import.meta.url);

const request = { prompt, width: 64, height: 64 };
/** One try, of a short time only where it has to run out: a busy machine takes longer for any other. */
const once = (code: string) => ({
  timeout: { attempt: code === 'timeout' ? 400 : 60_000 },
  retry: { max: 0, mayRepeatWork: 0, waitForColdStart: false },
});

it('the table has every code but the one that a caller brings about', () => {
  expect([...codes.map(([code]) => code), 'aborted'].toSorted()).toEqual(imageErrorCodes.toSorted());
});

describe.each(hosts)('an endpoint at %s', (host) => {
  describe.each(codes)('with %s', (code, behave) => {
    it('in TypeScript: code, facts and advice, without the token', async () => {
      const endpoint = await endpointThat(behave, host);
      const client = createImageClient({ endpoint: endpoint.url, token, ...once(code) });
      const error: unknown = await client.generate(request).catch((thrown: unknown) => thrown);
      await client.close();
      await endpoint.close();
      expect(ImageError.isInstance(error) && error.code).toBe(code);
      const { message, hint, facts } = error as ImageError;
      for (const text of [message, hint]) expect(text).toMatch(/^[A-Z].*[.…]$/);
      expect(JSON.parse(JSON.stringify(error))).toMatchObject({ code, message, hint });
      expect(facts).toMatchObject({ endpoint: endpoint.url });
      expect(leaksIn(inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error))).toEqual([]);
    });
  });
});

it('a call that its caller stops says so in TypeScript', async () => {
  const endpoint = await endpointThat(() => undefined, 'a');
  const client = createImageClient({ endpoint: endpoint.url, token });
  const error: unknown = await client
    .generate(request, { signal: AbortSignal.timeout(50) })
    .catch((thrown: unknown) => thrown);
  await client.close();
  await endpoint.close();
  expect(error).toMatchObject({ code: 'aborted', facts: { endpoint: endpoint.url }, remedy: { kind: 'try_again' } });
});

it('a gateway’s own code is kept beside the cause that it means', async () => {
  const full = JSON.stringify({ error: 'The queue is full.', code: 'queue_full' });
  const endpoint = await endpointThat((_request, response) => void response.writeHead(503).end(full), 'model');
  const client = createImageClient({ endpoint: endpoint.url, token, ...once('overloaded') });
  await expect(client.generate(request)).rejects.toMatchObject({
    code: 'overloaded',
    facts: { upstreamCode: 'queue_full', said: 'The queue is full.' },
  });
  await client.close();
  await endpoint.close();
});

describe('the command line', () => {
  const bin = join(dirname(require.resolve('tintype/package.json')), 'src/bin.ts');

  it.each(codes)('says %s with its own flags and variables', async (code, behave) => {
    const endpoint = await endpointThat(behave, 'a');
    const args = ['--conditions=@tintype/source', `--require=${hostsFile}`, bin, 'generate', prompt, '--json'];
    const env = { PATH: process.env['PATH'], TINTYPE_ENDPOINT_URL: endpoint.url, TINTYPE_ENDPOINT_TOKEN: token };
    const run = await promisify(execFile)(process.execPath, [...args, '--timeout', code === 'timeout' ? '3' : '20'], {
      env,
    }).catch((error: { readonly stdout: string; readonly stderr: string }) => error);
    await endpoint.close();
    const { error } = JSON.parse(run.stdout) as { readonly error: Readonly<Record<string, string>> };
    expect(error['code'], run.stderr).toBe(code);
    expect(run.stderr).toContain(`✗ ${error['message']}\n  ${error['hint']}\n`);
    expect(run.stderr).not.toMatch(/timeout\.total|\bconcurrency\b|\bthe option\b|gateway's operator/);
    if (code === 'unauthorized') expect(error['hint']).toMatch(/^Check TINTYPE_ENDPOINT_TOKEN:/);
    if (code === 'timeout') expect(error['hint']).toMatch(/^Allow more time with --timeout\./);
    if (code === 'endpoint_not_found') expect(error['hint']).toMatch(/ as TINTYPE_ENDPOINT_URL, including/);
    expect(leaksIn(run.stdout + run.stderr)).toEqual([]);
  });
});

describe('a gateway', () => {
  /** What each code says to a caller, whatever the endpoint is called. */
  const said = new Map<string, unknown>();
  const lines: string[] = [];
  const traced: unknown[] = [];
  const keep = (message: unknown): void => void traced.push(inspect(message, { depth: 9 }));
  const channels = ['generate', 'attempt'].flatMap((name) =>
    ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((part) => channel(`tracing:tintype:${name}:${part}`)),
  );
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tintype-errors-'));
    for (const one of channels) one.subscribe(keep);
  });

  afterAll(async () => {
    for (const one of channels) one.unsubscribe(keep);
    await rm(folder, { recursive: true, force: true });
  });

  async function gatewayOf(endpoint: string, name: string, code: string): Promise<{ gateway: Gateway; url: string }> {
    const gateway = createGateway({
      endpoint: { url: endpoint, token, ...once(code) },
      store: join(folder, name),
      port: 0,
      drain: 0,
      log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }),
    });
    return { gateway, url: (await gateway.listen()).url };
  }

  async function post(url: string, body: object): Promise<{ readonly text: string; readonly json: unknown }> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return { text, json: JSON.parse(text) as unknown };
  }

  const fields = '__typename ... on Error { code message hint retryable }';
  const generate = `mutation ($input: GenerateImageInput!) { generateImage(input: $input) { ${fields} } }`;
  const records =
    '{ jobs { nodes { status lastAnswer { message } error { code message hint } attempts { failure } } } }';

  describe.each(hosts)('before an endpoint at %s', (host) => {
    it.each(codes)('says %s to its callers, and the rest to its operator', async (code, behave) => {
      const endpoint = await endpointThat(behave, host);
      const { gateway, url } = await gatewayOf(endpoint.url, `${host}-${code}`, code);
      lines.length = 0;
      traced.length = 0;
      const made = await post(`${url}/graphql`, { query: generate, variables: { input: request } });
      const wire = { inputs: prompt, width: 64, height: 64, guidance_scale: 7.5 };
      const predicted = await post(`${url}/predict`, wire);
      const listed = await post(`${url}/graphql`, { query: records });
      await gateway.close();
      await endpoint.close();

      const { generateImage } = (made.json as { data: { generateImage: Record<string, string> } }).data;
      expect(generateImage).toMatchObject({ __typename: 'EndpointError', code: code.toUpperCase() });
      const { code: upperCode, message, hint } = generateImage;
      const { jobs } = (listed.json as { data: { jobs: { nodes: { error: object }[] } } }).data;
      for (const { error } of jobs.nodes) expect(error).toEqual({ code: upperCode, message, hint });
      expect(predicted.json).toMatchObject({ code, error: message, hint });

      const shown = made.text + predicted.text + listed.text;
      const { port } = new URL(endpoint.url);
      expect(shown).not.toContain(port);
      expect(shown).not.toMatch(/x9f2|10\.1\.2\.3|cluster\.internal|elsewhere|s3cret|https?:\/\/(?!github)/);
      expect(shown).not.toMatch(/TINTYPE_|timeout\.(?!md)|\bconcurrency\b|endpoint\.(url|token)|the the/);
      expect(leaksIn(shown)).toEqual([]);
      // The words are those of our sentences, whatever the host is called.
      expect(said.get(code) ?? generateImage).toEqual(generateImage);
      said.set(code, generateImage);

      const log = lines.join('');
      expect(log).toContain(`"code":"${code}"`);
      expect(log).not.toContain(prompt);
      expect(leaksIn(log)).toEqual([]);
      if (code === 'endpoint_not_found') expect(log).toContain(endpoint.url);
      if (code === 'handler_failed') expect(log).toContain('KeyError');

      expect(traced.join('')).toContain(code);
      expect(traced.join('')).not.toMatch(/private|x9f2|KeyError/);
      expect(leaksIn(traced.join(''))).toEqual([]);
    });
  });

  it('shows callers what an endpoint says of their request, without addresses', () => {
    expect(said.get('invalid_request')).toMatchObject({
      message: expect.stringMatching(
        /^The endpoint refused the request \(400\)\. It said: width must be at most 512; got 1024\. \[address\]/,
      ),
      hint: 'Correct what the endpoint objects to and send the request again.',
    });
    expect(said.get('unauthorized')).toMatchObject({
      message: "The endpoint refused the gateway's token (401).",
      hint: "Tell the gateway's operator: only they can fix this.",
    });
  });

  it('says that a job was canceled, in GraphQL and in its record', async () => {
    const endpoint = await endpointThat(() => undefined, 'a');
    const { gateway, url } = await gatewayOf(endpoint.url, 'canceled', 'aborted');
    const enqueue = `mutation ($input: GenerateImageInput!) { enqueueImage(input: $input) { ... on Job { id } } }`;
    const { json } = await post(`${url}/graphql`, { query: enqueue, variables: { input: request } });
    const { id } = (json as { data: { enqueueImage: { id: string } } }).data.enqueueImage;
    const cancel = `mutation ($id: ID!) { cancelJob(id: $id) { ... on Job { error { code message hint } } } }`;
    const canceled = await post(`${url}/graphql`, { query: cancel, variables: { id } });
    const listed = await post(`${url}/graphql`, { query: records });
    await gateway.close();
    await endpoint.close();
    const error = {
      code: 'ABORTED',
      message: 'The job was canceled.',
      hint: expect.stringMatching(/^Request the image/),
    };
    expect(canceled.json).toMatchObject({ data: { cancelJob: { error } } });
    expect(listed.json).toMatchObject({ data: { jobs: { nodes: [{ error }] } } });
  });

  it('says what the endpoint last responded while a job waits, and not in the endpoint’s words', async () => {
    const endpoint = await endpointThat(stillLoading, 'a');
    const gateway = createGateway({
      endpoint: { url: endpoint.url, token },
      store: join(folder, 'waiting'),
      port: 0,
      drain: 0,
    });
    const { url } = await gateway.listen();
    const enqueue = `mutation ($input: GenerateImageInput!) { enqueueImage(input: $input) { __typename ... on Job { id } } }`;
    await post(`${url}/graphql`, { query: enqueue, variables: { input: request } });
    await expect
      .poll(async () => (await post(`${url}/graphql`, { query: records })).json)
      .toMatchObject({ data: { jobs: { nodes: [{ lastAnswer: { message: 'The endpoint is not ready (503).' } }] } } });
    const { text } = await post(`${url}/graphql`, { query: records });
    expect(text).not.toMatch(/x9f2|Loading|private/);
    expect(leaksIn(text)).toEqual([]);
    await gateway.close();
    await endpoint.close();
  });
});
