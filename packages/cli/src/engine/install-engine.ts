import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandContext } from '../config/command-context.ts';
import { EngineError } from '../output/exit-codes.ts';
import { installedVersions, removeUnfinished, runtimeVersion, unfinished } from './engine-store.ts';
import { runNpm } from './run-npm.ts';

/**
 * Installs the engine of a version into the cache and removes older ones. It becomes visible by one rename when all of it is
 * there, so any number of processes may do this at once, and be killed at any time.
 *
 * @returns its folder
 * @throws EngineError where npm fails or the cache cannot be written
 */
export async function installEngine(
  root: string,
  version: string,
  { environment, signal }: Pick<CommandContext, 'environment' | 'signal'>,
): Promise<string> {
  const folder = join(root, version);
  const staging = await createFolder(root);
  try {
    await removeUnfinished(root);
    await runNpm(
      [
        'install',
        `--prefix=${staging}`,
        // Each of these may be set otherwise in the user's npmrc.
        '--global=false',
        '--location=project',
        '--dry-run=false',
        '--package-lock-only=false',
        '--workspaces=false',
        // onnxruntime-node's script fetches GPU libraries from another host; the CPU's are in the package.
        '--ignore-scripts',
        // sharp's binaries are optional dependencies, and some turn these off.
        '--include=optional',
        '--no-audit',
        '--no-fund',
        '--no-update-notifier',
        `@tintype/endpoint@${version}`,
        `onnxruntime-node@${runtimeVersion}`,
      ],
      { cwd: staging, environment, signal },
    );
    await removeOtherPlatforms(staging);
    await rename(staging, folder).catch((error: unknown) => {
      // Another process was faster; what it installed is the same.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  const versions = await installedVersions(root);
  const older = versions.slice(0, Math.max(0, versions.indexOf(version)));
  for (const name of older) await rm(join(root, name), { recursive: true, force: true });
  return folder;
}

async function createFolder(root: string): Promise<string> {
  try {
    await mkdir(root, { recursive: true });
    return await mkdtemp(join(root, unfinished));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EngineError(
      `The engine cannot be installed into ${root}: ${reason}.`,
      process.platform === 'linux' ? 'Set XDG_CACHE_HOME to a folder that you may write to.' : undefined,
    );
  }
}

/** onnxruntime-node holds the binaries of all platforms, which is five sixths of its size. */
async function removeOtherPlatforms(folder: string): Promise<void> {
  const binaries = join(folder, 'node_modules', 'onnxruntime-node', 'bin');
  const own = join(process.platform, process.arch);
  for (const entry of await readdir(binaries, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.parentPath.endsWith(own)) continue;
    await rm(join(entry.parentPath, entry.name), { force: true });
  }
}
