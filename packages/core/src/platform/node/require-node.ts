// The first import of the entry: on an older Node, undici fails with an error that does not say why.
const { node, bun, deno } = process.versions;
const [major = 0, minor = 0] = node.split('.').map(Number);
const isOlder = major < 22 || (major === 22 && minor < 19);
// Bun and Deno name an older Node than they are compatible with.
if (isOlder && bun === undefined && deno === undefined) {
  throw new Error(`@tintype/core needs Node 22.19 or later; this is v${node}.`);
}
