import type * as bullmq from 'bullmq';
import type * as ioredis from 'ioredis';
import { requirePeers } from '../gateway/require-peers.ts';

/** What the gateway speaks to Redis with. */
export interface RedisLibraries {
  readonly ioredis: typeof ioredis;
  readonly bullmq: typeof bullmq;
}

/**
 * Loads the libraries, which takes a tenth of a second.
 *
 * @throws ConfigurationError - they are not installed.
 */
export function loadRedis(from?: NodeJS.Require): RedisLibraries {
  const require = requirePeers(
    { packages: ['ioredis', 'bullmq'], what: 'Jobs in a Redis', install: ['ioredis@6', 'bullmq@6'] },
    from,
  );
  return {
    ioredis: require('ioredis') as RedisLibraries['ioredis'],
    bullmq: require('bullmq') as RedisLibraries['bullmq'],
  };
}
