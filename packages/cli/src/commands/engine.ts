import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { engineRoot, folderBytes, installedVersions, runtimeVersion } from '../engine/engine-store.ts';
import { commandName, engineBeside, installVisibly } from '../engine/load-engine.ts';
import { exitCodes } from '../output/exit-codes.ts';
import { packageVersion } from '../config/own-package.ts';
import type { CommandContext } from '../config/command-context.ts';

interface Flags {
  readonly json?: boolean;
}

export function addEngine(program: Command, context: CommandContext, done: (exitCode: number) => void): void {
  const engine = program
    .command('engine')
    .description('install, show or remove the engine that makes images on this machine');
  const add = (
    name: string,
    description: string,
    act: (context: CommandContext) => Promise<Status>,
    tell: typeof describe = describe,
  ): void => {
    engine
      .command(name)
      .description(description)
      .option('--json', 'results as JSON on stdout')
      .action(async ({ json = false }: Flags) => {
        const status = await act(context);
        context.terminal.out.write(json ? `${JSON.stringify(status)}\n` : tell(status, context.environment));
        done(exitCodes.ok);
      });
  };
  add('install', "install the engine of this version with npm, into the user's cache", install);
  add('status', 'say whether the engine is installed, where, and how large it is', readStatus);
  add('remove', 'remove the engine, of all versions', remove, () => 'The engine is removed.\n');
}

interface Status {
  readonly installed: boolean;
  /** The version of tintype that the engine belongs to. */
  readonly version: string;
  readonly runtime: string;
  /** The engine's folder, or where it would be installed. */
  readonly folder: string;
  readonly bytes?: number;
  /** Engines of other versions of tintype. */
  readonly otherVersions: readonly string[];
}

async function readStatus({ environment }: CommandContext): Promise<Status> {
  const version = packageVersion();
  const common = { version, runtime: `onnxruntime-node ${runtimeVersion}` };
  const beside = engineBeside();
  if (beside !== undefined) return { ...common, installed: true, folder: dirname(dirname(beside)), otherVersions: [] };
  const root = engineRoot(environment);
  const versions = await installedVersions(root);
  const folder = join(root, version);
  const otherVersions = versions.filter((other) => other !== version);
  if (!versions.includes(version)) return { ...common, installed: false, folder, otherVersions };
  return { ...common, installed: true, folder, bytes: await folderBytes(folder), otherVersions };
}

async function install(context: CommandContext): Promise<Status> {
  const before = await readStatus(context);
  if (before.installed) return before;
  await installVisibly(engineRoot(context.environment), before.version, context);
  return readStatus(context);
}

async function remove(context: CommandContext): Promise<Status> {
  await rm(engineRoot(context.environment), { recursive: true, force: true });
  return readStatus(context);
}

function describe(
  { installed, version, runtime, folder, bytes, otherVersions }: Status,
  environment: CommandContext['environment'],
): string {
  const others = otherVersions.length === 0 ? '' : `Other versions  ${otherVersions.join(', ')}\n`;
  if (!installed) {
    const command = `${commandName(environment)} engine install`;
    return `The engine of version ${version} is not installed. Run ${command} to install it in ${folder}\n${others}`;
  }
  const size = bytes === undefined ? '' : `Size            ${Math.round(bytes / 1e6)} MB\n`;
  return `Engine          ${version}, ${runtime}\nInstalled in    ${folder}\n${size}${others}`;
}
