import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sniffMediaType } from '@tintype/core';
import { describe, expect, it } from 'vitest';
import { runCli, startCli, temporaryFolder, waitForOutput } from '../testing/run-cli.ts';
import { stubEndpoint } from '../testing/stub-endpoint.ts';

const query = `mutation { generateImage(input: { prompt: "a red circle", width: 128, height: 128, inferenceSteps: 2 }) {
  __typename ... on Image { url width } ... on Error { message } } }`;

async function ended(child: ReturnType<typeof startCli>): Promise<number | null> {
  return new Promise((resolve) => {
    child.on('close', resolve);
  });
}

describe('tintype serve', () => {
  it('starts the local endpoint, makes an image, and stops cleanly at SIGTERM', async () => {
    await using folder = await temporaryFolder();
    const child = startCli(['serve', '--port', '0'], { cwd: folder.path, env: { TINTYPE_LOG: 'silent' } });
    const [, url = ''] = await waitForOutput(child, /serving on (http:\S+)/);
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const { data } = (await answer.json()) as { data: { generateImage: { url: string; width: number } } };
    expect(data.generateImage).toMatchObject({ __typename: 'Image', width: 128 });
    const image = await fetch(data.generateImage.url);
    expect(sniffMediaType(new Uint8Array(await image.arrayBuffer()))).toBe('image/png');
    expect(await readdir(join(folder.path, '.tintype'))).toContain('images');
    child.kill('SIGTERM');
    expect(await ended(child)).toBe(0);
  });

  it('answers everyone at SIGTERM under load, and makes what it still owed at its next start', async () => {
    await using folder = await temporaryFolder();
    const image = (await readFile(new URL('../../../../docs/images/first-images.png', import.meta.url))).toString(
      'base64',
    );
    let calls = 0;
    // What is in the works at SIGTERM ends only when a caller was told that it has to wait.
    const pending = Promise.withResolvers<void>();
    await using endpoint = await stubEndpoint((request, response) => {
      request.resume().on('end', () => {
        calls += 1;
        const end = (): void => void response.end(JSON.stringify({ image: image }));
        if (calls <= 4) end();
        else void pending.promise.then(end);
      });
    });
    const env = { TINTYPE_ENDPOINT_URL: endpoint.url, TINTYPE_CONCURRENCY: '2', TINTYPE_LOG: 'json' };
    const start = async () => {
      const child = startCli(['serve', '--port', '0'], { cwd: folder.path, env });
      let log = '';
      child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
      const [, url = ''] = await waitForOutput(child, /serving on (http:\S+)/);
      return { child, url, log: () => log };
    };
    const ask = async (url: string, key: string): Promise<string> => {
      const answer = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          query: `mutation { generateImage(input: { prompt: "x", idempotencyKey: "${key}" }) { outcome: __typename ... on Error { message } } }`,
        }),
      });
      const { data } = (await answer.json()) as { data: { generateImage: { outcome: string } } };
      if (data.generateImage.outcome === 'GenerationPending') pending.resolve();
      return data.generateImage.outcome;
    };
    const keys = Array.from({ length: 20 }, (_, count) => `key ${count}`);

    const first = await start();
    const answers = keys.map(async (key) => ask(first.url, key));
    await expect.poll(() => calls).toBeGreaterThan(4);
    first.child.kill('SIGTERM');
    const outcomes = await Promise.all(answers);
    expect(await ended(first.child)).toBe(0);
    expect(new Set(outcomes)).toEqual(new Set(['Image', 'GenerationPending']));
    // Lines for machines, apart from what is written for people.
    for (const line of first.log().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');

    const second = await start();
    for (const key of keys) expect(await ask(second.url, key)).toBe('Image');
    second.child.kill('SIGTERM');
    expect(await ended(second.child)).toBe(0);
    // It had time to finish what the endpoint was at work on: nothing was asked for twice.
    expect(calls).toBe(keys.length);
  });

  it('shows a browser GraphiQL with all its assets inside, unless that is switched off', async () => {
    await using folder = await temporaryFolder();
    const page = async (env: Record<string, string>): Promise<Response> => {
      const child = startCli(['serve', '--port', '0'], {
        cwd: folder.path,
        env: { TINTYPE_ENDPOINT_URL: 'http://127.0.0.1:9', TINTYPE_LOG: 'silent', ...env },
      });
      const [, url = ''] = await waitForOutput(child, /serving on (http:\S+)/);
      const response = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });
      const text = await response.text();
      child.kill('SIGTERM');
      expect(await ended(child)).toBe(0);
      return new Response(text, response);
    };
    const shown = await page({});
    expect(shown.headers.get('content-type')).toContain('text/html');
    expect(shown.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await shown.text();
    expect(html).toContain('a fox in the snow at night');
    expect(html.match(/<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)\s*=\s*["']?(?:https?:)?\/\//gi)).toBeNull();
    for (const off of [{ TINTYPE_GRAPHIQL: 'false' }, { NODE_ENV: 'production' }]) {
      expect((await page(off)).headers.get('content-type')).not.toContain('text/html');
    }
  });

  it('prints a call that can be pasted', async () => {
    await using folder = await temporaryFolder();
    const child = startCli(['serve', '--port', '0'], {
      cwd: folder.path,
      env: { TINTYPE_ENDPOINT_URL: 'http://127.0.0.1:9' },
    });
    const [, body = ''] = await waitForOutput(child, /-d '(.*)'\n/);
    expect((JSON.parse(body) as { query: string }).query).toContain('generateImage');
    child.kill('SIGINT');
    expect(await ended(child)).toBe(0);
  });

  it('tells all that is wrong with its settings at once, without a key', async () => {
    const env = {
      TINTYPE_WAIT: 'long',
      TINTYPE_API_KEYS: 'a:secretkey,bad',
      TINTYPE_LOG: 'loud',
      TINTYPE_KEEP_FOR: 'long',
      TINTYPE_GRAPHIQL: 'maybe',
      TINTYPE_REDIS_URL: 'http://user:secretword@x',
      TINTYPE_ROLE: 'queen',
      TINTYPE_LEASE: 'short',
      TINTYPE_STORE_AGAIN_AFTER: '1s,soon',
      TINTYPE_MEMORY_FOR_IMAGES: 'all',
      TINTYPE_CORS_ORIGINS: 'app.example.com',
      TINTYPE_STORE: 's3://Images',
      TINTYPE_ENDPOINT_URL: 'localhost:8080',
    };
    const { code, stderr } = await runCli(['serve', '--port', '-1'], { env });
    expect(code).toBe(2);
    for (const name of [
      '--port',
      'TINTYPE_WAIT',
      'TINTYPE_API_KEYS',
      'TINTYPE_LOG',
      'TINTYPE_KEEP_FOR',
      'TINTYPE_GRAPHIQL',
      'TINTYPE_REDIS_URL',
      'TINTYPE_ROLE',
      'TINTYPE_LEASE',
      'TINTYPE_STORE_AGAIN_AFTER',
      'TINTYPE_MEMORY_FOR_IMAGES',
      // These are the gateway's to find, which knows them by other names.
      'TINTYPE_CORS_ORIGINS',
      'TINTYPE_STORE: ',
      'TINTYPE_ENDPOINT_URL must be a URL',
    ])
      expect(stderr).toContain(name);
    expect(stderr).not.toMatch(/secretkey|secretword/);
  });

  it.each(['gateway', 'worker'])('says that a %s needs a Redis', async (role) => {
    const { code, stderr } = await runCli(['serve', '--port', '0'], { env: { TINTYPE_ROLE: role } });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`TINTYPE_ROLE is ${role}, but TINTYPE_REDIS_URL is not set`),
    ]);
  });

  it('says what is wrong with an object store’s address', async () => {
    await using folder = await temporaryFolder();
    const env = { TINTYPE_STORE: 's3://Images', TINTYPE_ENDPOINT_URL: 'http://127.0.0.1:9' };
    const { code, stderr } = await runCli(['serve', '--port', '0'], { cwd: folder.path, env });
    expect([code, stderr]).toEqual([2, expect.stringContaining('small letters, digits, dots and dashes')]);
  });

  it('does not let others in without a key', async () => {
    await using folder = await temporaryFolder();
    const { code, stderr } = await runCli(['serve', '--port', '0', '--host', '0.0.0.0'], { cwd: folder.path });
    expect([code, stderr]).toEqual([2, expect.stringContaining('Set TINTYPE_API_KEYS to the keys')]);
  });

  it('says to whoever leaves /predict off its address where images are made', async () => {
    await using folder = await temporaryFolder();
    const env = {
      TINTYPE_ENDPOINT_URL: 'http://127.0.0.1:9',
      TINTYPE_LOG: 'silent',
      TINTYPE_API_KEYS: 'me:abcdefghijklmnopq',
    };
    const child = startCli(['serve', '--port', '0'], { cwd: folder.path, env });
    const [banner = '', url = ''] = await waitForOutput(child, /serving on (http:\S+)[^]*Bearer <key>/);
    expect(banner).toContain(`curl -s ${url}/graphql`);
    for (const path of ['', '/graphql']) {
      const address = { TINTYPE_ENDPOINT_URL: url + path, TINTYPE_ENDPOINT_TOKEN: 'abcdefghijklmnopq' };
      const run = await runCli(['generate', 'a fox'], { cwd: folder.path, env: address });
      expect([run.code, run.stderr]).toEqual([3, expect.stringContaining(`There is no endpoint at ${url}`)]);
      expect(run.stderr).toContain("Use the endpoint's complete URL as TINTYPE_ENDPOINT_URL");
      if (path === '') expect(run.stderr).toContain('the Inference API at /predict');
    }
    child.kill('SIGTERM');
    expect(await ended(child)).toBe(0);
  });

  it('says what to do about a store that cannot be created', async () => {
    const env = { TINTYPE_ENDPOINT_URL: 'http://127.0.0.1:9', TINTYPE_STORE: '/dev/null/store' };
    const { code, stderr } = await runCli(['serve', '--port', '0'], { env });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(
      /✗ The store \/dev\/null\/store\S* cannot be created or opened: .*\n {2}Choose another folder/,
    );
  });

  it('says what to do about a store that is damaged', async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, '.tintype'));
    await writeFile(join(folder.path, '.tintype', 'tintype.db'), 'this is not a database '.repeat(1000));
    const env = { TINTYPE_ENDPOINT_URL: 'http://127.0.0.1:9' };
    const { stderr } = await runCli(['serve', '--port', '0'], { cwd: folder.path, env });
    expect(stderr).toMatch(/✗ The store's database .*tintype\.db is damaged: .*\n {2}Restore it from a backup/);
  });

  it('says that a port is taken', async () => {
    await using folder = await temporaryFolder();
    const child = startCli(['endpoint', '--port', '0']);
    const [, port = ''] = await waitForOutput(child, /served on http:\/\/127\.0\.0\.1:(\d+)/);
    const { code, stderr } = await runCli(['serve', '--port', port], { cwd: folder.path });
    expect([code, stderr]).toEqual([2, expect.stringContaining(`Port ${port} is taken`)]);
    child.kill('SIGINT');
    expect(await ended(child)).toBe(0);
  });
});

