import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** What every suite of the workspace shares: packages are read from their sources, and each run leaves a report. */
export function suite(
  options: { readonly name?: string; readonly include?: readonly string[]; readonly timeout?: number } = {},
): ViteUserConfig {
  const { name = 'test', include = ['src/**/*.test.ts'], timeout = 30_000 } = options;
  const conditions = ['@tintype/source'];
  return defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      include: [...include],
      testTimeout: timeout,
      hookTimeout: timeout,
      // `.ci/run` adds these reports up.
      reporters: ['default', ['json', { outputFile: `.reports/${name}.json` }]],
    },
  });
}
