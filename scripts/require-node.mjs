// pnpm puts the workspace's own Node 24 (the npm package `node`) first on PATH. Where its install script was not
// allowed to run, scripts fall through to the machine's Node in silence and die later of something unrelated.
const wanted = 24;
const major = Number(process.versions.node.split('.')[0]);
if (major < wanted) {
  console.error(
    `Tintype's workspace needs Node ${wanted}, this is ${process.version} (${process.execPath}).\n` +
      `The workspace brings its own: run "npx -y pnpm@12.21.0 install" again and look for a failed build of "node".`,
  );
  process.exit(1);
}
