// Releases every package of the workspace whose version the registry does not have yet, in two steps, so that the job
// which may publish runs no code but this file and npm:
//
//   node .github/scripts/publish.mjs pack <folder>                     write the tarballs, numbered with dependencies first
//   node .github/scripts/publish.mjs publish <folder>                  publish them (on GitHub: provenance needs its identity)
//   node .github/scripts/publish.mjs publish <folder> --dry-run        show what would be published
//   node .github/scripts/publish.mjs publish <folder> --registry <url> publish to another registry, without provenance
//
// `pnpm pack` writes real versions in place of `workspace:`; `npm publish` does the exchange that trusted publishing needs.
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const {
  positionals: [command, folder = '.'],
  values: { registry, 'dry-run': dryRun },
} = parseArgs({
  allowPositionals: true,
  options: { registry: { type: 'string' }, 'dry-run': { type: 'boolean' } },
});
const target = registry === undefined ? [] : ['--registry', registry];
if (command === 'pack') pack(resolve(folder));
else if (command === 'publish') publish(resolve(folder));
else throw new Error(`Unknown command: ${command}. Use "pack <folder>" or "publish <folder>".`);

function pack(tarballs) {
  mkdirSync(tarballs, { recursive: true });
  const packages = globSync('packages/*/package.json')
    .toSorted()
    .map((file) => ({ directory: dirname(file), manifest: JSON.parse(readFileSync(file, 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true);
  for (const [index, { directory, manifest }] of dependenciesFirst(packages).entries()) {
    const { name, version } = manifest;
    const file = `${String(index).padStart(2, '0')}-${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
    run('npx', ['-y', 'pnpm@12.21.0', 'pack', '--out', join(tarballs, file)], directory);
  }
}

/** At no moment can a package be installed whose dependencies are missing. */
function dependenciesFirst(packages) {
  const ordered = new Set();
  const add = (entry) => {
    const { dependencies, optionalDependencies, peerDependencies } = entry.manifest;
    const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
    packages.filter(({ manifest }) => names.includes(manifest.name)).forEach(add);
    ordered.add(entry);
  };
  packages.forEach(add);
  return [...ordered];
}

function publish(tarballs) {
  const kind = registry === undefined ? '--provenance' : '--no-provenance';
  for (const file of readdirSync(tarballs).toSorted()) {
    const tarball = join(tarballs, file);
    const { name, version } = JSON.parse(
      execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }),
    );
    if (!dryRun && isPublished(name, version)) console.log(`${name}@${version} is published already.`);
    else run('npm', ['publish', tarball, '--access', 'public', ...target, dryRun ? '--dry-run' : kind]);
  }
}

function isPublished(name, version) {
  try {
    execFileSync('npm', ['view', `${name}@${version}`, 'version', ...target], { stdio: ['ignore', 'pipe', 'pipe'] });
    return true;
  } catch (error) {
    if (String(error.stderr).includes('E404')) return false;
    throw error;
  }
}

function run(program, args, cwd) {
  execFileSync(program, args, { cwd, stdio: 'inherit' });
}
