/** `@tintype/source` leads to sources, which are in no tarball: what is published has no such condition. */
export const hooks = {
  beforePacking: (manifest) => ({ ...manifest, exports: withoutSources(manifest.exports) }),
};

function withoutSources(exports) {
  if (typeof exports !== 'object') return exports;
  const published = Object.entries(exports).filter(([name]) => name !== '@tintype/source');
  return Object.fromEntries(published.map(([name, target]) => [name, withoutSources(target)]));
}
