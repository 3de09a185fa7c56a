import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.ts';
import { installTools, toolModules } from './tools.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** An npm registry on this machine: the workspace's packages are its own, all others come from the machine's registry. */
export interface LocalRegistry {
  readonly url: string;
  /** An empty folder for projects; it is removed with the registry. */
  readonly folder: string;
  /** The whole environment of a machine that knows no other registry: every package manager reads its settings from HOME. */
  readonly env: Readonly<Record<string, string>>;
}

/** A package of the workspace that is published. */
export interface PublicPackage {
  readonly name: string;
  readonly directory: string;
}

/** Every package that a release publishes. */
export function publicPackages(): readonly PublicPackage[] {
  return globSync('packages/*/package.json', { cwd: root }).flatMap((file) => {
    const manifest: { name: string; private?: boolean } = JSON.parse(readFileSync(join(root, file), 'utf8'));
    return manifest.private === true ? [] : [{ name: manifest.name, directory: dirname(join(root, file)) }];
  });
}

/**
 * Starts an empty registry on a free port of the loopback address, with storage, caches and settings in a temporary folder.
 *
 * @throws Error - the tools could not be installed from the registry that npm is configured with
 * @example
 * await using registry = await startRegistry();
 * await publishWorkspace(registry);
 * await run('npm', ['install', 'tintype'], { cwd: project, env: registry.env });
 */
export async function startRegistry(): Promise<LocalRegistry & AsyncDisposable> {
  await installTools();
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'tintype-registry-')));
  const server = await startVerdaccio(folder, {
    url: await npmSetting('registry'),
    caFile: await npmSetting('cafile'),
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`The registry listens on ${address}.`);
  const host = `127.0.0.1:${address.port}`;
  const url = `http://${host}/`;
  // Verdaccio lets anyone publish here; npm asks for a token all the same.
  await writeFile(join(folder, '.npmrc'), `registry=${url}\n//${host}/:_authToken=any\n`);
  const yarn = {
    npmRegistryServer: url,
    unsafeHttpWhitelist: ['127.0.0.1'],
    enableTelemetry: false,
    npmMinimalAgeGate: 0,
  };
  await writeFile(join(folder, '.yarnrc.yml'), JSON.stringify(yarn));
  return {
    url,
    folder,
    env: {
      HOME: folder,
      // This process's Node first: the tools bring an older one.
      PATH: [dirname(process.execPath), join(toolModules, '.bin'), process.env['PATH']].join(':'),
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
      // pnpm and Yarn leave alone what was published within the last days.
      pnpm_config_minimum_release_age: '0',
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Builds all public packages and publishes them to a local registry, by the script that a release runs.
 *
 * @returns their names, in the order in which they were published
 */
export async function publishWorkspace(registry: LocalRegistry): Promise<readonly string[]> {
  const build = ['exec', 'turbo', 'run', 'build', '--filter=./packages/*', '--output-logs=errors-only'];
  await run('pnpm', build, { cwd: root, env: process.env });
  const script = '.github/scripts/publish.mjs';
  const tarballs = join(registry.folder, 'tarballs');
  await run('node', [script, 'pack', tarballs], { cwd: root, env: registry.env });
  const publish = [script, 'publish', tarballs, '--registry', registry.url];
  const { stdout } = await run('node', publish, { cwd: root, env: registry.env });
  return [...stdout.matchAll(/^\+ (\S+)@[^@\s]+$/gm)].map(([, name = '']) => name);
}

async function startVerdaccio(
  folder: string,
  upstream: { readonly url: string; readonly caFile: string },
): Promise<Server> {
  const verdaccio: { runServer(config: object): Promise<Server> } = createRequire(toolModules)('verdaccio');
  const own = publicPackages().map(({ name }) => [name, { access: '$all', publish: '$all' }] as const);
  const server = await verdaccio.runServer({
    self_path: join(folder, 'verdaccio.yaml'),
    storage: join(folder, 'storage'),
    uplinks: {
      npm: {
        url: upstream.url,
        ...(upstream.caFile !== 'null' && { ca: await readFile(upstream.caFile, 'utf8') }),
        maxage: '1d',
        timeout: '60s',
        // A registry that fails once is not given up for all tests.
        max_fails: 100,
      },
    },
    packages: { ...Object.fromEntries(own), '**': { access: '$all', proxy: 'npm' } },
    max_body_size: '100mb',
    web: { enable: false },
    log: { type: 'stdout', level: 'fatal' },
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** A setting of the machine's own npm; `null` where it has none. */
async function npmSetting(name: string): Promise<string> {
  const { stdout } = await run('npm', ['config', 'get', name], { cwd: root, env: process.env });
  return stdout.trim();
}
