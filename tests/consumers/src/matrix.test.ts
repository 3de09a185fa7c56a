import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { createProject, onOldestNode, type PackageManager, type Project } from './project.ts';

interface Row {
  readonly manager: PackageManager;
  readonly graphql: string;
  readonly typescript: string;
  readonly moduleResolution: 'nodenext' | 'bundler';
  readonly nodeEnv: 'production' | undefined;
}

/**
 * Each package manager twice, each with both values of NODE_ENV; every `graphql` with every TypeScript but 16 with 5.9. Both
 * versions of Node run in each row.
 */
const rows: readonly Row[] = [
  { manager: 'npm', graphql: '16.11.0', typescript: '5.4', moduleResolution: 'nodenext', nodeEnv: undefined },
  { manager: 'npm', graphql: '17', typescript: '7', moduleResolution: 'bundler', nodeEnv: 'production' },
  { manager: 'pnpm', graphql: '16', typescript: '5.4', moduleResolution: 'nodenext', nodeEnv: 'production' },
  { manager: 'pnpm', graphql: '17', typescript: '5.9', moduleResolution: 'nodenext', nodeEnv: undefined },
  { manager: 'yarn-pnp', graphql: '16.11.0', typescript: '5.9', moduleResolution: 'nodenext', nodeEnv: 'production' },
  { manager: 'yarn', graphql: '16', typescript: '7', moduleResolution: 'nodenext', nodeEnv: undefined },
  { manager: 'bun', graphql: '16.11.0', typescript: '7', moduleResolution: 'nodenext', nodeEnv: undefined },
  { manager: 'bun', graphql: '17', typescript: '5.4', moduleResolution: 'bundler', nodeEnv: 'production' },
];

const consumer = fileURLToPath(new URL('../consumer/', import.meta.url));

describe.each(rows)('$manager, graphql $graphql, TypeScript $typescript, NODE_ENV $nodeEnv', (row) => {
  const endpointUrl = inject('endpointUrl');
  const env: Readonly<Record<string, string>> = row.nodeEnv === undefined ? {} : { NODE_ENV: row.nodeEnv };
  let project: Project;

  beforeAll(async () => {
    project = await createProject(
      [
        '@tintype/core',
        '@tintype/graphql',
        `graphql@${row.graphql}`,
        'graphql-yoga@5',
        `typescript@${row.typescript}`,
        '@types/node@24',
      ],
      { manager: row.manager },
    );
    await cp(consumer, project.folder, { recursive: true });
    await writeFile(
      join(project.folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          noEmit: true,
          strict: true,
          exactOptionalPropertyTypes: true,
          skipLibCheck: false,
          target: 'es2022',
          types: ['node'],
          module: row.moduleResolution === 'bundler' ? 'esnext' : 'nodenext',
          moduleResolution: row.moduleResolution,
        },
        // Yoga's own types do not compile this strictly: from TypeScript 5.6 on, those of its `lru-cache` 10 fail.
        exclude: ['beside-yoga.ts'],
      }),
    );
  });

  it('compiles with the types of every package checked', async () => {
    expect(await project.exec(['tsc'])).toEqual({ stdout: '', stderr: '' });
  });

  it.each([
    { version: '22.19.0', path: onOldestNode() },
    { version: process.versions.node, path: {} },
  ])('makes an image through core on Node $version', async ({ version, path }) => {
    const { stdout } = await project.exec(['node', 'core.ts', endpointUrl], { ...env, ...path });
    expect(JSON.parse(stdout)).toEqual({
      node: version,
      mediaType: 'image/png',
      width: 128,
      hasBytes: true,
      code: 'invalid_request',
      isRefusalExplained: true,
      hasEveryEntry: true,
    });
    const required = await project.exec(['node', 'core.cjs', endpointUrl], { ...env, ...path });
    expect(JSON.parse(required.stdout)).toEqual({
      code: 'invalid_request',
      entries: ['object', 'function', 'function', 'string', 'string'],
    });
  });

  it('makes an image through a gateway, whose schema the app can read', async () => {
    const { stdout } = await project.exec(['node', 'gateway.ts', endpointUrl], env);
    expect(JSON.parse(stdout)).toEqual({
      width: 128,
      mediaType: 'image/png',
      hasBytes: true,
      direct: { data: { __typename: 'Query' } },
      isSchemaPrinted: true,
      hasSchemaFile: true,
    });
  });

  // Two copies of graphql in one process do not know each other's types: a refused operation then becomes an unexpected error.
  it('answers and refuses beside a Yoga of the app, and logs no prompt', async () => {
    const { stdout, stderr } = await project.exec(['node', 'beside-yoga.ts'], env);
    const invalid = { status: 200, code: 'GRAPHQL_VALIDATION_FAILED' };
    const always = {
      good: { status: 200, data: { endpoint: { name: 'default' } } },
      refused: { status: 200, code: 'BAD_USER_INPUT', message: 'first must be from 1 to 100; got 999.' },
      aliases: { status: 200, code: 'ALIAS_LIMIT' },
      tokens: { status: 200, code: 'GRAPHQL_PARSE_FAILED' },
      variable: { status: expect.toBeOneOf([200, 400]), message: expect.stringContaining('"widht"') },
      own: { good: { data: { __type: { name: 'Image' } } }, unknown: invalid, problems: [] },
    };
    expect(JSON.parse(stdout)).toMatchObject({
      version: expect.stringMatching(new RegExp(`^${row.graphql.replaceAll('.', '\\.')}(\\.|$)`)),
      open: {
        ...always,
        hidden: { status: 200, data: { __schema: { queryType: { name: 'Query' } } } },
        unknown: { ...invalid, message: expect.stringContaining('Did you mean "endpoint"?') },
      },
      closed: {
        ...always,
        hidden: { ...invalid, message: expect.stringContaining('introspection') },
        unknown: { ...invalid, message: 'Cannot query field "endpiont" on type "Query".' },
      },
    });
    // graphql 17 tells the caller the whole variable that it refuses.
    expect(stderr).toContain('"route":"/graphql"');
    expect(stderr).not.toContain('secret red fox');
  });
});
