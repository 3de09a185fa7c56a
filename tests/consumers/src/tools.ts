import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { run } from './run.ts';

const manifest = fileURLToPath(new URL('../tools/package.json', import.meta.url));
const directory = fileURLToPath(new URL('../.work/tools/', import.meta.url));

/** Where the programs of `tools/package.json` are once they are installed. */
export const toolModules = `${directory}node_modules/`;

/** Installs them with the machine's own npm, or reuses what the same manifest made before. */
export async function installTools(): Promise<void> {
  const stamp = `${directory}installed.json`;
  const wanted = await readFile(manifest, 'utf8');
  if ((await readFile(stamp, 'utf8').catch(() => undefined)) === wanted) return;

  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await cp(manifest, `${directory}package.json`);
  const options = { cwd: directory, env: process.env };
  await run('npm', ['install', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund'], options);
  // Puts the binary of this platform in its place; no other script may run.
  await run('npm', ['rebuild', 'bun'], options);
  await writeFile(stamp, wanted);
}
