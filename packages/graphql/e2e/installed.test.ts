import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

// npm fetches and unpacks a few thousand files.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

/** This process's Node before any other. */
const env = { ...process.env, PATH: `${path.dirname(process.execPath)}:${process.env['PATH'] ?? ''}` };

async function run(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<Record<'stdout' | 'stderr', string>> {
  return promisify(execFile)(command, [...args], { cwd, env, maxBuffer: 64 * 1024 * 1024 });
}

let folder = '';
let tarballs: readonly string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tintype-installed-'));
  for (const name of ['core', 'graphql']) {
    await run('pnpm', ['pack', '--pack-destination', folder], fileURLToPath(new URL(`../../${name}`, import.meta.url)));
  }
  tarballs = (await readdir(folder)).map((file) => path.join(folder, file));
});

afterAll(async () => rm(folder, { recursive: true, force: true }));

/** An app in an empty folder; what its program printed, and logged. */
async function startApp(graphqlVersion: string) {
  const app = await mkdtemp(path.join(folder, 'app-'));
  await writeFile(path.join(app, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const packages = [`graphql@${graphqlVersion}`, 'graphql-yoga@5', ...tarballs];
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], app);
  await copyFile(new URL('installed-app.ts', import.meta.url), path.join(app, 'app.ts'));
  const { stdout, stderr } = await run(process.execPath, ['app.ts'], app);
  return { app, printed: JSON.parse(stdout) as Record<string, unknown>, log: stderr };
}

// Two copies of graphql in one process do not know each other's types: a refused operation then becomes an unexpected error.
describe.each(['16.11.0', '16', '17'])('installed by npm beside graphql %s', (version) => {
  test('queries are answered and refused as they should be, also in a Yoga of the app', async () => {
    const { app, printed, log } = await startApp(version);
    expect(printed['version']).toMatch(new RegExp(`^${version.replaceAll('.', '\\.')}`));

    const refused = { status: 200, code: 'BAD_USER_INPUT', message: 'first must be from 1 to 100; got 999.' };
    const invalid = { status: 200, code: 'GRAPHQL_VALIDATION_FAILED' };
    const own = { good: { data: { __type: { name: 'Image' } } }, unknown: invalid, problems: [], isPrinted: true };
    const both = {
      good: { status: 200, data: { endpoint: { name: 'default' } } },
      refused,
      aliases: { status: 200, code: 'ALIAS_LIMIT' },
      tokens: { status: 200, code: 'GRAPHQL_PARSE_FAILED' },
      variable: { status: expect.toBeOneOf([200, 400]), message: expect.stringContaining('"widht"') },
      own,
    };
    expect(printed['open']).toMatchObject({
      ...both,
      hidden: { status: 200, data: { __schema: { queryType: { name: 'Query' } } } },
      unknown: { ...invalid, message: expect.stringContaining('Did you mean "endpoint"?') },
    });
    expect(printed['closed']).toMatchObject({
      ...both,
      hidden: { ...invalid, message: expect.stringContaining('introspection') },
      unknown: { ...invalid, message: 'Cannot query field "endpiont" on type "Query".' },
    });
    // graphql 17 tells the caller the whole variable that it refuses.
    expect(log).toContain('"route":"/graphql"');
    expect(log).not.toContain('secret red fox');

    const at = (file: string): string => `file://${path.join(app, 'node_modules/@tintype', file)}`;
    const files = ['graphql/schema.graphql', 'core/openapi.json', 'core/request.schema.json'];
    expect(printed['files']).toEqual(files.map((file) => [at(file), at(file)]));
    expect(printed['openapi']).toMatch(/^3\./);
  });
});

test('the packages hold what runs, and name nothing else', async () => {
  const app = await mkdtemp(path.join(folder, 'unpacked-'));
  for (const tarball of tarballs) {
    const { stdout } = await run('tar', ['-xzvf', tarball, '-C', app], app);
    const files = stdout.trim().split('\n');
    expect(files).toContain('package/dist/index.js');
    expect(files.filter((file) => /\/src\/|\.map$|\.test\.|\/testing\//.test(file))).toEqual([]);
    const manifest = JSON.parse(await readFile(path.join(app, 'package/package.json'), 'utf8')) as object;
    expect(JSON.stringify({ ...manifest, scripts: undefined })).not.toMatch(/src\/|@tintype\/source/);
  }
});
