import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { createProject, onOldestNode, type Project } from './project.ts';

interface InstalledPackage {
  readonly path: string;
  readonly hasInstallScript: boolean;
}

/** What npm installed, by its own account. */
async function installedIn({ folder }: Project): Promise<readonly InstalledPackage[]> {
  const lock: { packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>> } = JSON.parse(
    await readFile(join(folder, 'node_modules/.package-lock.json'), 'utf8'),
  );
  // What was left out for another platform has an entry all the same.
  return Object.entries(lock.packages)
    .filter(([path]) => existsSync(join(folder, path)))
    .map(([path, { hasInstallScript = false }]) => ({ path: path.replace('node_modules/', ''), hasInstallScript }));
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

describe('npm install tintype', () => {
  it('is small, runs no install script, and makes an image', async ({ annotate }) => {
    const project = await createProject(['tintype']);

    const installed = await installedIn(project);
    expect(installed.filter(({ hasInstallScript }) => hasInstallScript)).toEqual([]);
    const megabytes = (await bytesIn(join(project.folder, 'node_modules'))) / 1e6;
    await annotate(`${installed.length} packages, ${megabytes.toFixed(1)} MB`);
    expect(installed.length).toBeLessThanOrEqual(60);
    expect(megabytes).toBeLessThanOrEqual(25);

    const size = ['--width', '128', '--height', '128', '--steps', '2'];
    const request = ['tintype', 'generate', 'a red circle', ...size, '--output', 'circle.png'];
    await project.exec(request, { TINTYPE_ENDPOINT_URL: inject('endpointUrl') });
    expect(await readFile(join(project.folder, 'circle.png'))).toMatchObject({ 1: 0x50, 2: 0x4e, 3: 0x47 });
  });
});

describe('npm install @tintype/core', () => {
  it('installs it and undici, on the oldest Node that it supports', async () => {
    const project = await createProject(['@tintype/core'], { env: onOldestNode() });
    const names = (await installedIn(project)).map(({ path }) => path);
    expect(names.toSorted()).toEqual(['@tintype/core', 'undici']);
  });
});
