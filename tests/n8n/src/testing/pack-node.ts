import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** The package in this workspace. */
export const nodePackage = dirname(require.resolve('n8n-nodes-tintype/package.json'));

export interface PackedNode extends AsyncDisposable {
  /** The tarball that a registry would get. */
  readonly tarball: string;
  /** The folder with the unpacked package. */
  readonly directory: string;
}

/**
 * Packs the node and unpacks it as n8n does, in an empty folder far from this workspace, where nothing but `n8n-workflow`
 * can be found.
 *
 * @param options.n8nWorkflow - the folder of another copy of `n8n-workflow` to find there.
 */
export async function packNode(options: { readonly n8nWorkflow?: string } = {}): Promise<PackedNode> {
  const home = await mkdtemp(join(await realpath(tmpdir()), 'tintype-packed-'));
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', home], {
    cwd: nodePackage,
  });
  const tarball = join(home, readFileName(stdout));
  const directory = join(home, 'node_modules', 'n8n-nodes-tintype');
  await mkdir(directory, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', directory, '--strip-components=1']);
  await symlink(options.n8nWorkflow ?? findN8nWorkflow(), join(home, 'node_modules', 'n8n-workflow'), 'dir');
  return {
    tarball,
    directory,
    [Symbol.asyncDispose]: async () => await rm(home, { recursive: true, force: true }),
  };
}

function findN8nWorkflow(): string {
  const entry = require.resolve('n8n-workflow');
  return entry.slice(0, entry.lastIndexOf('n8n-workflow') + 'n8n-workflow'.length);
}

function readFileName(json: string): string {
  const packed: unknown = JSON.parse(json);
  const first: unknown = Array.isArray(packed) ? packed[0] : undefined;
  if (typeof first === 'object' && first !== null && 'filename' in first && typeof first.filename === 'string') {
    return first.filename;
  }
  throw new Error(`npm pack told no file name: ${json}`);
}
