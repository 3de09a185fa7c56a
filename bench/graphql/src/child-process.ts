import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A server of the benchmark, in a process of its own. */
export interface BenchServer {
  readonly url: string;
  readonly pid: number;
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
    pid: child.pid ?? 0,
    cpuMs: async () => ask('cpu'),
    residentBytes: async () => ask('memory'),
    // Not SIGKILL: one that has started a server of its own takes it along.
    stop: () => void child.kill('SIGTERM'),
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

/** CPU time in milliseconds that this process has used so far. */
function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** The other side: says where it listens, and answers what it is asked. */
export function reportTo(url: string, cpuMs: () => number = ownCpuMs): void {
  process.on('message', (question) => {
    if (question === 'cpu') {
      process.send?.(cpuMs());
      return;
    }
    globalThis.gc?.();
    globalThis.gc?.();
    process.send?.(process.memoryUsage.rss());
  });
  process.on('disconnect', () => process.exit());
  process.send?.(url);
}
