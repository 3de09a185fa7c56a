import { mergeConfig } from 'vitest/config';
import { suite } from '../../vitest.base.ts';

export default mergeConfig(suite({ name: 'e2e' }), {
  // One package manager at a time: each takes all cores it finds.
  test: { globalSetup: './src/setup.ts', fileParallelism: false },
});
