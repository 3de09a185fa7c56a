import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readImageSize, sniffMediaType } from '@tintype/core';
import { describe, expect, it } from 'vitest';
import { runCli, startCli, temporaryFolder } from '../testing/run-cli.ts';
import { stubEndpoint } from '../testing/stub-endpoint.ts';

const token = 'hf_cli0test0secret';
/** 8 × 8 pixels. */
const tinyPng = 'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC';
const small = ['--width', '128', '--height', '128', '--steps', '2'];

describe('tintype generate', () => {
  it('draws with the model that comes with it where no endpoint is named, and names the file by the prompt', async () => {
    await using folder = await temporaryFolder();
    const { code, stdout, stderr } = await runCli(['generate', 'a red circle', ...small, '--seed', '3'], {
      cwd: folder.path,
      env: { HOME: folder.path, XDG_CACHE_HOME: folder.path },
    });
    expect(stderr).toContain('the tiny model that comes with Tintype');
    expect([code, stdout]).toEqual([0, 'a-red-circle.png\n']);
    const bytes = await readFile(join(folder.path, 'a-red-circle.png'));
    expect(sniffMediaType(bytes)).toBe('image/png');
    expect(readImageSize(bytes)).toEqual({ width: 128, height: 128 });
    // Nothing half-made is left, and nothing of ONNX Runtime's telemetry.
    expect(await readdir(folder.path)).toEqual(['a-red-circle.png']);
  });

  it('writes several images, counts their seeds up, and does not write over one it made before', async () => {
    await using folder = await temporaryFolder();
    const args = ['generate', 'a blue square', ...small, '--seed', '5', '--json'];
    await runCli(args, { cwd: folder.path });
    const { stdout } = await runCli([...args, '-n', '2'], { cwd: folder.path });
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { path: string; meta: { seed: number } });
    expect(lines.map(({ path, meta }) => [path, meta.seed])).toEqual([
      ['a-blue-square-1.png', 5],
      ['a-blue-square-2.png', 6],
    ]);
    await runCli(args, { cwd: folder.path });
    const names = ['a-blue-square-1.png', 'a-blue-square-2.png', 'a-blue-square-3.png', 'a-blue-square.png'];
    expect((await readdir(folder.path)).toSorted()).toEqual(names);
  });

  it('loses one image of several to a handler that fails, and says which is missing by what it made', async () => {
    await using folder = await temporaryFolder();
    let posts = 0;
    await using endpoint = await stubEndpoint((_request, response) => {
      posts += 1;
      if (posts === 2) response.writeHead(400).end('{"error":"CUDA out of memory"}');
      else response.end(JSON.stringify({ image: tinyPng }));
    });
    const run = await runCli(['generate', 'a fox', '--width', '8', '--height', '8', '-n', '3'], {
      cwd: folder.path,
      env: { TINTYPE_ENDPOINT_URL: endpoint.url },
    });
    expect([run.code, run.stdout]).toEqual([5, 'a-fox-1.png\na-fox-3.png\n']);
    expect(run.stderr).toContain('2 of 3: drawing');
    expect(run.stderr).toContain('The endpoint ran out of memory (400)');
    expect((await readdir(folder.path)).toSorted()).toEqual(['a-fox-1.png', 'a-fox-3.png']);
  });

  it('asks once, not once for each image, where the token is refused', async () => {
    let posts = 0;
    await using endpoint = await stubEndpoint((_request, response) => {
      posts += 1;
      response.writeHead(401).end();
    });
    const run = await runCli(['generate', 'x', '-n', '3'], { env: { TINTYPE_ENDPOINT_URL: endpoint.url } });
    expect([run.code, posts]).toEqual([3, 1]);
    expect(run.stderr).toContain('2 of 3 images were not started.');
  });

  it('gives each image the whole of its time, however many come before it', async () => {
    await using folder = await temporaryFolder();
    await using endpoint = await stubEndpoint((_request, response) => {
      setTimeout(() => response.end(JSON.stringify({ image: tinyPng })), 2000);
    });
    // All five take longer than the time of one, and each is far within its own.
    const args = ['generate', 'x', '--width', '8', '--height', '8', '-n', '5', '--timeout', '8'];
    const run = await runCli(args, { cwd: folder.path, env: { TINTYPE_ENDPOINT_URL: endpoint.url } });
    expect([run.code, run.stdout]).toEqual([0, expect.stringMatching(/^(x-\d\.png\n){5}$/)]);
  });

  it('writes into a folder under the prompt’s words, over none that is there', async () => {
    await using folder = await temporaryFolder();
    await using endpoint = await stubEndpoint((_request, response) => response.end(JSON.stringify({ image: tinyPng })));
    const args = ['generate', 'a fox', '--width', '8', '--height', '8', '-o', `${folder.path}/`];
    for (let round = 0; round < 2; round += 1) await runCli(args, { env: { TINTYPE_ENDPOINT_URL: endpoint.url } });
    expect((await readdir(folder.path)).toSorted()).toEqual(['a-fox-2.png', 'a-fox.png']);
  });

  it('writes the bytes to stdout for -o -', async () => {
    const { code, stdout } = await runCli(['generate', 'a red circle', ...small, '-o', '-']);
    expect(code).toBe(0);
    expect(sniffMediaType(Buffer.from(stdout, 'latin1'))).toBe('image/png');
  });

  it('shows the endpoint’s warnings wherever the image goes, in words that a terminal does not obey', async () => {
    await using folder = await temporaryFolder();
    const warnings = ['It knows no "foxx".', '\u001B[2J\u0007Low on memory.'];
    await using endpoint = await stubEndpoint((_request, response) =>
      response.end(JSON.stringify({ image: tinyPng, warnings })),
    );
    const run = async (...args: readonly string[]) =>
      runCli(['generate', 'a foxx', '--width', '8', '--height', '8', ...args], {
        cwd: folder.path,
        env: { TINTYPE_ENDPOINT_URL: endpoint.url },
      });
    const shown = '! It knows no "foxx".\n! [2J Low on memory.\n';
    expect((await run()).stderr).toContain(shown);
    expect((await run('-o', '-')).stderr).toContain(shown);
    expect(JSON.parse((await run('--json')).stdout)).toMatchObject({
      warnings: ['It knows no "foxx".', '[2J Low on memory.'],
    });
  });

  it.each([
    [
      ['generate', 'x', '--width', '500'],
      2,
      '--width must be a whole number of pixels, a multiple of 8, 8 or more; got 500.',
    ],
    [['generate', ' '], 2, 'prompt must be a text that is not blank'],
    [['generate', 'x', '--guidance', 'much'], 2, '--guidance must be a number, 0 or more; got "much"'],
    [['generate', 'x', '--extra', '[1]'], 2, '--extra must be a JSON object'],
    [['generate', 'x', '-n', '0'], 2, '--count must be a whole number'],
    [['generate'], 2, "missing required argument 'prompt'"],
    [['generat'], 2, 'Did you mean generate'],
    [['generate', 'x', '-o', '/no/such/folder/x.png'], 2, 'There is no folder /no/such/folder to write into.'],
    [['generate', 'x', '-o', '/no/such/folder/'], 2, 'There is no folder /no/such/folder to write into.'],
    [['generate', 'a', 'red', 'circle'], 2, 'Run: tintype generate "a red circle"'],
    [['generate', 'x', '-o', '/dev/null/x.png'], 2, '/dev/null is a file, not a folder'],
  ])('%j ends with %i', async (args, code, message) => {
    const run = await runCli(args, {
      env: { TINTYPE_ENDPOINT_URL: 'http://127.0.0.1:9', TINTYPE_ENDPOINT_TOKEN: token },
    });
    expect(run.code).toBe(code);
    expect(run.stderr).toContain(message);
    expect(run.stderr).not.toMatch(/\n\s+at /);
  });

  it.each([
    ['a refused token', 401, `Unauthorized: Bearer ${token}`, 3, 'The endpoint refused the token (401)'],
    ['a paused endpoint', 400, 'Bad Request: Invalid state', 4, 'The endpoint is paused'],
    ['too little memory', 400, '{"error":"CUDA out of memory"}', 5, 'The endpoint ran out of memory'],
  ])('tells %s from the others by the exit code, and shows no token', async (_name, status, body, code, message) => {
    await using endpoint = await stubEndpoint((_request, response) => response.writeHead(status).end(body));
    const run = await runCli(['generate', 'x', '--json'], {
      env: { TINTYPE_ENDPOINT_URL: endpoint.url, HF_TOKEN: token },
    });
    expect(run.code).toBe(code);
    expect(run.stderr).toContain(message);
    expect(JSON.parse(run.stdout)).toMatchObject({ error: { hint: expect.any(String) } });
    expect(run.stderr + run.stdout).not.toContain(token);
  });

  it('says when to come back where the endpoint says it, and by which flag to wait longer', async () => {
    await using endpoint = await stubEndpoint((_request, response) =>
      response.writeHead(503, { 'retry-after': '3600' }).end('Service Unavailable'),
    );
    const run = await runCli(['generate', 'x'], { env: { TINTYPE_ENDPOINT_URL: endpoint.url } });
    expect(run.code).toBe(4);
    expect(run.stderr).toContain('The endpoint is not ready (503). It said: Service Unavailable.');
    expect(run.stderr).toContain('Try again in 60 min, or allow more time with --timeout.');
  });

  it('tells an unreachable endpoint', async () => {
    const run = await runCli(['generate', 'x'], { env: { TINTYPE_ENDPOINT_URL: 'http://127.0.0.1:9' } });
    expect([run.code, run.stderr]).toEqual([6, expect.stringContaining('could not be reached (ECONNREFUSED)')]);
  });

  it('stops at the first signal and leaves nothing half-made', async () => {
    await using folder = await temporaryFolder();
    const asked = Promise.withResolvers<void>();
    await using endpoint = await stubEndpoint(() => asked.resolve());
    const child = startCli(['generate', 'x'], { cwd: folder.path, env: { TINTYPE_ENDPOINT_URL: endpoint.url } });
    await asked.promise;
    child.kill('SIGINT');
    const code = await new Promise((resolve) => {
      child.on('close', resolve);
    });
    expect(code).toBe(130);
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('tells what it waits for while the endpoint starts', async () => {
    let asked = 0;
    const image = (await runCli(['generate', 'a red circle', ...small, '-o', '-'])).stdout;
    await using endpoint = await stubEndpoint((request, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(503).end('Service Unavailable');
      else if (request.method === 'GET') response.end('Ok');
      else response.end(JSON.stringify({ image: Buffer.from(image, 'latin1').toString('base64') }));
    });
    await using folder = await temporaryFolder();
    const run = await runCli(['generate', 'x', '-o', 'x.png'], {
      cwd: folder.path,
      env: { TINTYPE_ENDPOINT_URL: endpoint.url },
    });
    expect([run.code, run.stderr]).toEqual([0, expect.stringContaining('the endpoint is starting (503)')]);
    // A cold start is no failure, and nothing else may stand in its place while it lasts.
    expect(run.stderr).not.toContain('failed');
  });
});

describe('tintype inspect', () => {
  it('reads prompt, seed and settings back out of an image', async () => {
    await using folder = await temporaryFolder();
    await runCli(['generate', 'a red circle', ...small, '--seed', '3', '--negative', 'blue', '-o', 'x.png'], {
      cwd: folder.path,
    });
    const { stdout } = await runCli(['inspect', 'x.png', '--json'], { cwd: folder.path });
    expect(JSON.parse(stdout)).toMatchObject({
      prompt: 'a red circle',
      negativePrompt: 'blue',
      width: 128,
      settings: { Seed: '3', Steps: '2' },
    });
  });

  it('tells whether an image is marked as made by AI, which every image of ours is', async () => {
    await using folder = await temporaryFolder();
    await using endpoint = await stubEndpoint((_request, response) => response.end(JSON.stringify({ image: tinyPng })));
    const options = { cwd: folder.path, env: { TINTYPE_ENDPOINT_URL: endpoint.url } };
    await writeFile(join(folder.path, 'other.png'), Buffer.from(tinyPng, 'base64'));
    const inspect = async (file: string) => (await runCli(['inspect', file], options)).stdout;
    expect(await inspect('other.png')).toMatch(/Marked +no, states no source/);
    const args = ['generate', 'x', '--width', '8', '--height', '8'];
    const { stdout } = await runCli([...args, '--json'], options);
    expect(await inspect('x.png')).toMatch(/Marked +as made by AI \(trainedAlgorithmicMedia\)/);
    const { size } = await stat(join(folder.path, 'x.png'));
    expect(JSON.parse(stdout)).toMatchObject({ path: 'x.png', byteLength: size, warnings: [] });
    expect(await readdir(folder.path)).toHaveLength(2);
    const piped = await runCli([...args, '-o', '-'], options);
    expect(Buffer.from(piped.stdout, 'latin1')).toEqual(await readFile(join(folder.path, 'x.png')));
    await runCli([...args, '-o', 'named.png'], options);
    expect(await inspect('named.png')).toMatch(/Marked +as made by AI/);
  });

  it('says what a file is not', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'x.png'), 'no image');
    const run = await runCli(['inspect', 'x.png'], { cwd: folder.path });
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('x.png is not an image')]);
  });
});

