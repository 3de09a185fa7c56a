import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

// From the sources and from the build alike: both are one folder deep.
const page = new URL('../dist/graphiql.html.br', import.meta.url);

/** GraphiQL with all its assets, as the build has written it. */
export async function graphiqlPage(): Promise<string> {
  return String(await promisify(brotliDecompress)(await readFile(page)));
}
