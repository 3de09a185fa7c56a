import { lstat, readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { CommandContext } from '../config/command-context.ts';
import { EngineError } from '../output/exit-codes.ts';

type Environment = CommandContext['environment'];

/** The version of onnxruntime-node that this version's endpoint is tested with. */
export const runtimeVersion = '1.30.0';

/**
 * Where engines are installed, each in a folder named after its version. A folder of that name is whole: it was installed
 * under another name, and renamed when nothing was missing any more.
 */
export function engineRoot(environment: Environment, platform = process.platform, findHome = homedir): string {
  return join(cacheFolder(environment, platform, findHome), 'tintype', 'engine');
}

function cacheFolder(environment: Environment, platform: NodeJS.Platform, findHome: () => string): string {
  if (platform === 'darwin') return join(homeFolder(findHome), 'Library', 'Caches');
  const named = environment[platform === 'win32' ? 'LOCALAPPDATA' : 'XDG_CACHE_HOME'];
  if (named !== undefined && isAbsolute(named)) return named;
  return join(homeFolder(findHome), ...(platform === 'win32' ? ['AppData', 'Local'] : ['.cache']));
}

/** A user without an entry in /etc/passwd has none, as in a container that runs under a number; `HOME` may be empty, too. */
function homeFolder(findHome: () => string): string {
  try {
    const home = findHome();
    if (isAbsolute(home)) return home;
  } catch {
    // The same, as Node says it.
  }
  throw new EngineError(
    'There is no home folder to keep the engine in.',
    'Set HOME to a folder that you may write to.',
  );
}

/** What the names of unfinished installations begin with. */
export const unfinished = '.installing-';

/** The versions that are installed, oldest first. */
export async function installedVersions(root: string): Promise<readonly string[]> {
  const names = await namesIn(root);
  return names
    .filter((name) => !name.startsWith('.'))
    .toSorted((one, other) => one.localeCompare(other, undefined, { numeric: true }));
}

/** Removes what a killed installation has left. One that still runs is never an hour old. */
export async function removeUnfinished(root: string): Promise<void> {
  for (const name of await namesIn(root)) {
    const path = join(root, name);
    if (!name.startsWith(unfinished)) continue;
    const found = await lstat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > 3_600_000) await rm(path, { recursive: true, force: true });
  }
}

/** Bytes of all files in a folder. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries.map(async (entry) => (entry.isFile() ? (await lstat(join(entry.parentPath, entry.name))).size : 0)),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** None where the folder cannot be read; an installation says why. */
async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
