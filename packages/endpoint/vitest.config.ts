import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@tintype/source'] },
  ssr: { resolve: { conditions: ['@tintype/source'] } },
  test: { include: ['src/**/*.test.ts'] },
});
