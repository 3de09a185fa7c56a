// Fails where docs/reference is not what the docstrings say now.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const committed = fileURLToPath(new URL('../../docs/reference/', import.meta.url));
const made = mkdtempSync(join(tmpdir(), 'tintype-reference-'));
try {
  execFileSync('typedoc', ['--out', made], { stdio: ['ignore', 'ignore', 'inherit'] });
  const read = (folder) =>
    new Map(
      readdirSync(folder, { recursive: true })
        .filter((name) => name.endsWith('.md'))
        .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    );
  const [now, before] = [read(made), read(committed)];
  const changed = [...new Set([...now.keys(), ...before.keys()])].filter((name) => now.get(name) !== before.get(name));
  if (changed.length > 0) {
    console.error(
      `docs/reference is behind the docstrings: ${changed.join(', ')}. Run "pnpm --filter @tintype/reference reference".`,
    );
    process.exitCode = 1;
  }
} finally {
  rmSync(made, { recursive: true, force: true });
}
