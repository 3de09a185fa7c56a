#!/usr/bin/env node
// Nothing else may be imported here: older versions of Node fail at what stands behind, and this is what tells why.
const wanted = 24;
const major = Number(process.versions.node.split('.')[0]);
if (major < wanted) {
  process.stderr.write(
    `tintype needs Node ${wanted} or later, this is ${process.version} (${process.execPath}).\n` +
      'Install it from nodejs.org, or with your version manager, and try again.\n',
  );
  process.exit(1);
}
const { run } = await import('./run.ts');
process.exitCode = await run(process.argv.slice(2));
