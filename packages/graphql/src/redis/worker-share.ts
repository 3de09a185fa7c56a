import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { onConnected } from './connect-redis.ts';
import { keyPrefix } from './redis-keys.ts';
import { defineScript, luaNow } from './redis-script.ts';

export interface WorkerShareOptions {
  readonly redis: Redis;
  /** The queue that the workers are on. */
  readonly queue: string;
  /** How long a worker may be silent before it counts no more, in milliseconds. */
  readonly leaseMs: number;
  /** Told how many workers there are, this one included, as often as they are counted. */
  readonly onCount: (workers: number) => void;
}

export interface WorkerShare {
  /** Counts no more. */
  stop(): Promise<void>;
}

/** KEYS: workers by when they were last heard of. ARGV: this one, milliseconds. Answers how many there are. */
const countScript = /* Lua */ `#!lua flags=allow-oom
${luaNow}
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
return redis.call('ZCARD', KEYS[1])
`;

/** KEYS: workers by when they were last heard of. ARGV: milliseconds. Answers how many are alive. */
const aliveScript = /* Lua */ `${luaNow}
return redis.call('ZCOUNT', KEYS[1], now - ARGV[1], '+inf')
`;

const workersKey = (queue: string): string => `${keyPrefix}:workers:${queue}`;

/** Counts the workers of a queue for someone who is none. */
export function createWorkerCount({
  redis,
  queue,
  leaseMs,
}: Omit<WorkerShareOptions, 'onCount'>): () => Promise<number> {
  const alive = defineScript(redis, 'tintypeWorkersAlive', aliveScript);
  return async () => Number(await alive([workersKey(queue)], [leaseMs]));
}

/**
 * Counts the workers of a queue, so that each takes its part of what may run at once. BullMQ leaves that to chance: the first
 * worker would take all of it and, taking its next job with the end of the last, keep it.
 */
export function createWorkerShare({ redis, queue, leaseMs, onCount }: WorkerShareOptions): WorkerShare {
  const key = workersKey(queue);
  const worker = randomUUID();
  const count = defineScript(redis, 'tintypeCountWorkers', countScript);
  let isStopped = false;

  async function look(): Promise<void> {
    const workers = Number(await count([key], [worker, leaseMs]));
    if (!isStopped) onCount(workers);
  }

  const stopListening = onConnected(redis, look);
  const timer = setInterval(() => void look().catch(() => undefined), leaseMs / 3).unref();
  return {
    async stop() {
      isStopped = true;
      stopListening();
      clearInterval(timer);
      await redis.zrem(key, worker).catch(() => undefined);
    },
  };
}
