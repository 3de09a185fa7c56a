import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { createProject, type Project } from './project.ts';
import { waitForOutput } from './run.ts';

const registry = inject('registry');
/** `tintype`, installed into an empty project by the machine's own npm. */
let project: Project;

beforeAll(async () => {
  project = await createProject(['tintype']);
});

function start(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const cwd = project.folder;
  const environment = { ...registry.env, npm_config_fetch_retries: '0', ...env };
  // A process group of its own, so that a test can kill it with what it has started.
  return spawn(program, args, { cwd, env: environment, detached: true });
}

/** Starts the installed command line on this Node, with a cache of its own. */
function tintype(cache: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const bin = join(project.folder, 'node_modules/.bin/tintype');
  const child = start(process.execPath, [bin, ...args], { XDG_CACHE_HOME: cache, ...env });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

interface End {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function end(child: ChildProcess): Promise<End> {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  const code = await new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  return { code, ...output };
}

/** A cache without an engine. */
async function emptyCache(): Promise<{ readonly cache: string; readonly root: string }> {
  const cache = await mkdtemp(join(registry.folder, 'cache-'));
  return { cache, root: join(cache, 'tintype/engine') };
}

async function version(): Promise<string> {
  return (await end(tintype('/nonexistent', ['--version']))).stdout.trim();
}

const image = ['generate', 'a red circle', '--width', '128', '--height', '128', '--steps', '2', '--json'];

describe('without the engine', () => {
  it.each([['serve', '--port', '0'], image, ['doctor']])('%s says what to run', async (...args) => {
    const { cache } = await emptyCache();
    const { code, stderr } = await end(tintype(cache, args));
    expect([code, stderr]).toEqual([
      4,
      expect.stringMatching(/needs the engine.*\n.*Run tintype engine install \(.*\), or set TINTYPE_ENDPOINT_URL/),
    ]);
  });

  it('endpoint does not name an address that would not help it', async () => {
    const { cache } = await emptyCache();
    const { stderr } = await end(tintype(cache, ['endpoint', '--port', '0'], { npm_command: 'exec' }));
    expect(stderr).toContain('Run npx tintype engine install');
    expect(stderr).not.toContain('TINTYPE_ENDPOINT_URL');
  });

  it('says that an engine of another version is there', async () => {
    const { cache, root } = await emptyCache();
    await mkdir(join(root, '0.0'), { recursive: true });
    const { stderr } = await end(tintype(cache, ['doctor']));
    expect(stderr).toContain(`The engine that is installed here is of version 0.0, and tintype is ${await version()}.`);
  });

  it('doctor, generate and serve need none where an endpoint is named', async () => {
    const { cache } = await emptyCache();
    const child = tintype(cache, ['serve', '--port', '0'], { TINTYPE_ENDPOINT_URL: 'http://127.0.0.1:9' });
    await waitForOutput(child, /serving on (http:\S+)/);
    child.kill('SIGTERM');
    expect((await end(child)).code).toBe(0);
  });

  it('names the packages of a Redis, and where to install them', async () => {
    const { cache } = await emptyCache();
    const env = { TINTYPE_ENDPOINT_URL: 'http://127.0.0.1:9', TINTYPE_REDIS_URL: 'redis://127.0.0.1:9' };
    const { code, stderr } = await end(tintype(cache, ['serve', '--port', '0'], env));
    expect([code, stderr]).toEqual([2, expect.stringContaining('Install them: npm install ioredis@6 bullmq@6')]);
  });
});

describe('tintype engine install', () => {
  it('installs what makes an image, from the registry alone, without binaries of other platforms', async () => {
    const { cache, root } = await emptyCache();
    await mkdir(join(root, '0.0'), { recursive: true });
    const installed = await end(tintype(cache, ['engine', 'install', '--json']));
    expect(installed.code, installed.stderr).toBe(0);
    const status = JSON.parse(installed.stdout) as { readonly folder: string; readonly bytes: number };
    expect(status).toMatchObject({ installed: true, folder: join(root, await version()), otherVersions: [] });
    expect(status.bytes).toBeLessThan(140e6);
    const binaries = join(status.folder, 'node_modules/onnxruntime-node/bin');
    const files = (await readdir(binaries, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(new Set(files.map(({ parentPath }) => parentPath.split('/').slice(-2).join('/')))).toEqual(
      new Set([`${process.platform}/${process.arch}`]),
    );

    const made = await end(tintype(cache, image));
    expect(made.code, made.stderr).toBe(0);
    expect(JSON.parse(made.stdout)).toMatchObject({ mediaType: 'image/png', width: 128 });

    const removed = await end(tintype(cache, ['engine', 'remove', '--json']));
    expect(JSON.parse(removed.stdout)).toMatchObject({ installed: false });
    expect(await readdir(cache, { recursive: true })).toEqual(['tintype']);
  });

  it('twice at once leaves one engine, wherever npm is set to install', async () => {
    const { cache, root } = await emptyCache();
    const settings = {
      npm_config_prefix: join(cache, 'prefix'),
      npm_config_location: 'global',
      npm_config_dry_run: 'true',
      npm_config_package_lock_only: 'true',
    };
    const ends = await Promise.all([1, 2].map(async () => end(tintype(cache, ['engine', 'install'], settings))));
    expect(ends.map(({ code, stderr }) => [code, stderr])).toEqual([1, 2].map(() => [0, 'installing the engine\n']));
    expect(await readdir(root)).toEqual([await version()]);
  });

  it('killed halfway leaves no engine, and nothing for long', async () => {
    const { cache, root } = await emptyCache();
    const child = tintype(cache, ['engine', 'install']);
    const files = async () => readdir(root, { recursive: true }).catch(() => []);
    await expect.poll(async () => (await files()).length, { interval: 20 }).toBeGreaterThan(100);
    process.kill(-Number(child.pid), 'SIGKILL');
    await end(child);
    const { stdout } = await end(tintype(cache, ['engine', 'status', '--json']));
    expect(JSON.parse(stdout)).toMatchObject({ installed: false });
    const [left = ''] = await readdir(root);
    await utimes(join(root, left), 0, 0);
    expect((await end(tintype(cache, ['engine', 'install']))).code).toBe(0);
    expect(await readdir(root)).toEqual([await version()]);
  });

  it('stopped by a signal ends npm and cleans up', async () => {
    const { cache, root } = await emptyCache();
    const child = tintype(cache, ['engine', 'install']);
    await expect.poll(async () => (await readdir(root).catch(() => [])).length).toBe(1);
    child.kill('SIGTERM');
    expect((await end(child)).code).toBe(130);
    expect(await readdir(root)).toEqual([]);
  });

  it('says what npm says', async () => {
    const { cache, root } = await emptyCache();
    const unreachable = await end(
      tintype(cache, ['engine', 'install'], { npm_config_registry: 'http://127.0.0.1:9/', npm_config_cache: cache }),
    );
    expect(unreachable).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/npm could not install the engine: .*127\.0\.0\.1:9.*\.\n {2}Check the network/),
    });
    const absent = await end(tintype(cache, ['engine', 'install'], { PATH: join(cache, 'bin') }));
    expect(absent).toMatchObject({ code: 4, stderr: expect.stringContaining('was found neither beside') });
    expect(await readdir(root)).toEqual([]);
    const unwritable = await end(tintype('/dev/null', ['engine', 'install']));
    expect(unwritable).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('cannot be installed into /dev/null'),
    });
  });
});