describe('tintype doctor', () => {
  it('checks health and one tiny image', async () => {
    const { code, stdout } = await runCli(['doctor', '--json']);
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: { check: string; ok: boolean }[] };
    expect([code, ok, findings.map(({ check }) => check)]).toEqual([0, true, ['Endpoint', 'Health', 'Image']]);
  });

  it('says what is wrong, by the exit code too', async () => {
    await using endpoint = await stubEndpoint((_request, response) => response.writeHead(401).end());
    const run = await runCli(['doctor'], { env: { TINTYPE_ENDPOINT_URL: endpoint.url } });
    expect([run.code, run.stdout]).toEqual([3, expect.stringContaining('Set TINTYPE_ENDPOINT_TOKEN.')]);
  });

  it('says of a URL that is none that it is the URL', async () => {
    const run = await runCli(['doctor'], { env: { TINTYPE_ENDPOINT_URL: 'abc.endpoints.huggingface.cloud' } });
    expect([run.code, run.stdout]).toEqual([
      2,
      expect.stringMatching(/^\S+ Endpoint: TINTYPE_ENDPOINT_URL must be a complete URL/),
    ]);
  });

  it('names protocol and model, and says where there is no health route', async () => {
    await using endpoint = await stubEndpoint((_request, response) => response.writeHead(500).end());
    const env = {
      TINTYPE_ENDPOINT_URL: `${endpoint.url}/v1`,
      TINTYPE_ENDPOINT_PROTOCOL: 'openai',
      TINTYPE_ENDPOINT_MODEL: 'flux',
    };
    const run = await runCli(['doctor', '--no-image'], { env });
    expect([run.code, run.stdout]).toEqual([
      0,
      expect.stringContaining(` Endpoint: ${endpoint.url}/v1, protocol openai, model flux, without a token\n`),
    ]);
    expect(run.stdout).toContain(' Health: the protocol has no health route');
  });

  it.each([
    [
      { TINTYPE_ENDPOINT_PROTOCOL: 'grpc' },
      'TINTYPE_ENDPOINT_PROTOCOL must be inference-api, hugging-face, openai; got "grpc".',
    ],
    [{ TINTYPE_ENDPOINT_PROTOCOL: 'openai' }, 'TINTYPE_ENDPOINT_MODEL must be the name of a model'],
  ])('refuses %j', async (environment, message) => {
    const env = { TINTYPE_ENDPOINT_URL: 'http://127.0.0.1:9', ...environment };
    const run = await runCli(['doctor', '--no-image'], { env });
    expect([run.code, run.stdout + run.stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('shows nothing of the URL that may be a secret', async () => {
    await using endpoint = await stubEndpoint((_request, response) => response.end('Ok'));
    const env = { TINTYPE_ENDPOINT_URL: `${endpoint.url}/?key=s3cret` };
    const run = await runCli(['doctor', '--no-image'], { env });
    expect([run.code, run.stdout]).toEqual([
      0,
      expect.stringContaining(` Endpoint: ${endpoint.url}/, protocol inference-api, without a token`),
    ]);
    expect(run.stdout + run.stderr).not.toContain('s3cret');
  });
});
