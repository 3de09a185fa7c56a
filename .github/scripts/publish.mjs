// Releases every package of the workspace whose version the registry does not have yet, in two steps, so that the job
// which may publish runs no code but this file and npm:
//
//   node .github/scripts/publish.mjs pack <folder>               write the tarballs, numbered in the order of publishing
//   node .github/scripts/publish.mjs publish <folder>            publish them (on GitHub: provenance needs its identity)
//   node .github/scripts/publish.mjs publish <folder> --dry-run  show what would be published
//
// `pnpm pack` writes real versions in place of `workspace:`; `npm publish` does the exchange that trusted publishing needs.
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const [command, folder = '.'] = process.argv.slice(2);
const dryRun = process.argv.includes('--dry-run');
if (command === 'pack') pack(resolve(folder));
else if (command === 'publish') publish(folder);
else throw new Error(`Unknown command: ${command}. Use "pack <folder>" or "publish <folder>".`);

function pack(target) {
  mkdirSync(target, { recursive: true });
  const packages = globSync('packages/*/package.json')
    .toSorted()
    .map((file) => ({ directory: dirname(file), manifest: JSON.parse(readFileSync(file, 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true);
  for (const [index, { directory, manifest }] of packages.entries()) {
    const { name, version } = manifest;
    const file = `${String(index).padStart(2, '0')}-${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
    run('npx', ['-y', 'pnpm@12.21.0', 'pack', '--out', join(target, file)], directory);
  }
}

function publish(source) {
  for (const file of readdirSync(source).toSorted()) {
    const tarball = join(source, file);
    const { name, version } = JSON.parse(
      execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }),
    );
    if (!dryRun && isPublished(name, version)) console.log(`${name}@${version} is published already.`);
    else run('npm', ['publish', `./${tarball}`, '--access', 'public', dryRun ? '--dry-run' : '--provenance']);
  }
}

function isPublished(name, version) {
  try {
    execFileSync('npm', ['view', `${name}@${version}`, 'version'], { stdio: ['ignore', 'pipe', 'pipe'] });
    return true;
  } catch (error) {
    if (String(error.stderr).includes('E404')) return false;
    throw error;
  }
}

function run(program, args, cwd) {
  execFileSync(program, args, { cwd, stdio: 'inherit' });
}
