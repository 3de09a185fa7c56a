import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd: string;
  /** The whole environment: nothing of this process gets through. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
}

/**
 * Runs a program to its end.
 *
 * @returns what it wrote to standard output
 * @throws Error - it could not be started or did not end with 0; the message holds everything it wrote
 */
export async function run(program: string, args: readonly string[], options: RunOptions): Promise<string> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let everything = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    everything += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    everything += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    const command = [program, ...args].join(' ');
    child.once('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`${command} in ${options.cwd} ended with ${code ?? signal}:\n${everything}`));
    });
  });
}
