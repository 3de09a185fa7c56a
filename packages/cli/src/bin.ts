#!/usr/bin/env node
// Nothing else may be imported here: an older Node fails in what follows, with errors that do not say why.
if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `tintype needs Node 24 or later; this is v${process.versions.node} (${process.execPath}). Install it from https://nodejs.org or with your version manager.\n`,
  );
  process.exit(1);
}
const { run } = await import('./run.ts');
process.exitCode = await run(process.argv.slice(2));
