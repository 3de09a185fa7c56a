// Publishes every package of the workspace whose version the registry does not have yet, dependencies first.
//
//   node .github/scripts/publish.mjs                  publish with provenance (on GitHub: it needs its identity) and tag
//   node .github/scripts/publish.mjs --registry URL   publish to another registry; no provenance, no tags
//   node .github/scripts/publish.mjs --dry-run        pack everything and show what would be published
//
// `pnpm pack` writes real versions in place of `workspace:`; `npm publish` does the exchange that trusted publishing needs.
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({ options: { registry: { type: 'string' }, 'dry-run': { type: 'boolean' } } });
const registry = options.registry === undefined ? [] : ['--registry', options.registry];
const isRelease = options.registry === undefined && !options['dry-run'];

const tarballs = mkdtempSync(join(tmpdir(), 'tintype-release-'));
try {
  for (const workspacePackage of dependenciesFirst(publicPackages())) publish(workspacePackage);
} finally {
  rmSync(tarballs, { recursive: true });
}
// Prints a line for each new tag, which is how the changesets action knows what was released.
if (isRelease) run('npx', ['-y', 'pnpm@12.21.0', 'exec', 'changeset', 'tag']);

function publicPackages() {
  return globSync('packages/*/package.json')
    .map((file) => ({ directory: dirname(file), ...JSON.parse(readFileSync(file, 'utf8')) }))
    .filter((manifest) => manifest.private !== true)
    .toSorted((one, other) => one.name.localeCompare(other.name));
}

/** In an order in which nobody can install a package whose dependencies are still missing. */
function dependenciesFirst(packages) {
  const byName = new Map(packages.map((manifest) => [manifest.name, manifest]));
  const ordered = new Set();
  const add = (manifest) => {
    const { dependencies, peerDependencies, optionalDependencies } = manifest;
    for (const name of Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })) {
      if (byName.has(name)) add(byName.get(name));
    }
    ordered.add(manifest);
  };
  packages.forEach(add);
  return ordered;
}

function publish({ directory, name, version }) {
  if (!options['dry-run'] && isPublished(name, version)) {
    console.log(`${name}@${version} is published already.`);
    return;
  }
  const tarball = join(tarballs, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  run('npx', ['-y', 'pnpm@12.21.0', 'pack', '--out', tarball], directory);
  const kind = isRelease ? ['--provenance'] : options['dry-run'] ? ['--dry-run'] : [];
  run('npm', ['publish', tarball, '--access', 'public', ...registry, ...kind]);
}

function isPublished(name, version) {
  try {
    execFileSync('npm', ['view', `${name}@${version}`, 'version', ...registry], { stdio: ['ignore', 'pipe', 'pipe'] });
    return true;
  } catch (error) {
    if (String(error.stderr).includes('E404')) return false;
    throw error;
  }
}

function run(command, args, cwd) {
  execFileSync(command, args, { cwd, stdio: 'inherit' });
}
