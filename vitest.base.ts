import { fileURLToPath } from 'node:url';
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
      // Made by scripts/python-env.sh; the machine's own Python is never asked for packages.
      env: { PYTHON: fileURLToPath(new URL('.venv/bin/python', import.meta.url)) },
      testTimeout: timeout,
      hookTimeout: timeout,
      // The default of one second is not enough where a busy machine loads a model anew.
      expect: { poll: { timeout: timeout / 2 } },
      // `.ci/run` adds these reports up.
      reporters: ['default', ['json', { outputFile: `.reports/${name}.json` }]],
    },
  });
}
