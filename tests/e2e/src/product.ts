import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../../packages/cli/dist/bin.js', import.meta.url));

/** A part of the product as users start it: built, in a process and a folder of its own. */
export interface Running extends AsyncDisposable {
  readonly url: string;
  readonly folder: string;
}

/** Starts `tintype serve` or `tintype endpoint` on a free port. */
export async function start(
  command: 'serve' | 'endpoint',
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-e2e-'));
  const child = spawn(process.execPath, [bin, command, '--port', '0', ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', TINTYPE_LOG: 'silent', ...env },
  });
  const url = await addressOf(child);
  return {
    url,
    folder,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => {
        child.once('close', resolve);
      });
      child.kill('SIGTERM');
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      text += chunk.toString();
      const url = /serv(?:ing|ed) on (http:\S+)/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('close', (code) => reject(new Error(`It ended with ${code}: ${text}`)));
  });
}

/** Runs a program to its end; its output, or an error with it. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<string> {
  const child = spawn(program, args, { cwd: options.cwd, env: { ...process.env, ...options.env } });
  let output = '';
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(new Error(`${program} is needed for these tests, and could not be started: ${error.message}`)),
    );
    child.once('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${program} ended with ${code}: ${output}`));
    });
  });
}
