import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { toolDirectory } from './install-tools.ts';

const unpack = promisify(execFile);
const bin = join(toolDirectory('n8n'), 'node_modules/n8n/bin/n8n');

export interface CommandResult {
  readonly code: number;
  readonly output: string;
}

/** An n8n of its own in an empty folder, with the packed node in it as n8n itself would install it. */
export interface N8nProfile extends AsyncDisposable {
  readonly home: string;
  /** Writes a file into the profile's folder and returns where it is. */
  write(name: string, content: string): Promise<string>;
  /** Runs one command of n8n to its end. */
  run(...args: readonly string[]): Promise<CommandResult>;
  /** Starts the server and waits until it is ready. */
  start(): Promise<N8nServer>;
}

export interface N8nServer extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

/** @param options.env - what differs from a plain n8n, such as the mode for binary data. */
export async function createN8nProfile(options: {
  readonly tarball: string;
  readonly env?: Readonly<Record<string, string>>;
}): Promise<N8nProfile> {
  const home = await mkdtemp(join(await realpath(tmpdir()), 'tintype-n8n-'));
  const target = join(home, '.n8n/nodes/node_modules/n8n-nodes-tintype');
  await mkdir(target, { recursive: true });
  await unpack('tar', ['-xzf', options.tarball, '-C', target, '--strip-components=1']);
  const port = await freePort();
  const env = { ...baseEnvironment(home, port, await freePort()), ...options.env };

  return {
    home,
    write: async (name, content) => {
      const path = join(home, name);
      await writeFile(path, content);
      return path;
    },
    run: async (...args) => {
      const child = spawn(process.execPath, [bin, ...args], { cwd: home, env });
      const output = collect(child);
      const code = await new Promise<number>((resolve) => child.once('close', (exit) => resolve(exit ?? -1)));
      return { code, output: output() };
    },
    start: async () => {
      const child = spawn(process.execPath, [bin, 'start'], { cwd: home, env });
      const output = collect(child);
      const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
      const url = `http://127.0.0.1:${port}`;
      const stop = async (): Promise<void> => {
        child.kill('SIGTERM');
        const forced = setTimeout(() => child.kill('SIGKILL'), 10_000);
        await closed;
        clearTimeout(forced);
      };
      while (!(await isReady(url))) {
        if (child.exitCode !== null) throw new Error(`n8n did not start:\n${output().slice(-4000)}`);
        await sleep(250);
      }
      return { url, pid: child.pid ?? -1, [Symbol.asyncDispose]: stop };
    },
    [Symbol.asyncDispose]: async () => await rm(home, { recursive: true, force: true, maxRetries: 5 }),
  };
}

function baseEnvironment(home: string, port: number, brokerPort: number): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    N8N_USER_FOLDER: home,
    N8N_ENCRYPTION_KEY: 'tintype-end-to-end',
    // Nothing is asked of n8n's own servers: the tests run without a network.
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_PERSONALIZATION_ENABLED: 'false',
    N8N_HIRING_BANNER_ENABLED: 'false',
    EXTERNAL_FRONTEND_HOOKS_URLS: '',
    N8N_VERIFIED_PACKAGES_ENABLED: 'false',
    N8N_UNVERIFIED_PACKAGES_ENABLED: 'false',
    // Must be on for n8n to look into the profile's nodes at all.
    N8N_COMMUNITY_PACKAGES_ENABLED: 'true',
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_HOST: '127.0.0.1',
    N8N_PORT: String(port),
    N8N_SECURE_COOKIE: 'false',
    N8N_RUNNERS_BROKER_LISTEN_ADDRESS: '127.0.0.1',
    N8N_RUNNERS_BROKER_PORT: String(brokerPort),
    // A quieter level would mute the JSON of `execute --rawOutput` as well.
    N8N_LOG_LEVEL: 'info',
  };
}

function collect(child: ReturnType<typeof spawn>): () => string {
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return () => output;
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz/readiness`)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
