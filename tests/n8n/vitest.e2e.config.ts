import { mergeConfig } from 'vitest/config';
import { suite } from '../../vitest.base.ts';

export default mergeConfig(suite({ name: 'e2e', include: ['e2e/**/*.e2e.ts'] }), {
  // One n8n at a time: each takes most of a gigabyte.
  test: { globalSetup: ['e2e/support/global-setup.ts'], fileParallelism: false },
});
