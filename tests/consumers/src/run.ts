import { spawn, type ChildProcess } from 'node:child_process';

export interface RunOptions {
  readonly cwd: string;
  /** The whole environment: nothing of this process gets through. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
}

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end.
 *
 * @throws Error - it could not be started or did not end with 0; the message holds all its output
 */
export async function run(program: string, args: readonly string[], options: RunOptions): Promise<Output> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    const command = [program, ...args].join(' ');
    child.once('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(output);
      const { stdout, stderr } = output;
      return reject(new Error(`${command} in ${options.cwd} ended with ${code ?? signal}:\n${stdout}\n${stderr}`));
    });
  });
}

/** Waits until a process has written what matches. */
export async function waitForOutput(child: ChildProcess, pattern: RegExp): Promise<void> {
  let text = '';
  return new Promise((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      text += chunk.toString();
      if (pattern.test(text)) resolve();
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('close', (code) => reject(new Error(`It ended with ${code} before it wrote ${pattern}: ${text}`)));
  });
}
