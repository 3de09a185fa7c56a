import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const packages = ['core', 'graphql', 'endpoint', 'cli'];

/** A registry on loopback that serves this workspace's packages, packed, and sends for all others to npm's own registry. */
export interface Registry extends AsyncDisposable {
  readonly url: string;
  /** The packages that were asked for, each once. */
  readonly asked: ReadonlySet<string>;
}

/** Packs the workspace's packages into a folder and serves them. */
export async function startRegistry(folder: string): Promise<Registry> {
  await mkdir(folder, { recursive: true });
  const manifests = new Map<string, Manifest>();
  for (const name of packages) {
    const manifest = await pack(name, folder);
    manifests.set(manifest.name, manifest);
  }
  const { stdout } = await run('npm', ['config', 'get', 'registry'], { cwd: folder });
  const upstream = stdout.trim();
  const asked = new Set<string>();

  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').slice(1);
    const manifest = manifests.get(path);
    if (path.endsWith('.tgz') && !path.includes('/-/')) {
      void readFile(join(folder, path)).then((bytes) => response.end(bytes));
      return;
    }
    asked.add(path);
    if (manifest === undefined) {
      response.writeHead(302, { location: new URL(request.url ?? '', upstream).href }).end();
      return;
    }
    const { name, version, dist } = manifest;
    const tarball = `http://${request.headers.host}/${dist.file}`;
    const versions = { [version]: { ...manifest, dist: { integrity: dist.integrity, tarball } } };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dist: { readonly file: string; readonly integrity: string };
}

async function pack(name: string, folder: string): Promise<Manifest> {
  const cwd = fileURLToPath(new URL(`../../${name}/`, import.meta.url));
  const { stdout } = await run('pnpm', ['pack', '--json', '--pack-destination', folder], { cwd });
  const { filename } = JSON.parse(stdout) as { readonly filename: string };
  const file = filename.split('/').at(-1) ?? '';
  const { stdout: text } = await run('tar', ['-xzOf', join(folder, file), 'package/package.json']);
  const bytes = await readFile(join(folder, file));
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  return { ...(JSON.parse(text) as Omit<Manifest, 'dist'>), dist: { file, integrity } };
}
