import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { ImageRecord } from '../images/image-record.ts';
import { finalStatuses, isFinal, jobStatuses, type JobRecord, type JobStatus } from '../jobs/job-record.ts';
import type { JobStore, NewJobOutcome, Page, PageRequest } from '../jobs/job-store.ts';
import {
  addImageScript,
  changeJobScript,
  createJobScript,
  forgetJobsScript,
  openJobsScript,
  pageScript,
  removeImagesScript,
} from './job-scripts.ts';
import { redisKeys as keys } from './redis-keys.ts';
import { answerOf, defineScript } from './redis-script.ts';

/** How much one script or command deals with, so that Redis, which does one thing at a time, is never held up for long. */
const portion = 500;

/** Longer than any two clocks of gateways may differ. */
const claimGraceMs = 60 * 60 * 1_000;

/**
 * A job store that any number of gateways and workers share. Each method is one script or one command, which Redis carries out
 * as one step. The connection is the caller's: `close` leaves it open.
 */
export function createRedisJobStore(redis: Redis): JobStore {
  const scripts = {
    create: defineScript(redis, 'tintypeCreateJob', createJobScript),
    change: defineScript(redis, 'tintypeChangeJob', changeJobScript),
    addImage: defineScript(redis, 'tintypeAddImage', addImageScript),
    removeImages: defineScript(redis, 'tintypeRemoveImages', removeImagesScript),
    forgetJobs: defineScript(redis, 'tintypeForgetJobs', forgetJobsScript),
    openJobs: defineScript(redis, 'tintypeOpenJobs', openJobsScript),
    page: defineScript(redis, 'tintypePage', pageScript),
  };

  async function pageOf(list: string, kind: 'job' | 'image', { first, after }: PageRequest): Promise<Page<unknown>> {
    const behind = after === undefined ? ['+inf', ''] : [after.createdAt, after.id];
    // One more than asked for tells whether there are more.
    const records = (await scripts.page([list], [first + 1, ...behind, kind])) as readonly unknown[];
    const items = records.map((record) => (kind === 'job' ? parseJob(record) : parseImage(record)));
    return { items: items.slice(0, first), hasMore: items.length > first };
  }

  async function oldImages(createdBefore: number): Promise<readonly string[]> {
    const old: string[] = [];
    for (let offset = 0; ; offset += portion) {
      const ids = await answerOf(
        redis.zrangebyscore(keys.images, '-inf', `(${createdBefore}`, 'LIMIT', offset, portion),
      );
      old.push(...ids);
      if (ids.length < portion) return old;
    }
  }

  /** The oldest images, until the rest is small enough. */
  async function imagesBeyond(maxBytes: number): Promise<readonly string[]> {
    const beyond: string[] = [];
    let bytes = Number(await answerOf(redis.get(keys.imageBytes)));
    for (let offset = 0; bytes > maxBytes; offset += portion) {
      const ids = await answerOf(redis.zrange(keys.images, String(offset), String(offset + portion - 1)));
      if (ids.length === 0) break;
      const sizes = await answerOf(redis.hmget(keys.imageSizes, ...ids));
      for (const [index, id] of ids.entries()) {
        if (bytes <= maxBytes) break;
        beyond.push(id);
        bytes -= Number(sizes[index]);
      }
    }
    return beyond;
  }

  return {
    async create({ job, claim, queueLimit }): Promise<NewJobOutcome> {
      const [kind, found] = (await scripts.create(
        [keys.job(job.id), keys.claim(claim?.id ?? '')],
        [
          job.id,
          job.owner,
          job.status,
          job.createdAt,
          Math.min(queueLimit, Number.MAX_SAFE_INTEGER),
          claim?.inputHash ?? '',
          claim?.expiresAt ?? 0,
          claim === undefined ? 0 : Math.max(0, claim.expiresAt - job.createdAt) + claimGraceMs,
          ...members(job),
        ],
      )) as readonly [NewJobOutcome['kind'], unknown];
      switch (kind) {
        case 'created': {
          return { kind, job };
        }
        case 'repeated':
        case 'conflict': {
          return { kind, job: parseJob(found) ?? job };
        }
        case 'full': {
          return { kind, queued: Number(found) };
        }
        default: {
          throw new TypeError(`Redis answered ${String(kind satisfies never)} to a new job.`);
        }
      }
    },

    async job(id) {
      return parseJob(Object.entries(await answerOf(redis.hgetall(keys.job(id)))).flat());
    },

    async changeJob(id, from, change, { dispatch } = {}) {
      const states = from.map((status) => `${status},`).join('');
      return parseJob(
        await scripts.change([keys.job(id)], [id, states, dispatch ?? '', randomUUID(), ...members(change)]),
      );
    },

    async addImage(image, change = {}) {
      const { id, jobId, owner, createdAt, byteLength } = image;
      return parseJob(
        await scripts.addImage(
          [keys.job(jobId), keys.image(id)],
          [
            jobId,
            id,
            owner,
            createdAt,
            byteLength,
            JSON.stringify(image),
            ...members({ ...change, status: 'SUCCEEDED' }),
          ],
        ),
      );
    },

    async openJobs() {
      const ids = (await scripts.openJobs([], [])) as readonly string[];
      const jobs: JobRecord[] = [];
      for (let offset = 0; offset < ids.length; offset += portion) {
        const found = await Promise.all(
          ids.slice(offset, offset + portion).map(async (id) => answerOf(redis.hgetall(keys.job(id)))),
        );
        for (const one of found) {
          const job = parseJob(Object.entries(one).flat());
          // Some may have ended since they were listed.
          if (job !== undefined && !isFinal(job)) jobs.push(job);
        }
      }
      return jobs;
    },

    async jobs({ status, ...page }) {
      return (await pageOf(keys.jobsOf(page.owner, status), 'job', page)) as Page<JobRecord>;
    },

    async image(id) {
      return parseImage(await answerOf(redis.get(keys.image(id))));
    },

    async images(page) {
      return (await pageOf(keys.imagesOf(page.owner), 'image', page)) as Page<ImageRecord>;
    },

    async removeImages(ids) {
      for (let offset = 0; offset < ids.length; offset += portion) {
        await scripts.removeImages([], ids.slice(offset, offset + portion));
      }
    },

    async countJobs() {
      let transaction = redis.multi();
      for (const status of jobStatuses) transaction = transaction.zcard(keys.jobsIn(status));
      const answers = (await answerOf(transaction.exec())) ?? [];
      return Object.fromEntries(
        jobStatuses.map((status, index) => [status, Number(answers[index]?.[1] ?? 0)]),
      ) as Record<JobStatus, number>;
    },

    async sweep({ createdBefore, maxBytes }) {
      if (createdBefore !== undefined) {
        for (const status of finalStatuses) {
          let forgotten = portion;
          while (forgotten === portion) {
            forgotten = Number(await scripts.forgetJobs([], [status, createdBefore, portion]));
          }
        }
      }
      const old = createdBefore === undefined ? [] : await oldImages(createdBefore);
      const beyond = maxBytes === undefined ? [] : await imagesBeyond(maxBytes);
      return [...new Set([...old, ...beyond])];
    },

    async check() {
      await answerOf(redis.ping());
    },

    async close() {
      // Nothing of its own to close.
    },
  };
}

/** A record's members as the hash keeps them; one that is undefined is taken away. */
function members(record: object): readonly string[] {
  return Object.entries(record).flatMap(([name, value]) => [name, value === undefined ? '' : JSON.stringify(value)]);
}

/** A job from the names and values of its hash. Members that this version does not know come along. */
function parseJob(fields: unknown): JobRecord | undefined {
  const pairs = (fields ?? []) as readonly string[];
  const record: Record<string, unknown> = {};
  for (let index = 0; index < pairs.length; index += 2) {
    const name = String(pairs[index]);
    // The store's own notes.
    if (!name.startsWith(':')) record[name] = JSON.parse(String(pairs[index + 1]));
  }
  // Only this store writes the hash.
  return 'id' in record ? (record as unknown as JobRecord) : undefined;
}

function parseImage(record: unknown): ImageRecord | undefined {
  return typeof record === 'string' ? (JSON.parse(record) as ImageRecord) : undefined;
}
