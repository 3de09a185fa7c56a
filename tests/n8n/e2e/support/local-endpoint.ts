import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface LocalEndpoint extends AsyncDisposable {
  readonly url: string;
}

export const endpointToken = 'hf_end_to_end';

/** Starts `tintype endpoint` on a free port, as a user does, and waits until it says where it is. */
export async function startLocalEndpoint(...flags: readonly string[]): Promise<LocalEndpoint> {
  return await startTintype({ args: ['endpoint', '--token', endpointToken, ...flags] });
}

/** Starts a command of the CLI that serves, on a free port, and waits until it says where it is. */
export async function startTintype(options: {
  readonly args: readonly string[];
  /** Where it runs, and leaves what it stores. */
  readonly cwd?: string;
}): Promise<LocalEndpoint> {
  const home = dirname(createRequire(import.meta.url).resolve('tintype/package.json'));
  const child = spawn(process.execPath, [join(home, 'dist/bin.js'), ...options.args, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? [];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('close', () => reject(new Error(`tintype ${options.args[0]} did not start:\n${output}`)));
  });
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await closed;
    },
  };
}

/** Waits until the model is loaded. */
export async function untilReady({ url }: LocalEndpoint): Promise<void> {
  const headers = { authorization: `Bearer ${endpointToken}` };
  while (!(await fetch(`${url}/health`, { headers })).ok) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** Asks the endpoint itself, past n8n: what the node's image is held against. */
export async function askDirectly({ url }: LocalEndpoint, request: object): Promise<Buffer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${endpointToken}` },
    body: JSON.stringify(request),
  });
  if (!response.ok) throw new Error(`The endpoint answered ${response.status}: ${await response.text()}`);
  const { image } = (await response.json()) as { image: string };
  return Buffer.from(image, 'base64');
}
