// Joins the sources to one file that loads fast. Dependencies stay outside; what is a devDependency comes along, such as
// @tintype/endpoint/parameters: `tintype inspect` needs that part of the endpoint and no engine.
import { chmod, readFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const { dependencies, peerDependencies } = JSON.parse(await readFile('package.json', 'utf8'));

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: ['src/bin.ts'],
  outdir: 'dist',
  bundle: true,
  // `bin` must load on any Node, to say which one it needs.
  splitting: true,
  chunkNames: '[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node24',
  external: Object.keys({ ...dependencies, ...peerDependencies }),
  conditions: ['@tintype/source'],
  charset: 'utf8',
  logLevel: 'warning',
});
await chmod('dist/bin.js', 0o755);
