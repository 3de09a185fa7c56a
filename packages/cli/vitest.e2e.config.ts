import { suite } from '../../vitest.base.ts';

// Package managers, on a busy machine.
export default suite({ name: 'e2e', include: ['e2e/**/*.test.ts'] });
