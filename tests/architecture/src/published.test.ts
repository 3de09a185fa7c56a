import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

interface Manifest {
  readonly name: string;
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly publishConfig?: { readonly exports?: Manifest['exports'] };
}

const packages = fileURLToPath(new URL('../../../packages/', import.meta.url));
const sourceCondition = '@tintype/source';

const manifests = globSync('*/package.json', { cwd: packages })
  .map((file) => JSON.parse(readFileSync(`${packages}/${file}`, 'utf8')) as Manifest)
  .filter(({ exports, files }) => JSON.stringify(exports)?.includes(sourceCondition) && !files?.includes('src'));

it('some packages are published without their sources', () => {
  expect(manifests.length).toBeGreaterThan(1);
});

it.each(manifests)('$name is published with all its exports but the sources', (manifest) => {
  const published = Object.entries(manifest.exports ?? {}).map(([name, target]) => [
    name,
    typeof target === 'string'
      ? target
      : Object.fromEntries(Object.entries(target).filter(([condition]) => condition !== sourceCondition)),
  ]);
  expect(manifest.publishConfig?.exports).toEqual(Object.fromEntries(published));
});
