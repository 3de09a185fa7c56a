import { execFile } from 'node:child_process';
import { cp, mkdir, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { nodePackage } from '../../src/testing/pack-node.ts';
import { toolDirectory } from './install-tools.ts';

export interface CheckResult {
  readonly passed: boolean;
  readonly report: string;
}

/**
 * Runs `n8n-node lint` as in a package of its own: over a copy of the sources, in a folder where n8n's tool chain and core
 * are installed.
 */
export async function lintPackage(): Promise<CheckResult> {
  const lint = toolDirectory('lint');
  const bin = join(lint, 'node_modules/.bin');
  await link(
    dirname(createRequire(import.meta.url).resolve('@tintype/core/package.json')),
    join(lint, 'node_modules/@tintype/core'),
  );
  const copy = await copySources(join(lint, 'workspace'));
  return await new Promise((resolve) => {
    execFile(
      join(bin, 'n8n-node'),
      ['lint'],
      { cwd: copy, env: { ...outsideTests(), PATH: `${bin}:${process.env['PATH']}` }, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => resolve({ passed: error === null, report: `${stdout}\n${stderr}` }),
    );
  });
}

/** n8n's lint rules take every file for a test of theirs where `NODE_ENV` is `test`. */
function outsideTests(): NodeJS.ProcessEnv {
  const { NODE_ENV: _, ...env } = process.env;
  return env;
}

/** The part of n8n's scanner that needs no registry and no GitHub: its two rounds of lint, which take no exceptions. */
export async function scanPackage(leg: 'source' | 'published', directory: string): Promise<CheckResult> {
  const patterns = leg === 'source' ? 'SOURCE_FILE_PATTERNS' : '["**/*.js", "package.json"]';
  const script = `
    import { analyzePackage, SOURCE_FILE_PATTERNS } from '@n8n/scan-community-package/scanner/scanner.mjs';
    const { passed, message, details } = await analyzePackage(${JSON.stringify(directory)}, ${patterns});
    console.log(message ?? '', details ?? '');
    process.exitCode = passed ? 0 : 1;`;
  return await new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { cwd: toolDirectory('scan'), env: outsideTests(), maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => resolve({ passed: error === null, report: `${stdout}\n${stderr}` }),
    );
  });
}

/** The package's sources in a fresh folder, two levels down as in the workspace, without what git ignores. */
export async function copySources(workspace: string): Promise<string> {
  const copy = join(workspace, 'packages/n8n-node');
  await rm(workspace, { recursive: true, force: true });
  await mkdir(copy, { recursive: true });
  await cp(join(nodePackage, '../../tsconfig.base.json'), join(workspace, 'tsconfig.base.json'));
  await cp(nodePackage, copy, {
    recursive: true,
    filter: (path) =>
      path === nodePackage ||
      !['node_modules', 'dist', '.turbo'].includes(relative(nodePackage, path).split('/')[0] ?? basename(path)),
  });
  return copy;
}

async function link(target: string, path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path, 'dir');
}
