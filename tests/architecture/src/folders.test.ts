import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cyclesIn } from './cycles-in.ts';
import { importsOf } from './imports-of.ts';
import { packages, sourcesOf } from './sources-of.ts';

interface Layout {
  /** Where the folders are. */
  readonly home: string;
  /** Top first: a folder imports only from folders below it. `.` holds the entry files. */
  readonly folders: readonly string[];
  /** Imports that go up all the same. This list only ever gets shorter: one that no longer exists must be removed. */
  readonly upward?: readonly string[];
  /** Files that import each other. This list only ever gets shorter, too. */
  readonly cycles?: readonly (readonly string[])[];
}

const layouts: Readonly<Record<string, Layout>> = {
  core: {
    home: 'src',
    folders: [
      '.',
      'ai-sdk',
      'platform',
      'client',
      'protocols',
      'retry',
      'decode',
      'image',
      'errors',
      'observe',
      'server',
      'contract',
    ],
  },
  endpoint: {
    home: 'src',
    folders: ['.', 'server', 'worker', 'faults', 'pipeline', 'image', 'schedulers'],
  },
  graphql: {
    home: 'src',
    folders: [
      '.',
      'gateway',
      'http',
      'schema',
      'tracing',
      'redis',
      's3',
      'sqlite',
      'store-contract',
      'problems',
      'jobs',
      'images',
    ],
    upward: [
      'http → gateway',
      'images → gateway',
      'jobs → gateway',
      'jobs → problems',
      'jobs → tracing',
      'redis → gateway',
      's3 → gateway',
      'schema → gateway',
      'sqlite → gateway',
      'tracing → http',
    ],
    cycles: [['jobs/job-engine.ts', 'jobs/take-up.ts']],
  },
  'n8n-node': {
    home: 'nodes/Tintype',
    folders: ['.', 'actions', 'transport', 'helpers'],
    upward: ['helpers → actions'],
  },
  cli: {
    home: 'src',
    folders: ['.', 'commands', 'engine', 'config', 'output'],
  },
};

describe.each(Object.entries(layouts))('packages/%s', (name, { home, folders, upward = [], cycles = [] }) => {
  const root = join(packages, name, home);
  const sources = sourcesOf(name).filter((file) => file.startsWith(`${root}/`));
  const graph = new Map(
    sources.map((file) => [
      relative(root, file),
      importsOf(file)
        .filter((module) => module.startsWith('.'))
        .map((module) => relative(root, resolve(dirname(file), module))),
    ]),
  );
  const folderOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '.');

  it('has the folders of its list, and no others', () => {
    expect(new Set([...graph.keys()].map(folderOf))).toEqual(new Set(folders));
  });

  it('imports only downward, types included', () => {
    const found = [...graph].flatMap(([file, targets]) =>
      targets
        .filter((target) => graph.has(target))
        .filter((target) => folders.indexOf(folderOf(target)) < folders.indexOf(folderOf(file)))
        .map((target) => `${folderOf(file)} → ${folderOf(target)}`),
    );
    expect([...new Set(found)].toSorted()).toEqual(upward);
  });

  it('has no files that import each other, types included', () => {
    expect(cyclesIn(graph)).toEqual(cycles);
  });
});

it('the imports of every file lead to a file', () => {
  const lost = Object.keys(layouts)
    .flatMap(sourcesOf)
    .flatMap((file) =>
      importsOf(file)
        .filter((module) => module.startsWith('.') && !existsSync(resolve(dirname(file), module)))
        .map((module) => `${relative(packages, file)} imports ${module}`),
    );
  expect(lost).toEqual([]);
});

it('a cycle would be seen', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', ['b']],
    ['d', ['outside']],
  ]);
  expect(cyclesIn(graph)).toEqual([['b', 'c']]);
});

/** Why a file of fewer than 12 lines stands alone; entries may be short. */
const short: Readonly<Record<string, string>> = {
  'platform/node/require-node.ts': 'runs before every other import of the entry',
};

it('each file of core has 12 to 400 lines, or a reason', () => {
  const root = join(packages, 'core/src');
  const lines = sourcesOf('core').map((file) => ({
    file: relative(root, file),
    count: readFileSync(file, 'utf8').trimEnd().split('\n').length,
  }));
  const tooShort = lines.filter(({ file, count }) => count < 12 && file.includes('/'));
  expect(tooShort.map(({ file }) => file)).toEqual(Object.keys(short));
  expect(lines.filter(({ count }) => count > 400)).toEqual([]);
});
