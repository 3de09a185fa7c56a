import { mergeConfig } from 'vitest/config';
import { suite } from '../../vitest.base.ts';

// The leak test wants to collect garbage when it says so.
export default mergeConfig(suite(), { test: { execArgv: ['--expose-gc'] } });