describe('on a terminal', () => {
  /** Runs the command line in a pseudo-terminal of `script` (util-linux), and types an answer to its question. */
  async function attended(
    cache: string,
    answer: string,
  ): Promise<{ readonly code: number | null; readonly text: string }> {
    const command = [process.execPath, 'node_modules/.bin/tintype', ...image].map((part) => `'${part}'`).join(' ');
    const child = start('script', ['-qec', command, '/dev/null'], { XDG_CACHE_HOME: cache, TERM: 'xterm' });
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    const ended = end(child);
    await waitForOutput(child, /\[Y\/n\]/);
    child.stdin?.write(answer);
    return { code: (await ended).code, text };
  }

  it('asks once, installs and goes on', async () => {
    const { cache } = await emptyCache();
    const { code, text } = await attended(cache, '\n');
    expect([code, text]).toEqual([0, expect.stringContaining('"mediaType":"image/png"')]);
  });

  it.each([
    ['n\n', 4, 'Run tintype engine install'],
    ['\u0004', 4, 'Run tintype engine install'],
    ['\u0003', 130, 'needs the engine'],
  ])('takes %j for a no', async (answer, code, words) => {
    const { cache } = await emptyCache();
    expect(await attended(cache, answer)).toEqual({ code, text: expect.stringContaining(words) });
    expect(await readdir(cache)).toEqual([]);
  });
});
