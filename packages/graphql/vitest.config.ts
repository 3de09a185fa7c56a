import { mergeConfig } from 'vitest/config';
import { suite } from '../../vitest.base.ts';

export default mergeConfig(suite(), {
  // Vite would take graphql's `module` build while Node gives the libraries its `main`: two copies do not know each other's types.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
});
