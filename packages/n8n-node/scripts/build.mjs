// Bundles the node and the credential for n8n: CommonJS, readable, with core inside and nothing to install beside them.
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const node = 'nodes/Tintype/Tintype.node';
const credential = 'credentials/TintypeApi.credentials';

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: [`${node}.ts`, `${credential}.ts`],
  outdir: 'dist',
  outbase: '.',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // n8n's reviewers read the published files.
  minify: false,
  charset: 'utf8',
  conditions: ['@tintype/source'],
  external: ['n8n-workflow'],
  logLevel: 'warning',
});

// n8n finds icons and the codex file by their place beside the code.
await mkdir('dist/icons');
for (const file of ['icons/tintype.svg', 'icons/tintype.dark.svg', `${node}.json`])
  await copyFile(file, `dist/${file}`);
