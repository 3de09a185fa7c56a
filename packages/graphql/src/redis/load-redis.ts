import { createRequire } from 'node:module';
import type * as bullmq from 'bullmq';
import type * as ioredis from 'ioredis';
import { ConfigurationError } from '../gateway/configuration-error.ts';

/** What the gateway speaks to Redis with. */
export interface RedisLibraries {
  readonly ioredis: typeof ioredis;
  readonly bullmq: typeof bullmq;
}

const require = createRequire(import.meta.url);

/**
 * Loads the libraries, for those who use them alone: that takes a tenth of a second, and they need not be installed.
 *
 * @throws ConfigurationError - they are not installed; says how to install them.
 */
export function loadRedis(): RedisLibraries {
  return { ioredis: load('ioredis'), bullmq: load('bullmq') };
}

function load<Name extends keyof RedisLibraries>(name: Name): RedisLibraries[Name] {
  try {
    return require(name) as RedisLibraries[Name];
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'MODULE_NOT_FOUND') throw error;
    throw new ConfigurationError([
      `redisUrl is set, but ${name} is not installed, which the gateway speaks to Redis with: npm install ioredis@6 bullmq@6.`,
    ]);
  }
}
