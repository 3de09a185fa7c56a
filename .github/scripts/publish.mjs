// Publishes every package of the workspace whose version the registry does not have yet, with a provenance statement.
//
//   node .github/scripts/publish.mjs            publish (on GitHub: provenance needs its identity)
//   node .github/scripts/publish.mjs --dry-run  pack everything and show what would be published
//
// `pnpm pack` writes real versions in place of `workspace:`; `npm publish` does the exchange that trusted publishing needs.
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const dryRun = process.argv.includes('--dry-run');
const tarballs = mkdtempSync(join(tmpdir(), 'tintype-release-'));
try {
  const manifests = globSync('packages/*/package.json').toSorted();
  for (const manifest of manifests) publish(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')));
} finally {
  rmSync(tarballs, { recursive: true });
}
// Prints a line for each new tag, which is how the changesets action knows what was released.
if (!dryRun) run('npx', ['-y', 'pnpm@12.21.0', 'exec', 'changeset', 'tag']);

function publish(directory, { name, version, private: isPrivate }) {
  if (isPrivate === true) return;
  if (!dryRun && isPublished(name, version)) {
    console.log(`${name}@${version} is published already.`);
    return;
  }
  const tarball = join(tarballs, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  run('npx', ['-y', 'pnpm@12.21.0', 'pack', '--out', tarball], directory);
  run('npm', ['publish', tarball, '--access', 'public', ...(dryRun ? ['--dry-run'] : ['--provenance'])]);
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

function run(command, args, cwd) {
  execFileSync(command, args, { cwd, stdio: 'inherit' });
}
