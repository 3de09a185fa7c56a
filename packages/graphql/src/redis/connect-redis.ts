import type { Redis, RedisOptions } from 'ioredis';
import type { RedisLibraries } from './load-redis.ts';

/** Where connections come from, and who hears how they fare. */
export interface RedisAccess {
  readonly libraries: RedisLibraries;
  readonly url: string;
  /** Told once when Redis goes away, and once when it is back. */
  readonly onOutage: (outage: RedisOutage) => void;
}

export type RedisOutage = { readonly kind: 'gone'; readonly why: string } | { readonly kind: 'back' };

/** How a connection treats commands while Redis is away. */
export type RedisManners =
  /** They fail after some two seconds: someone waits for the answer. A server that is restarted is back by then. */
  | 'impatient'
  /** They wait for it: no one does. */
  | 'patient';

const manners: Readonly<Record<RedisManners, Pick<RedisOptions, 'maxRetriesPerRequest' | 'commandTimeout'>>> = {
  impatient: { maxRetriesPerRequest: 8, commandTimeout: 5_000 },
  patient: { maxRetriesPerRequest: null },
};

/** As `reconnectOnError` answers it. */
const reconnectAndSendAgain = 2;

/** Opens a connection that opens itself again for as long as it takes. */
export function connectRedis({ libraries, url, onOutage }: RedisAccess, manner: RedisManners): Redis {
  const redis = new libraries.ioredis.Redis(url, {
    connectTimeout: 5_000,
    keepAlive: 10_000,
    // 50, 100, 200, then 250 ms: a restart costs those who wait next to nothing.
    retryStrategy: (turn) => Math.min(250, 25 * 2 ** turn),
    // After a failover the old primary goes on to answer, and takes no writes: its address leads to the new one by now.
    reconnectOnError: ({ message }) => (message.includes('READONLY') ? reconnectAndSendAgain : false),
    ...manners[manner],
  });
  let isGone = false;
  // Without a listener, an error event would end the process.
  redis.on('error', (error: Error) => {
    if (isGone) return;
    isGone = true;
    onOutage({ kind: 'gone', why: error.message });
  });
  redis.on('ready', () => {
    if (!isGone) return;
    isGone = false;
    onOutage({ kind: 'back' });
  });
  return redis;
}

/** Calls back whenever the connection is there, now included, until what it returns is called; does not mind that it fails. */
export function onConnected(redis: Redis, work: () => Promise<unknown>): () => void {
  const run = (): void => void work().catch(() => undefined);
  redis.on('ready', run);
  if (redis.status === 'ready') run();
  return () => void redis.off('ready', run);
}
