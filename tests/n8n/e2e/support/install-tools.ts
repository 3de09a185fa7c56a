import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** Each has a manifest of its own under `tools/`: 3 GB that the workspace's install does without. */
export type Tool = 'n8n' | 'lint' | 'scan';

/** Where a tool is installed: its folder, with `node_modules` in it. Git does not see it. */
export function toolDirectory(tool: Tool): string {
  return join(root, '.work', tool);
}

/** Installs a tool by npm, or reuses what the same manifest made before. */
export async function installTool(tool: Tool): Promise<void> {
  const manifest = await readFile(join(root, 'tools', tool, 'package.json'), 'utf8');
  const directory = toolDirectory(tool);
  const stamp = join(directory, 'installed.json');
  const installed = await readFile(stamp, 'utf8').catch(() => undefined);
  if (installed === manifest) return;

  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await cp(join(root, 'tools', tool, 'package.json'), join(directory, 'package.json'));
  const options = { cwd: directory, maxBuffer: 64 * 1024 * 1024 };
  const quiet = ['--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  // n8n's peers do not resolve without the legacy rules; the other tools need the peers that those rules leave out.
  const rules = tool === 'n8n' ? ['--legacy-peer-deps'] : [];
  // No install script may run but the one below.
  await run('npm', ['install', '--ignore-scripts', ...rules, ...quiet], options);
  if (tool === 'n8n') await run('npm', ['rebuild', 'sqlite3', '--loglevel=error'], options);
  await writeFile(stamp, manifest);
}
