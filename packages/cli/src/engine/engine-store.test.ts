import { mkdir, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import endpoint from '../../../endpoint/package.json' with { type: 'json' };
import { temporaryFolder } from '../testing/run-cli.ts';
import { engineRoot, installedVersions, removeUnfinished, runtimeVersion, unfinished } from './engine-store.ts';

it.each([
  ['linux', {}, '/home/me/.cache/tintype/engine'],
  ['linux', { XDG_CACHE_HOME: '/cache' }, '/cache/tintype/engine'],
  // The specification of XDG_CACHE_HOME: a relative path is to be ignored.
  ['linux', { XDG_CACHE_HOME: 'cache' }, '/home/me/.cache/tintype/engine'],
  ['darwin', { XDG_CACHE_HOME: '/cache' }, '/home/me/Library/Caches/tintype/engine'],
  ['win32', { LOCALAPPDATA: '/local' }, '/local/tintype/engine'],
  ['win32', {}, '/home/me/AppData/Local/tintype/engine'],
] as const)('on %s with %j, engines are in %s', (platform, environment, folder) => {
  expect(engineRoot(environment, platform, () => '/home/me')).toBe(folder);
});

it.each([
  ['is empty', () => ''],
  [
    'cannot be found',
    () => {
      throw new Error('uv_os_homedir returned ENOENT');
    },
  ],
])('where the home folder %s, says what to set, unless the cache has a folder of its own', (_case, findHome) => {
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    expect(() => engineRoot({}, platform, findHome)).toThrow('There is no home folder to keep the engine in.');
  }
  expect(engineRoot({ XDG_CACHE_HOME: '/cache' }, 'linux', findHome)).toBe('/cache/tintype/engine');
});

it('lists versions by number, without what is still being installed', async () => {
  await using folder = await temporaryFolder();
  for (const name of ['0.10.0', '0.9.1', `${unfinished}abc`]) await mkdir(join(folder.path, name));
  expect(await installedVersions(folder.path)).toEqual(['0.9.1', '0.10.0']);
  expect(await installedVersions(join(folder.path, 'none'))).toEqual([]);
});

it('removes what a killed installation has left, and not one that may still run', async () => {
  await using folder = await temporaryFolder();
  for (const name of ['0.9.1', `${unfinished}old`, `${unfinished}new`]) await mkdir(join(folder.path, name));
  for (const name of ['0.9.1', `${unfinished}old`]) await utimes(join(folder.path, name), 0, 0);
  await removeUnfinished(folder.path);
  expect((await readdir(folder.path)).toSorted()).toEqual([`${unfinished}new`, '0.9.1']);
});

it('installs the ONNX Runtime that the endpoint is tested with', () => {
  expect(endpoint.devDependencies['onnxruntime-node']).toBe(runtimeVersion);
});
