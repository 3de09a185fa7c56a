import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { run } from './run.ts';
import { toolModules } from './tools.ts';

/** `yarn` puts files into `node_modules`, `yarn-pnp` (Plug'n'Play) leaves them in archives. */
export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'yarn-pnp' | 'bun';

/** Where Node 22.19 is, the oldest that @tintype/core supports. */
export const oldestNode = join(toolModules, `node-${process.platform}-${process.arch}`, 'bin');

/** A project of a stranger, with packages from the local registry. */
export interface Project {
  readonly folder: string;
  /** Runs Node or a program of an installed package, in the project, the way its package manager does. */
  exec(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
}

/**
 * Makes an empty project and installs packages.
 *
 * @param options.node - the folder of the Node that runs the package manager too. @default this process's Node
 */
export async function createProject(
  packages: readonly string[],
  options: { readonly manager?: PackageManager; readonly node?: string } = {},
): Promise<Project> {
  const { manager = 'npm', node } = options;
  const registry = inject('registry');
  const folder = await mkdtemp(join(registry.folder, 'project-'));
  await writeFile(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }');
  // Yarn looks for the project that a folder belongs to further up.
  await writeFile(join(folder, 'yarn.lock'), '');
  const env = {
    ...registry.env,
    ...(node !== undefined && { PATH: `${node}:${registry.env['PATH']}` }),
    YARN_NODE_LINKER: manager === 'yarn-pnp' ? 'pnp' : 'node-modules',
  };

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
