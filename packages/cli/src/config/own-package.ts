import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

/** The manifest, found from the sources and from the build alike. */
const manifestPath = createRequire(import.meta.url).resolve('tintype/package.json');

export function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8')) as { readonly version: string };
  return manifest.version;
}

/** GraphiQL with all its assets, as the build has written it. */
export async function graphiqlPage(): Promise<string> {
  const page = await readFile(join(dirname(manifestPath), 'dist', 'graphiql.html.br'));
  return String(await promisify(brotliDecompress)(page));
}
