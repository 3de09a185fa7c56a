import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const packages = new URL('../../../packages/', import.meta.url);

/** What a package writes to stderr when it is imported, or run, by a process that calls itself an older Node. */
function onNode(version: string, folder: string): string {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
  const file = new URL(`${folder}/src/${folder === 'cli' ? 'bin' : 'index'}.ts`, packages);
  const { stderr } = spawnSync(
    process.execPath,
    ['--conditions=@tintype/source', `--import=data:text/javascript,${pretend}`, fileURLToPath(file), '--version'],
    { encoding: 'utf8' },
  );
  return stderr;
}

it.each(['core', 'graphql', 'endpoint', 'cli'])('packages/%s says in one sentence which Node it needs', (folder) => {
  const manifest = readFileSync(new URL(`${folder}/package.json`, packages), 'utf8');
  const { name, engines } = JSON.parse(manifest) as {
    readonly name: string;
    readonly engines: { readonly node: string };
  };
  const floor = engines.node.replace('>=', '');
  expect(onNode('20.20.2', folder)).toContain(`${name} needs Node ${floor} or later; this is v20.20.2`);
  expect(onNode(`${floor}.0.0`.split('.').slice(0, 3).join('.'), folder)).toBe('');
});
