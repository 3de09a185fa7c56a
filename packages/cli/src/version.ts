import { readFileSync } from 'node:fs';

/** This package's version; the manifest stands one folder up from the sources and from the build alike. */
export function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}
