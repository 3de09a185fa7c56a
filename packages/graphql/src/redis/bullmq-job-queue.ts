import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { JobQueue, JobRunner, QueuedJob } from '../jobs/job-queue.ts';
import { JobCanceled, RunReplaced } from '../jobs/stop-reasons.ts';
import { onConnected } from './connect-redis.ts';
import { createFairTurns } from './fair-turns.ts';
import { createJobLeases } from './job-leases.ts';
import type { RedisLibraries } from './load-redis.ts';
import type { RedisChannels } from './redis-channels.ts';
import { keyPrefix } from './redis-keys.ts';
import { redisFailure } from './redis-failure.ts';
import { answerOf, defineScript } from './redis-script.ts';
import { createWorkerCount, createWorkerShare, type WorkerShare } from './worker-share.ts';

export interface BullMqJobQueueOptions {
  readonly bullmq: RedisLibraries['bullmq'];
  /** For commands that someone waits for. */
  readonly redis: Redis;
  /** Opens the connection that a worker waits on. */
  readonly connectWorker: () => Redis;
  readonly channels: RedisChannels;
  /** The endpoint whose jobs these are. */
  readonly endpoint: string;
  /** Most jobs run at once, over all workers. */
  readonly concurrency: number;
  /** Most jobs of one owner run at once, over all workers. */
  readonly concurrencyPerOwner: number;
  /** How long a worker may be silent before its jobs are taken up elsewhere, in milliseconds. */
  readonly leaseMs: number;
  readonly onFailure: (what: string, error: unknown) => void;
}

export interface BullMqJobQueue extends JobQueue {
  /** Adds those of these jobs that the queue does not hold. */
  addMissing(jobs: readonly QueuedJob[]): Promise<void>;
  /** How many jobs wait while there is no worker to run them; 0 while there is one. */
  unattended(): Promise<number>;
}

