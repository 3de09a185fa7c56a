import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importedAtStart, importsIn, importsOf } from './imports-of.ts';
import { packages, sourcesOf } from './sources-of.ts';

/** Which of our own modules each package may import: the arrows of docs/architecture.md, and no other. */
const arrows: Readonly<Record<string, readonly RegExp[]>> = {
  core: [],
  endpoint: [/^@tintype\/core\/(contract|server)$/],
  graphql: [/^@tintype\/core(\/(contract|server))?$/],
  'n8n-node': [/^@tintype\/core\/portable$/],
  cli: [/^@tintype\/core(\/contract)?$/, /^@tintype\/graphql$/, /^@tintype\/endpoint(\/parameters)?$/],
};

const own = /^(@tintype\/|tintype$|tintype\/|n8n-nodes-tintype)/;

describe.each(Object.entries(arrows))('packages/%s', (name, allowed) => {
  const sources = sourcesOf(name);

  it('has sources', () => {
    expect(sources.length).toBeGreaterThan(1);
  });

  it('imports of ours only what its arrows allow', () => {
    const wrong = sources.flatMap((file) =>
      importsOf(file)
        .filter((module) => own.test(module) && !allowed.some((pattern) => pattern.test(module)))
        .map((module) => `${relative(packages, file)} imports ${module}`),
    );
    expect(wrong).toEqual([]);
  });

  it('reaches into no other package by a path', () => {
    const home = join(packages, name);
    const wrong = sources.flatMap((file) =>
      importsOf(file)
        .filter((module) => module.startsWith('.') && !resolve(dirname(file), module).startsWith(`${home}/`))
        .map((module) => `${relative(packages, file)} imports ${module}`),
    );
    expect(wrong).toEqual([]);
  });
});

it('the portable entrance imports nothing but its own files', () => {
  const seen = new Set<string>();
  const walk = (file: string): readonly string[] => {
    if (seen.has(file)) return [];
    seen.add(file);
    return importsOf(file).flatMap((module) =>
      module.startsWith('.') ? walk(resolve(dirname(file), module)) : [module],
    );
  };
  expect([...new Set(walk(join(packages, 'core/src/portable.ts')))]).toEqual([]);
});

it('the command line loads gateway and endpoint only when a command needs them', () => {
  const lazy = new Set(['@tintype/graphql', '@tintype/endpoint']);
  const wrong = sourcesOf('cli').flatMap((file) =>
    importedAtStart(file)
      .filter((module) => lazy.has(module))
      .map((module) => `${relative(packages, file)} imports ${module} at its start`),
  );
  expect(wrong).toEqual([]);
});

it('an import that breaks the rules would be seen, however it is written', () => {
  const text = `import a from 'one'; export * from "two"; import type { B } from 'three'; const c = await import('four');`;
  expect(importsIn('x.ts', text)).toEqual(['one', 'three', 'two', 'four']);
});
