import { createJobEvents, type JobEvents } from '../jobs/job-events.ts';
import type { RedisChannels } from './redis-channels.ts';
import { keyPrefix } from './redis-keys.ts';

export interface RedisJobEventsOptions {
  readonly channels: RedisChannels;
  /** How often listeners look by themselves, in milliseconds, should all else have failed. */
  readonly lookEveryMs: number;
}

/** A job's channel, and how many listen to it here. */
interface Watched {
  listeners: number;
  /** Whether what is said from now on is heard. */
  stands: boolean;
  readonly standing: Promise<void>;
}

/** Places in line are told at most so often by each process, whatever goes on in it. */
const lineEveryMs = 200;

const ofJob = `${keyPrefix}:job-changed:`;
const line = `${keyPrefix}:line-changed`;
const deleted = `${keyPrefix}:image-deleted`;

/**
 * Job events between processes. Each job has a channel of its own, which only processes that watch it listen to.
 *
 * Redis forgets at once what it has told, so nothing relies on hearing it: listeners are told to have a look when their
 * subscription stands, when the connection is back, and every so often.
 */
export function createRedisJobEvents({ channels, lookEveryMs }: RedisJobEventsOptions): JobEvents {
  const local = createJobEvents();
  const watched = new Map<string, Watched>();
  let lineTimer: NodeJS.Timeout | undefined;
  const looking = setInterval(() => local.lookAgain(), lookEveryMs).unref();

  channels.onMessage((channel, message) => {
    if (channel.startsWith(ofJob)) local.publish(channel.slice(ofJob.length));
    else if (channel === line) local.publishLine();
    else if (channel === deleted) local.publishDeleted(message);
  });
  channels.onReconnected(() => {
    local.lookAgain();
    local.publishDeleted(undefined);
  });
  for (const channel of [line, deleted]) channels.subscribe(channel).catch(() => undefined);

  function watch(jobId: string): Watched {
    const standing = channels.subscribe(`${ofJob}${jobId}`).then(
      () => {
        job.stands = true;
      },
      () => undefined,
    );
    const job: Watched = { listeners: 0, stands: false, standing };
    watched.set(jobId, job);
    return job;
  }

  return {
    publish(jobId) {
      channels.publish(`${ofJob}${jobId}`, '');
    },
    publishLine() {
      lineTimer ??= setTimeout(() => {
        lineTimer = undefined;
        channels.publish(line, '');
      }, lineEveryMs).unref();
    },
    publishDeleted(imageId) {
      channels.publish(deleted, imageId);
    },
    subscribe(jobId, listener) {
      const stop = local.subscribe(jobId, listener);
      const job = watched.get(jobId) ?? watch(jobId);
      job.listeners += 1;
      // Between the listener's first look and this, a change may have gone unheard.
      if (!job.stands) void job.standing.then(() => listener('look'));
      return () => {
        stop();
        job.listeners -= 1;
        if (job.listeners > 0) return;
        watched.delete(jobId);
        channels.unsubscribe(`${ofJob}${jobId}`);
      };
    },
    onDeleted: (listener) => local.onDeleted(listener),
    async close() {
      clearInterval(looking);
      clearTimeout(lineTimer);
      await local.close();
    },
  };
}
