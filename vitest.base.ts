import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** What every suite of the workspace shares: packages are read from their sources, and each run leaves a report. */
export function suite(
  options: { readonly name?: string; readonly include?: readonly string[]; readonly timeout?: number } = {},
): ViteUserConfig {
  const { name = 'test', include = ['src/**/*.test.ts'], timeout = 30_000 } = options;
  // Vite and Node must pick the same build of a package that has several, such as graphql: two builds do not know each other's
  // types. So Vite is told the one condition of Node's that it lacks, and that a name without an extension means `.js` first;
  // and Vitest passes the conditions of `ssr` on to Node.
  const conditions = ['@tintype/source', 'module-sync'];
  return defineConfig({
    resolve: { conditions, extensions: ['.js', '.json'] },
    ssr: { resolve: { conditions: [...conditions, 'development|production'] } },
    test: {
      include: [...include],
      testTimeout: timeout,
      hookTimeout: timeout,
      // The default of one second is not enough where a busy machine loads a model anew.
      expect: { poll: { timeout: timeout / 2 } },
      // `.ci/run` adds these reports up.
      reporters: ['default', ['json', { outputFile: `.reports/${name}.json` }]],
    },
  });
}
