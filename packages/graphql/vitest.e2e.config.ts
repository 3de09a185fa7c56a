import { mergeConfig } from 'vitest/config';
import { suite } from '../../vitest.base.ts';
import config from './vitest.config.ts';

export default mergeConfig(suite({ name: 'e2e', include: ['e2e/**/*.test.ts'] }), { resolve: config.resolve ?? {} });