describe('tintype endpoint', () => {
  it('has bad days on demand', async () => {
    const child = startCli(['endpoint', '--port', '0', '--fail', '503:1', '--token', 'secret']);
    const [, url = ''] = await waitForOutput(child, /served on (http:\S+)/);
    const post = async (token: string): Promise<number> => {
      const body = JSON.stringify({
        inputs: 'a red circle',
        width: 128,
        height: 128,
        guidance_scale: 1,
        inference_steps: 1,
      });
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const answer = await fetch(url, { method: 'POST', headers, body });
      await answer.arrayBuffer();
      return answer.status;
    };
    await expect.poll(async () => (await fetch(`${url}/health`)).status).toBe(200);
    expect([await post('wrong'), await post('secret'), await post('secret')]).toEqual([401, 503, 200]);
    child.kill('SIGTERM');
    expect(await ended(child)).toBe(0);
  });

  it.each([
    [['--fail', 'often'], '--fail must look like status:times'],
    [['--cold-start', 'soon'], '--cold-start must be a duration'],
    [['--model', '/no/such/folder'], '/no/such/folder'],
    [['--host', '0.0.0.0'], 'token'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await runCli(['endpoint', '--port', '0', ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe.each(['serve', 'endpoint'])('tintype %s', (command) => {
  it('ends with one sentence if its model cannot be loaded', async () => {
    await using folder = await temporaryFolder();
    const model = join(folder.path, 'model');
    await cp(fileURLToPath(new URL('../../../endpoint/fixtures/tiny-sd', import.meta.url)), model, { recursive: true });
    await writeFile(join(model, 'unet', 'model.onnx'), 'half a download');
    const run = await runCli([command, '--port', '0'], { cwd: folder.path, env: { TINTYPE_MODEL: model } });
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(
      run.stderr.match(/unet\/model\.onnx could not be loaded: .+ Fetch or export the model again\./g),
    ).toHaveLength(1);
  });

  it('ends if the thread that makes images dies for good', async () => {
    await using folder = await temporaryFolder();
    // The thread throws at a message that it does not know, here after each load.
    const killer = `process.on('worker', (thread) => thread.on('message', ({ type }) => type === 'loaded' && thread.postMessage(null)))`;
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(killer)}`, TINTYPE_LOG: 'silent' };
    const { code, stderr } = await runCli([command, '--port', '0'], { cwd: folder.path, env });
    expect([code, stderr]).toEqual([4, expect.stringMatching(/✗ The thread that draws died again/)]);
  });
});
