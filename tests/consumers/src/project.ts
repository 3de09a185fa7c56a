import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { run, type Output } from './run.ts';
import { toolModules } from './tools.ts';

/** `yarn` puts files into `node_modules`, `yarn-pnp` (Plug'n'Play) leaves them in archives. */
export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'yarn-pnp' | 'bun';

/** The environment in which `node` is 22.19, the oldest that @tintype/core supports. */
export function onOldestNode(): { readonly PATH: string } {
  const bin = join(toolModules, `node-${process.platform}-${process.arch}`, 'bin');
  return { PATH: `${bin}:${inject('registry').env['PATH']}` };
}

/** A project of a stranger, with packages from the local registry. */
export interface Project {
  readonly folder: string;
  /** Runs Node or a program of an installed package, in the project, the way its package manager does. */
  exec(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Output>;
}

/** Makes an empty project and installs packages. */
export async function createProject(
  packages: readonly string[],
  options: { readonly manager?: PackageManager; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Project> {
  const { manager = 'npm' } = options;
  const registry = inject('registry');
  const folder = await mkdtemp(join(registry.folder, 'project-'));
  await writeFile(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }');
  const linker = manager === 'yarn-pnp' ? 'pnp' : 'node-modules';
  const env = { ...registry.env, YARN_NODE_LINKER: linker, ...options.env };
  const [program, ...command] = installCommands[manager];
  await run(program, [...command, ...packages], { cwd: folder, env });
  return {
    folder,
    exec: async ([name = '', ...args], more = {}) => {
      const context = { cwd: folder, env: { ...env, ...more } };
      if (manager === 'yarn-pnp') return run('yarn', [name, ...args], context);
      return run(name === 'node' ? name : join(folder, 'node_modules/.bin', name), args, context);
    },
  };
}

const installCommands = {
  npm: ['npm', 'install'],
  pnpm: ['pnpm', 'add'],
  yarn: ['yarn', 'add'],
  'yarn-pnp': ['yarn', 'add'],
  bun: ['bun', 'add'],
} as const satisfies Record<PackageManager, readonly [string, ...string[]]>;
