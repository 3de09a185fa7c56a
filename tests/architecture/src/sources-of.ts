import { globSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const packages = fileURLToPath(new URL('../../../packages/', import.meta.url));

/** The sources of a package that ship, as absolute paths: no tests, no helpers of tests. */
export function sourcesOf(name: string): readonly string[] {
  return globSync(['src/**/*.ts', 'nodes/**/*.ts', 'credentials/**/*.ts'], {
    cwd: join(packages, name),
    exclude: (file) => /\.test\.ts$|(^|\/)testing(\/|$)|node_modules/.test(file),
  }).map((file) => join(packages, name, file));
}
