import type { Logger } from 'pino';
import type { EngineParts } from '../gateway/engine-parts.ts';
import { loggedError } from '../gateway/logged-error.ts';
import { createRateLimiter } from '../gateway/rate-limiter.ts';
import type { ResolvedOptions } from '../gateway/resolve-options.ts';
import { isPassing } from '../gateway/store-error.ts';
import type { JobEngine } from '../jobs/job-engine.ts';
import { adoptImages } from '../jobs/recover-jobs.ts';
import { runJob } from '../jobs/run-job.ts';
import { createBullMqJobQueue } from './bullmq-job-queue.ts';
import { checkRedis } from './check-redis.ts';
import { connectRedis, type RedisAccess, type RedisManners } from './connect-redis.ts';
import { loadRedis } from './load-redis.ts';
import { shownRedisUrl } from './redis-address.ts';
import { createRedisChannels } from './redis-channels.ts';
import { createRedisClock } from './redis-clock.ts';
import { createRedisJobEvents } from './redis-job-events.ts';
import { createRedisJobStore } from './redis-job-store.ts';
import { keyPrefix } from './redis-keys.ts';
import { answerOf } from './redis-script.ts';
import { createSharedTurns } from './shared-turns.ts';
import { createWorkerWatch } from './worker-watch.ts';

export interface RedisPartsOptions {
  readonly url: string;
  readonly settings: ResolvedOptions;
  readonly log: Logger;
}

/** How often listeners look by themselves, should all else have failed, in milliseconds. */
const lookEveryMs = 10_000;

/** How long a job may be on its way between store and queue, in milliseconds. */
const underwayMs = 2_000;

const startAgainMs = 1_000;

/**
 * The parts of gateways and workers that share a Redis.
 *
 * @throws ConfigurationError - the client libraries are not installed.
 */
export function createRedisParts({ url, settings, log }: RedisPartsOptions): EngineParts {
  const { endpoint, concurrency, concurrencyPerOwner, rateLimit, lease, role } = settings;
  const libraries = loadRedis();
  const connect = createConnect({ libraries, url, log });
  const redis = connect('impatient');
  const subscriber = connect('patient');
  const clock = createRedisClock(redis);
  const channels = createRedisChannels({ publisher: redis, subscriber });
  const events = createRedisJobEvents({ channels, lookEveryMs });
  const queue = createBullMqJobQueue({
    bullmq: libraries.bullmq,
    redis,
    connectWorker: () => connect('patient'),
    channels,
    endpoint: endpoint.name,
    concurrency,
    concurrencyPerOwner,
    leaseMs: lease,
    onFailure: (what, error) => log.error({ err: loggedError(error) }, what),
  });
  const takeTurn = createSharedTurns(redis);
  const watchForWorkers = createWorkerWatch({
    log,
    endpoint: endpoint.name,
    unattended: async () => queue.unattended(),
  });
  let looking: NodeJS.Timeout | undefined;
  let adopting: Promise<void> | undefined;

  /** What is in the store and not in the queue, since a process was killed or Redis went away between the two. */
  async function requeue({ jobStore, now }: JobEngine): Promise<void> {
    await takeTurn({ what: 'requeueing', forMs: lease / 2 }, async () => {
      const jobs = await jobStore.openJobs();
      const before = now() - underwayMs;
      const settled = jobs.filter((job) => job.endpoint === endpoint.name && job.statusSince < before);
      await queue.addMissing(settled.map(({ id, owner }) => ({ jobId: id, owner })));
    });
  }

  /** The mark goes with the records: where it is missing they are, and images have to be found again. */
  async function adopt(engine: JobEngine, closing: AbortSignal): Promise<void> {
    const mark = `${keyPrefix}:adopted`;
    if (!settings.adoptImages || (await answerOf(redis.exists(mark))) === 1) return;
    await takeTurn({ what: 'adopting', forMs: lease * 4 }, async () => {
      // Only now: what a process that was killed on its way has not come to, others will.
      if (await adoptImages(engine, closing)) await answerOf(redis.set(mark, ''));
    });
  }

  /** Connections say themselves that they are gone; what could not be done meanwhile is done at the next look. */
  const told = (engine: JobEngine, what: string) => (error: unknown) => {
    if (!isPassing(error)) engine.observer.failed(what, error);
  };

  function look(engine: JobEngine, closing: AbortSignal): void {
    requeue(engine).catch(told(engine, 'The queue could not be filled up.'));
    if (role === 'gateway') watchForWorkers().catch(told(engine, 'Workers could not be looked for.'));
    // Nobody waits for these: there may be many.
    adopting ??= adopt(engine, closing)
      .catch(told(engine, 'Images without a record could not be looked for.'))
      .finally(() => {
        adopting = undefined;
      });
  }

  async function begin(engine: JobEngine, closing: AbortSignal): Promise<void> {
    for (const risk of await checkRedis(redis)) log.warn(risk);
    // Nothing that may fail and be tried again comes after this.
    if (role !== 'gateway') queue.start(async (jobId, signal) => runJob(engine, jobId, signal));
    look(engine, closing);
    looking = setInterval(() => look(engine, closing), lease).unref();
  }

  return {
    jobStore: createRedisJobStore(redis),
    queue,
    events,
    rateLimiter: createRateLimiter({ perMinute: rateLimit, shared: { redis, keyPrefix: `${keyPrefix}:rate` } }),
    now: clock.now,
    isShared: true,
    async start(engine, closing) {
      while (!closing.aborted) {
        try {
          return await begin(engine, closing);
        } catch (error) {
          // A gateway may be there before its Redis.
          if (!isPassing(error)) throw error;
          await engine.sleep(startAgainMs, closing).catch(() => undefined);
        }
      }
    },
    async sweepInTurn(forMs, sweep) {
      await takeTurn({ what: 'sweeping', forMs }, sweep);
    },
    async close() {
      clearInterval(looking);
      await adopting;
      clock.stop();
      await events.close();
      for (const connection of [redis, subscriber]) connection.disconnect();
    },
  };
}

/** Opens connections, and logs once for all of them that Redis is gone, and once that it is back. */
function createConnect({ libraries, url, log }: Pick<RedisAccess, 'libraries' | 'url'> & { readonly log: Logger }) {
  const gone = new Set<symbol>();
  const redis = shownRedisUrl(url);
  return (manner: RedisManners) => {
    const connection = Symbol('connection');
    return connectRedis(
      {
        libraries,
        url,
        onOutage: (outage) => {
          if (outage.kind === 'gone') {
            if (gone.size === 0) log.error({ redis, why: outage.why }, 'Redis cannot be reached; trying again.');
            gone.add(connection);
          } else {
            gone.delete(connection);
            if (gone.size === 0) log.info({ redis }, 'Redis is back.');
          }
        },
      },
      manner,
    );
  };
}
