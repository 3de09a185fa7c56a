import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A server of the benchmark, in a process of its own. */
export interface BenchServer {
  readonly url: string;
  /** CPU time in milliseconds that the process has used so far. */
  cpuMs(): Promise<number>;
  /** Resident memory in bytes, after a garbage collection. */
  residentBytes(): Promise<number>;
  stop(): void;
}

/** Starts `server.ts` or `endpoint.ts` with these arguments; settles when it listens. */
export async function startServer(file: URL, ...args: readonly string[]): Promise<BenchServer> {
  const child = fork(fileURLToPath(file), args, { execArgv: ['--expose-gc'] });
  const url = await answer<string>(child);
  const ask = async (question: 'cpu' | 'memory'): Promise<number> => {
    const answered = answer<number>(child);
    child.send(question);
    return answered;
  };
  return {
    url,
    cpuMs: async () => ask('cpu'),
    residentBytes: async () => ask('memory'),
    stop: () => void child.kill('SIGKILL'),
  };
}

async function answer<Answer>(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const exited = (code: number | null): void => reject(new Error(`A server of the benchmark ended with ${code}.`));
    child.once('exit', exited);
    child.once('message', (message) => {
      child.off('exit', exited);
      resolve(message as Answer);
    });
  });
}

/** The other side: says where it listens, and answers what it is asked. */
export function reportTo(url: string): void {
  process.on('message', (question) => {
    if (question === 'cpu') {
      const { user, system } = process.cpuUsage();
      process.send?.((user + system) / 1_000);
      return;
    }
    globalThis.gc?.();
    globalThis.gc?.();
    process.send?.(process.memoryUsage.rss());
  });
  process.on('disconnect', () => process.exit());
  process.send?.(url);
}
