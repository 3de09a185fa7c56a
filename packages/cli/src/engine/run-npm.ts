import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { EngineError } from '../output/exit-codes.ts';
import type { CommandContext } from '../config/command-context.ts';

/**
 * Runs npm to its end, with its own settings: registry, proxy, offline.
 *
 * @throws EngineError with npm's own reason
 */
export async function runNpm(
  args: readonly string[],
  { cwd, environment, signal }: Pick<CommandContext, 'environment' | 'signal'> & { readonly cwd: string },
): Promise<void> {
  const [program, ...first] = npmCommand(environment);
  const child = spawn(program, [...first, ...args, '--json', '--loglevel=error'], { cwd, env: environment, signal });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  let failure: Error | undefined;
  child.on('error', (error) => {
    failure = error;
  });
  const code = await new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  signal.throwIfAborted();
  if (failure !== undefined) {
    throw new EngineError(
      `npm, which installs the engine, was found neither beside ${process.execPath} nor on PATH (${failure.message}).`,
      'Install npm, which comes with Node from https://nodejs.org, and try again.',
    );
  }
  if (code === 0) return;
  throw new EngineError(
    `npm could not install the engine: ${reasonIn(output) ?? reasonIn(errors) ?? `it ended with exit code ${code}`}.`,
    "Check the network and npm's registry and proxy settings (npm config list), and try again.",
  );
}

/** Beside this Node, or on PATH. By npm's own script where it stands in its usual place: on Windows, `npm` is a shell script. */
function npmCommand(environment: CommandContext['environment']): readonly [string, ...string[]] {
  const beside = dirname(process.execPath);
  const folders = [join(beside, '..', 'lib'), beside, ...(environment['PATH'] ?? '').split(delimiter)];
  const scripts = folders.map((folder) => join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js'));
  const script = scripts.find((path) => existsSync(path));
  return script === undefined ? ['npm'] : [process.execPath, script];
}

/** npm's reason in the JSON it writes, on one line. */
function reasonIn(output: string): string | undefined {
  try {
    const { error } = JSON.parse(output) as { readonly error?: { readonly summary?: string; readonly code?: string } };
    const summary = error?.summary?.trim().split('\n')[0];
    return (summary === undefined || summary === '' ? error?.code : summary)?.replace(/\.$/, '');
  } catch {
    return undefined;
  }
}
