import { expect, it } from 'vitest';
import { inVariables } from './in-variables.ts';

it.each([
  [
    'role is worker, but redisUrl is not set: workers',
    'TINTYPE_ROLE is worker, but TINTYPE_REDIS_URL is not set: workers',
  ],
  ['concurrencyPerOwner must be 1 or more', 'TINTYPE_CONCURRENCY_PER_KEY must be 1 or more'],
  ['apiKeys[0]: the key of shop is too short', 'TINTYPE_API_KEYS[0]: the key of shop is too short'],
  ['set apiKeys, or allowAnonymous', 'set TINTYPE_API_KEYS, or --allow-anonymous'],
  ['endpoint.url must be a URL', 'TINTYPE_ENDPOINT_URL must be a URL'],
  // Words that are options too, but mean themselves here.
  ['lease must be longer than a role or a store', 'TINTYPE_LEASE must be longer than a role or a store'],
  // No variable sets these.
  ['sweepEvery must be 1 or more', 'sweepEvery must be 1 or more'],
  ['endpoint.defaults: width must be 8 or more', 'endpoint.defaults: width must be 8 or more'],
])('%s', (problem, said) => {
  expect(inVariables(problem)).toBe(said);
});