interface Run {
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

interface Ask {
  readonly jobId: string;
  readonly why: string;
}

/** BullMQ takes priorities up to 2,097,151; turns are counted from the beginning again well before that. */
const rewindAfter = 1_000_000;

/** How long a job is put back whose lease another worker holds, or whose owner has enough running. */
const againAfterMs = 500;

/** How long parts of BullMQ may take to close when Redis goes away just then. */
const closeMs = 2_000;

/** KEYS: BullMQ's wait, prioritized and delayed. ARGV: job. Its wait list is read from its end. */
const positionScript = /* Lua */ `
local waiting = redis.call('LLEN', KEYS[1])
local rank = redis.call('ZRANK', KEYS[2], ARGV[1])
if rank then return waiting + rank + 1 end
local place = redis.call('LPOS', KEYS[1], ARGV[1])
if place then return waiting - place end
if redis.call('ZSCORE', KEYS[3], ARGV[1]) then return waiting + redis.call('ZCARD', KEYS[2]) + 1 end
return nil
`;

/**
 * A queue on BullMQ, shared by any number of gateways and workers. It holds ids and owners, nothing else. `docs/decisions`
 * says what BullMQ is relied on for, and what not.
 */
export function createBullMqJobQueue(options: BullMqJobQueueOptions): BullMqJobQueue {
  const { bullmq, redis, connectWorker, channels, endpoint, concurrency, concurrencyPerOwner, leaseMs } = options;
  const name = `jobs-${encodeURIComponent(endpoint)}`;
  const endChannel = `${keyPrefix}:end-job`;
  // Connections say themselves that they are gone.
  const onFailure = (error: unknown): void => {
    if (isConnected() && !isLostLock(error)) options.onFailure('The queue met a problem.', redisFailure(error));
  };
  const queue: Queue = new bullmq.Queue(name, {
    connection: redis,
    prefix: keyPrefix,
    skipVersionCheck: true,
    defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
    // No one reads them.
    streams: { events: { maxLen: 0 } },
  });
  queue.on('error', () => undefined);
  const keys = {
    wait: queue.toKey('wait'),
    prioritized: queue.toKey('prioritized'),
    delayed: queue.toKey('delayed'),
  };
  const findPosition = defineScript(redis, 'tintypePosition', positionScript);
  const countWorkers = createWorkerCount({ redis, queue: name, leaseMs });
  const turns = createFairTurns(redis, `${keyPrefix}:turns:${name}`);
  const active = new Map<string, Run>();
  const leases = createJobLeases({
    redis,
    leaseMs,
    mostPerOwner: concurrencyPerOwner,
    onEnd: (jobId, end) =>
      active
        .get(jobId)
        ?.controller.abort(
          end.kind === 'lost' ? new RunReplaced('Another worker has taken the job up.') : new JobCanceled(end.why),
        ),
  });
  let worker: Worker | undefined;
  let workerRedis: Redis | undefined;
  let share: WorkerShare | undefined;
  let connectedAt = 0;
  let isClosing = false;
  const isConnected = (): boolean => workerRedis?.status === 'ready';

  channels.onMessage((channel, message) => {
    if (channel !== endChannel) return;
    const { jobId, why } = JSON.parse(message) as Ask;
    active.get(jobId)?.controller.abort(new JobCanceled(why));
  });

  async function putBack(job: Job, token: string | undefined, ms: number): Promise<never> {
    await job.moveToDelayed(Date.now() + ms, token);
    throw new bullmq.DelayedError();
  }

  /** Lets another worker have it at once. */
  async function handOn(job: Job, token: string | undefined): Promise<never> {
    await job.moveToWait(token);
    throw new bullmq.WaitingError();
  }

  async function work(run: JobRunner, job: Job, token: string | undefined): Promise<void> {
    const jobId = String(job.id);
    const { owner } = job.data as { readonly owner: string };
    // It came while the worker was closing.
    if (isClosing) return handOn(job, token);
    // Redis was away, and its locks may have run out meanwhile: workers that are well take their leases again first.
    const sinceConnectedMs = performance.now() - connectedAt;
    if (job.stalledCounter > 0 && sinceConnectedMs < leaseMs / 2) {
      return putBack(job, token, leaseMs / 2 - sinceConnectedMs);
    }
    if ((await leases.take({ jobId, owner })) !== 'taken') return putBack(job, token, againAfterMs);
    const controller = new AbortController();
    const done = run(jobId, controller.signal);
    active.set(jobId, { controller, done });
    try {
      void turns.reached(job.priority).catch(() => undefined);
      await done;
    } finally {
      active.delete(jobId);
      await leases.release(jobId).catch(() => undefined);
    }
    if (isClosing && controller.signal.aborted) return handOn(job, token);
  }

  async function changeShare(of: Worker, most: number): Promise<void> {
    const mayMore = most > of.concurrency;
    of.concurrency = most;
    if (!mayMore || isClosing) return;
    // One that waits for a job to end looks for more only then, unless it is woken.
    await of.pause(true);
    if (!isClosing) await of.resume();
  }

  async function rewind(): Promise<void> {
    const by = await turns.rewind();
    for (const job of await queue.getPrioritized()) {
      await job.changePriority({ priority: Math.max(1, job.priority - by) });
    }
  }

  async function add({ jobId, owner }: QueuedJob): Promise<void> {
    let turn = await turns.next(owner);
    if (turn > rewindAfter) {
      await rewind();
      turn = await turns.next(owner);
    }
    await answerOf(queue.add('image', { owner }, { jobId, priority: Math.min(turn, rewindAfter * 2) }));
  }

  return {
    start(run) {
      // Redis came just when the gateway went.
      if (isClosing) return;
      workerRedis = connectWorker();
      onConnected(workerRedis, async () => {
        connectedAt = performance.now();
        await queue.setGlobalConcurrency(concurrency);
      });
      channels.subscribe(endChannel).catch(onFailure);
      worker = new bullmq.Worker(name, async (job, token) => work(run, job, token), {
        connection: workerRedis,
        prefix: keyPrefix,
        skipVersionCheck: true,
        concurrency,
        lockDuration: leaseMs,
        // BullMQ gives it to Redis, which takes whole numbers only.
        stalledInterval: Math.ceil(leaseMs / 3),
        // The store counts interruptions, and decides what becomes of the job.
        maxStalledCount: Number.MAX_SAFE_INTEGER,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
        runRetryDelay: 500,
        // Seconds after which an idle worker looks by itself, as when a job was handed back while all were busy.
        drainDelay: 2,
      });
      worker.on('error', onFailure);
      const started = worker;
      share = createWorkerShare({
        redis,
        queue: name,
        leaseMs,
        onCount: (workers) => void changeShare(started, Math.ceil(concurrency / workers)).catch(onFailure),
      });
    },

    add,

    async addMissing(jobs) {
      for (const job of jobs) {
        if ((await answerOf(redis.exists(queue.toKey(job.jobId)))) === 0) await add(job);
      }
    },

    async unattended() {
      if ((await countWorkers()) > 0) return 0;
      return (await answerOf(redis.llen(keys.wait))) + (await answerOf(redis.zcard(keys.prioritized)));
    },

    async remove(jobId) {
      return (await answerOf(queue.remove(jobId))) === 1;
    },

    async abort(jobId, reason) {
      const job = active.get(jobId);
      job?.controller.abort(reason);
      if (job !== undefined) return true;
      await leases.askForEnd(jobId, reason.message);
      channels.publish(endChannel, JSON.stringify({ jobId, why: reason.message } satisfies Ask));
      return false;
    },

    async position(jobId) {
      const place = await findPosition([keys.wait, keys.prioritized, keys.delayed], [jobId]);
      return place === null ? undefined : Number(place);
    },

    async waiting() {
      const [wait, prioritized, delayed] = await answerOf(
        Promise.all([
          redis.lrange(keys.wait, 0, -1),
          redis.zrange(keys.prioritized, '0', '-1'),
          redis.zrange(keys.delayed, '0', '-1'),
        ]),
      );
      return [...wait.toReversed(), ...prioritized, ...delayed];
    },

    get running() {
      return active.size;
    },

    async close({ drainMs, reason }) {
      isClosing = true;
      await share?.stop();
      await worker?.pause(true);
      const timer = setTimeout(() => {
        for (const { controller } of active.values()) controller.abort(reason);
      }, drainMs);
      await Promise.allSettled([...active.values()].map(async ({ done }) => done));
      clearTimeout(timer);
      leases.stop();
      // What cannot be told to Redis now is noticed by the other workers.
      await within(closeMs, worker?.close(!isConnected()));
      await within(closeMs, queue.close());
      workerRedis?.disconnect();
    },
  };
}

/** BullMQ's lock ran out while Redis was away. Who runs the job is for its lease to say. */
function isLostLock(error: unknown): boolean {
  return error instanceof Error && /\block for job\b/.test(error.message);
}

/** Waits so long for something that may never come about, and takes no failure of it amiss. */
async function within(ms: number, work: Promise<void> | undefined): Promise<void> {
  const timeout = new AbortController();
  const ended = Promise.resolve(work).catch(() => undefined);
  await Promise.race([ended, sleep(ms, undefined, { signal: timeout.signal }).catch(() => undefined)]);
  timeout.abort();
}
