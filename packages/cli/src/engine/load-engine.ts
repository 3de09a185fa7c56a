import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as endpoint from '@tintype/endpoint';
import type { CommandContext } from '../config/command-context.ts';
import { EngineError } from '../output/exit-codes.ts';
import { Progress } from '../output/progress.ts';
import { packageVersion } from '../config/own-package.ts';
import { engineRoot, installedVersions } from './engine-store.ts';
import { installEngine } from './install-engine.ts';

/** What runs a model on this machine: `@tintype/endpoint` with onnxruntime-node. */
export type Engine = Pick<typeof endpoint, 'createEndpoint'>;

/** What installing the engine costs on Linux; Windows and macOS take up to 50 MB more disk. */
const size = '140 MB to download, 110 MB on disk';

/**
 * Loads the engine. Where it is not installed, asks on a terminal whether to do so.
 *
 * @param alternative - what else the user can do, to end the hint with
 * @throws EngineError where it is not installed, or damaged
 */
export async function loadEngine(context: CommandContext, alternative = ''): Promise<Engine> {
  const entry = engineBeside();
  if (entry !== undefined) return (await import(pathToFileURL(entry).href)) as Engine;
  const version = packageVersion();
  const root = engineRoot(context.environment);
  const versions = await installedVersions(root);
  if (!versions.includes(version)) await offerInstallation(context, { root, version, versions, alternative });
  try {
    const cached = createRequire(join(root, version, 'package.json')).resolve('@tintype/endpoint');
    return (await import(pathToFileURL(cached).href)) as Engine;
  } catch (error) {
    const command = commandName(context.environment);
    throw new EngineError(
      `The engine in ${join(root, version)} is damaged: ${error instanceof Error ? error.message : String(error)}`,
      `Run ${command} engine remove and ${command} engine install.`,
    );
  }
}

/** The entry of an `@tintype/endpoint` that is installed beside this package, as in a clone or in a project that has both. */
export function engineBeside(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve('@tintype/endpoint');
  } catch {
    return undefined;
  }
}

/** How this program was called. */
export function commandName(environment: CommandContext['environment']): string {
  return environment['npm_command'] === 'exec' ? 'npx tintype' : 'tintype';
}

/** Installs the engine, and says on stderr that it does. */
export async function installVisibly(root: string, version: string, context: CommandContext): Promise<string> {
  const progress = new Progress(context.terminal);
  try {
    progress.say('installing the engine');
    return await installEngine(root, version, context);
  } finally {
    progress.end();
  }
}

async function offerInstallation(
  context: CommandContext,
  {
    root,
    version,
    versions,
    alternative,
  }: {
    readonly root: string;
    readonly version: string;
    readonly versions: readonly string[];
    readonly alternative: string;
  },
): Promise<void> {
  const other = versions.at(-1);
  const what =
    other === undefined
      ? 'Making images on this machine needs the engine, which is installed separately.'
      : `The engine that is installed here is of version ${other}, and tintype is ${version}.`;
  const question = `${what}\nInstall it into ${root} (${size})? [Y/n] `;
  const response = await context.terminal.ask?.(question, context.signal);
  if (response === undefined || !/^(y(es)?)?$/i.test(response.trim())) {
    throw new EngineError(what, `Run ${commandName(context.environment)} engine install (${size})${alternative}.`);
  }
  await installVisibly(root, version, context);
}
