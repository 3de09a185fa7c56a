import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPictureSize, sniffMediaType } from '@tintype/core';
import { describe, expect, it } from 'vitest';
import { runCli, startCli, temporaryFolder } from '../testing/run-cli.ts';
import { stubEndpoint } from '../testing/stub-endpoint.ts';

const token = 'hf_cli0test0secret';
const small = ['--width', '128', '--height', '128', '--steps', '2'];

describe('tintype generate', () => {
  it('draws with the model that comes with it where no endpoint is named, and names the file by the prompt', async () => {
    await using folder = await temporaryFolder();
    const { code, stdout, stderr } = await runCli(['generate', 'a red circle', ...small, '--seed', '3'], {
      cwd: folder.path,
    });
    expect(stderr).toContain('the tiny model that comes with Tintype');
    expect([code, stdout]).toEqual([0, 'a-red-circle.png\n']);
    const bytes = await readFile(join(folder.path, 'a-red-circle.png'));
    expect(sniffMediaType(bytes)).toBe('image/png');
    expect(readPictureSize(bytes)).toEqual({ width: 128, height: 128 });
    // Nothing half-made is left.
    expect(await readdir(folder.path)).toEqual(['a-red-circle.png']);
  });

  it('writes several pictures, counts their seeds up, and does not write over one it made before', async () => {
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

  it('writes the bytes to stdout for -o -', async () => {
    const { code, stdout } = await runCli(['generate', 'a red circle', ...small, '-o', '-']);
    expect(code).toBe(0);
    expect(sniffMediaType(Buffer.from(stdout, 'latin1'))).toBe('image/png');
  });

  it.each([
    [['generate', 'x', '--width', '500'], 2, 'The nearest valid value is 496 or 504'],
    [['generate', ' '], 2, 'prompt must be a text that is not blank'],
    [['generate', 'x', '--guidance', 'much'], 2, 'guidanceScale must be a number, 0 or more; got "much"'],
    [['generate', 'x', '--extra', '[1]'], 2, '--extra must be a JSON object'],
    [['generate', 'x', '-n', '0'], 2, '--count must be a whole number'],
    [['generate'], 2, "missing required argument 'prompt'"],
    [['generat'], 2, 'Did you mean generate'],
    [['generate', 'x', '-o', '/no/such/folder/x.png'], 1, 'no such file or directory'],
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
    ['too little memory', 400, '{"error":"CUDA out of memory"}', 5, 'The handler ran out of memory'],
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
    const picture = (await runCli(['generate', 'a red circle', ...small, '-o', '-'])).stdout;
    await using endpoint = await stubEndpoint((request, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(503).end('Service Unavailable');
      else if (request.method === 'GET') response.end('Ok');
      else response.end(JSON.stringify({ image: Buffer.from(picture, 'latin1').toString('base64') }));
    });
    await using folder = await temporaryFolder();
    const run = await runCli(['generate', 'x', '-o', 'x.png'], {
      cwd: folder.path,
      env: { TINTYPE_ENDPOINT_URL: endpoint.url },
    });
    expect([run.code, run.stderr]).toEqual([0, expect.stringContaining('the endpoint is starting (it answers 503)')]);
  });
});

describe('tintype inspect', () => {
  it('reads prompt, seed and settings back out of a picture', async () => {
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

  it('says what a file is not', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'x.png'), 'no picture');
    const run = await runCli(['inspect', 'x.png'], { cwd: folder.path });
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('x.png is no picture')]);
  });
});

describe('tintype doctor', () => {
  it('checks health and one tiny picture', async () => {
    const { code, stdout } = await runCli(['doctor', '--json']);
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: { check: string; ok: boolean }[] };
    expect([code, ok, findings.map(({ check }) => check)]).toEqual([0, true, ['Endpoint', 'Health', 'Picture']]);
  });

  it('says what is wrong, by the exit code too', async () => {
    await using endpoint = await stubEndpoint((_request, response) => response.writeHead(401).end());
    const run = await runCli(['doctor'], { env: { TINTYPE_ENDPOINT_URL: endpoint.url } });
    expect([run.code, run.stderr]).toEqual([3, expect.stringContaining('No token was given')]);
  });
});
