import { mergeConfig } from 'vitest/config';
import { suite } from '../../vitest.base.ts';

export default mergeConfig(suite(), { test: { globalSetup: ['src/testing/global-setup.ts'] } });
