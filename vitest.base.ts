import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** What every suite of the workspace shares: packages are read from their sources, and each run leaves a report. */
export function suite(options: { readonly name?: string; readonly include?: readonly string[] } = {}): ViteUserConfig {
  const { name = 'test', include = ['src/**/*.test.ts'] } = options;
  // These bounds end what hangs. They say nothing about speed: machines are busy.
  const timeout = 300_000;
  // Vite and Node must pick the same build of a package that has several, such as graphql: two builds do not know each other's
  // types. So Vite is told the one condition of Node's that it lacks, and that a name without an extension means `.js` first;
  // and Vitest passes the conditions of `ssr` on to Node.
  const conditions = ['@tintype/source', 'module-sync'];
  return defineConfig({
    resolve: { conditions, extensions: ['.js', '.json'] },
    ssr: { resolve: { conditions: [...conditions, 'development|production'] } },
    test: {
      include: [...include],
      // Made by scripts/python-env.sh; the machine's own Python is never asked for packages.
      env: { PYTHON: fileURLToPath(new URL('.venv/bin/python', import.meta.url)) },
      testTimeout: timeout,
      hookTimeout: timeout,
      expect: { poll: { timeout: timeout / 2 } },
      // `.ci/run` adds these reports up.
      reporters: ['default', ['json', { outputFile: `.reports/${name}.json` }]],
    },
  });
}
