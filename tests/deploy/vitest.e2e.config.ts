import { suite } from '../../vitest.base.ts';

export default suite({ name: 'e2e', include: ['e2e/**/*.test.ts'] });
