// Joins the sources to one file that loads fast. What reads an image's parameters comes along: `tintype inspect` needs
// that part of @tintype/endpoint and no engine.
import { chmod, rm } from 'node:fs/promises';
import { build } from 'esbuild';

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
  packages: 'external',
  alias: { '@tintype/endpoint/parameters': '../endpoint/src/picture/read-picture-parameters.ts' },
  charset: 'utf8',
  logLevel: 'warning',
});
await chmod('dist/bin.js', 0o755);
