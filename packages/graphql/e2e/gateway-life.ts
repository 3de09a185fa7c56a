import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { GatewayOptions } from '../src/index.ts';

/** A gateway or worker in a process of its own. */
export interface GatewayLife {
  readonly process: ChildProcess;
  /** Its address, or `undefined` when it ended before it listened. */
  readonly url: Promise<string | undefined>;
  /** Sends a signal that ends it, and waits for its end. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/** Starts one; it is gone when the test ends. `setUp` is JavaScript that runs in it first. */
export function startGatewayProcess(options: GatewayOptions, setUp = ''): GatewayLife {
  const file = fileURLToPath(new URL('./gateway-process.ts', import.meta.url));
  const first = `data:text/javascript,${encodeURIComponent(setUp)}`;
  const child = spawn(
    process.execPath,
    ['--conditions=@tintype/source', '--import', first, file, JSON.stringify(options)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim()));
  child.once('exit', () => resolve(undefined));
  return {
    process: child,
    url: promise,
    async end(signal) {
      child.kill(signal);
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
