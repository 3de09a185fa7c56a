import { mergeConfig } from 'vitest/config';
import { suite } from '../../vitest.base.ts';

// The decoder against a hundred thousand documents, in place of the two thousand of every day.
export default mergeConfig(suite({ name: 'e2e', include: ['src/decode/*.test.ts'], timeout: 600_000 }), {
  test: { env: { DECODER_RUNS: '100000' } },
});
