import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposableSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const bin = fileURLToPath(new URL('../../../packages/cli/dist/bin.js', import.meta.url));

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempDisposableSync(path.join(os.tmpdir(), 'tintype-deploy-'));
  onTestFinished(() => folder.remove());
  return folder.path;
}

/** The variables that `tintype serve --help` names. */
export function knownVariables(): ReadonlySet<string> {
  const help = execFileSync(process.execPath, [bin, 'serve', '--help'], { encoding: 'utf8' });
  return new Set(help.match(/\bTINTYPE_\w+/g));
}

/** Starts `tintype serve` with an environment of its own, and answers its address; gone when the test ends. */
export async function serve(environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const child = spawn(process.execPath, [bin, 'serve', '--port', '0', '--json'], {
    cwd: temporaryFolder(),
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TINTYPE_LOG: 'silent', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => stop(child));
  for await (const piece of child.stdout) {
    const { url } = JSON.parse(String(piece)) as { readonly url?: string };
    if (url !== undefined) return url;
  }
  throw new Error('tintype serve ended before it named its address');
}

/** Ends a process and waits until it has. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
