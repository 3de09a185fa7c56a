import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parse } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import { describe, expect, inject, it } from 'vitest';

// What n8n's scanner refuses in the published files: @n8n/community-nodes/no-restricted-globals and no-console.
const restricted = new Set([
  'clearImmediate',
  'clearInterval',
  'clearTimeout',
  'console',
  'eval',
  'fetch',
  'Function',
  'global',
  'globalThis',
  'process',
  'setImmediate',
  'setInterval',
  'setTimeout',
  '__dirname',
  '__filename',
]);

it('packs what n8n loads, and nothing else', async () => {
  const files = await readdir(inject('packed'), { recursive: true, withFileTypes: true });
  const names = files
    .filter((file) => file.isFile())
    .map((file) => relative(inject('packed'), join(file.parentPath, file.name)));
  expect(names.toSorted()).toEqual([
    'LICENSE',
    'README.md',
    'dist/credentials/TintypeApi.credentials.js',
    'dist/icons/tintype.dark.svg',
    'dist/icons/tintype.svg',
    'dist/nodes/Tintype/Tintype.node.js',
    'dist/nodes/Tintype/Tintype.node.json',
    'package.json',
  ]);
});

it('brings no dependency that n8n would have to install', async () => {
  const manifest: unknown = JSON.parse(await readFile(join(inject('packed'), 'package.json'), 'utf8'));
  expect(manifest).not.toHaveProperty('dependencies');
  expect(manifest).toMatchObject({ peerDependencies: { 'n8n-workflow': '*' }, n8n: { strict: true } });
});

describe.each(['dist/nodes/Tintype/Tintype.node.js', 'dist/credentials/TintypeApi.credentials.js'])('%s', (file) => {
  it('requires nothing but n8n-workflow', async () => {
    const { required } = await readReferences(file);
    expect([...required].filter((name) => name !== 'n8n-workflow')).toEqual([]);
  });

  it('touches no global that n8n forbids', async () => {
    const { globals } = await readReferences(file);
    expect([...globals].filter((name) => restricted.has(name))).toEqual([]);
  });

  it('is readable: no line is longer than a reviewer can follow', async () => {
    const lines = (await readFile(join(inject('packed'), file), 'utf8')).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(500);
  });
});

it('finds what it looks for', () => {
  expect(references('const a = require("node:fs"); setTimeout(() => x.console.log(process.env), 1);')).toEqual({
    required: new Set(['node:fs']),
    globals: new Set(['a', 'require', 'setTimeout', 'x', 'process']),
  });
});

async function readReferences(file: string) {
  return references(await readFile(join(inject('packed'), file), 'utf8'));
}

/** Every name a script refers to by itself (`process.env` counts for `process`, `x.process` does not), and what it requires. */
function references(code: string): { readonly required: Set<string>; readonly globals: Set<string> } {
  const required = new Set<string>();
  const globals = new Set<string>();
  fullAncestor(parse(code, { ecmaVersion: 'latest', sourceType: 'script' }), (node, _, ancestors) => {
    if (node.type === 'CallExpression' || node.type === 'ImportExpression') {
      const callee = node.type === 'CallExpression' ? node.callee : undefined;
      const [first] = node.type === 'CallExpression' ? node.arguments : [node.source];
      const isRequire = callee === undefined || (callee.type === 'Identifier' && callee.name === 'require');
      if (isRequire) required.add(first?.type === 'Literal' ? String(first.value) : 'something computed');
    }
    if (node.type !== 'Identifier') return;
    const parent = ancestors.at(-2);
    const isName =
      (parent?.type === 'MemberExpression' && parent.property === node && !parent.computed) ||
      (parent?.type === 'Property' && parent.key === node && !parent.shorthand && !parent.computed) ||
      (parent?.type === 'MethodDefinition' && parent.key === node && !parent.computed) ||
      (parent?.type === 'PropertyDefinition' && parent.key === node && !parent.computed);
    if (!isName) globals.add(node.name);
  });
  return { required, globals };
}
