import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { publicPackages } from './local-registry.ts';
import { run } from './run.ts';

const packages = publicPackages();

/** What any package may hold: what it runs, its types, and the texts that go with it. */
const usual = [/^(package\.json|README\.md|LICENSE|NOTICE)$/, /^dist\/(?!.*testing\/).+(?<!\.test)\.(js|d\.ts)$/];

/** What the licenses of the images that the model learned from require. */
const legalTexts = [/^models\/tintype-tiny\/NOTICE$/, /^models\/tintype-tiny\/LICENSE-APACHE-2\.0\.txt$/];

const more: Readonly<Record<string, readonly RegExp[]>> = {
  '@tintype/core': [/^(openapi|request\.schema)\.json$/],
  '@tintype/graphql': [/^schema\.graphql$/],
  '@tintype/endpoint': [
    /^models\/tintype-tiny\/(README\.md|[a-z_]+\.json)$/,
    ...legalTexts,
    /^models\/tintype-tiny\/(scheduler|tokenizer)\/[a-z_]+\.(json|txt)$/,
    /^models\/tintype-tiny\/(text_encoder|unet|vae_decoder)\/(config\.json|model\.onnx)$/,
  ],
  tintype: [/^dist\/graphiql\.html\.br$/],
  'n8n-nodes-tintype': [/^dist\/.+\.(json|svg)$/],
};

interface Tarball {
  readonly files: readonly { readonly path: string }[];
}

/** Every file that an `exports` of a manifest leads to, whatever the condition. */
function targetsOf(exports: unknown): readonly string[] {
  if (typeof exports === 'string') return [exports];
  return typeof exports === 'object' && exports !== null ? Object.values(exports).flatMap(targetsOf) : [];
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

it('publishes every public package, after those that it depends on', () => {
  const published = inject('published');
  expect(published.toSorted()).toEqual(packages.map(({ name }) => name).toSorted());
  for (const { name, directory } of packages) {
    const manifest: Manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    const ours = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).filter((dependency) =>
      published.includes(dependency),
    );
    const before = published.slice(0, published.indexOf(name));
    expect(before, name).toEqual(expect.arrayContaining(ours));
  }
});

describe.each(packages)('the tarball of $name', ({ name }) => {
  it('holds what runs and nothing else', async () => {
    const { folder, env } = inject('registry');
    const cwd = await mkdtemp(join(folder, 'tarball-'));
    const { stdout } = await run('npm', ['pack', name, '--json'], { cwd, env });
    const [tarball]: readonly Tarball[] = JSON.parse(stdout);
    const paths = tarball?.files.map(({ path }) => path) ?? [];
    expect(paths).toContain('package.json');
    const allowed = [...usual, ...(more[name] ?? [])];
    expect(paths.filter((path) => !allowed.some((pattern) => pattern.test(path)))).toEqual([]);
    const required = name === '@tintype/endpoint' ? legalTexts : [];
    expect(required.filter((pattern) => !paths.some((path) => pattern.test(path)))).toEqual([]);

    const { stdout: manifest } = await run('npm', ['view', name, '--json'], { cwd, env });
    const { exports = {} }: { readonly exports?: object } = JSON.parse(manifest);
    expect(targetsOf(exports).filter((target) => !paths.includes(target.replace('./', '')))).toEqual([]);
  });
});
