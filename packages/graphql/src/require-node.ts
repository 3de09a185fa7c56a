// The first import of the entry: an older Node fails in what follows, with errors that do not say why.
const { node, bun, deno } = process.versions;
// Bun and Deno name an older Node than they are compatible with.
if (Number.parseInt(node, 10) < 24 && bun === undefined && deno === undefined) {
  throw new Error(`@tintype/graphql needs Node 24 or later; this is v${node}.`);
}
