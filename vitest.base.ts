import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** What every suite of the workspace shares: packages are read from their sources, and each run leaves a report. */
export function suite(options: { readonly name?: string; readonly include?: readonly string[] } = {}): ViteUserConfig {
  const { name = 'test', include = ['src/**/*.test.ts'] } = options;
  // These bounds end what hangs. They say nothing about speed: machines are busy.
  const timeout = 300_000;
  const conditions = ['@tintype/source'];
  return defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
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
