import { ConfigurationError, optionProblems } from '@tintype/graphql';
import { expect, it } from 'vitest';
import { variableOf } from './variable-of.ts';

it.each([
  ['role', 'TINTYPE_ROLE'],
  ['redisUrl', 'TINTYPE_REDIS_URL'],
  ['concurrencyPerOwner', 'TINTYPE_CONCURRENCY_PER_KEY'],
  ['allowAnonymous', '--allow-anonymous'],
  ['endpoint.url', 'TINTYPE_ENDPOINT_URL'],
  // No variable sets these.
  ['sweepEvery', 'sweepEvery'],
  ['endpoint.defaults', 'endpoint.defaults'],
])('%s is set by %s', (option, name) => {
  expect(variableOf(option)).toBe(name);
});

it('is what the gateway’s problems are told by, and nothing else in them changes', () => {
  const options = { endpoint: { url: 'http://x.test' }, role: 'store' as 'all', lease: 1, store: 'role' };
  expect(optionProblems(options, variableOf)).toEqual([
    'TINTYPE_ROLE must be all or gateway or worker; got store.',
    'TINTYPE_LEASE must be a whole number, 500 or more; got 1.',
    'TINTYPE_ROLE is store, but TINTYPE_REDIS_URL is not set: gateways and workers find each other through a Redis.',
  ]);
  expect(new ConfigurationError([['a role is a role']]).problemsNamed(variableOf)).toEqual(['a role is a role']);
});
