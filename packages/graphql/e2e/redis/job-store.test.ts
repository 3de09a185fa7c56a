import { describe, expect, test } from 'vitest';
import { redisKeys } from '../../src/redis/redis-keys.ts';
import { createRedisJobStore } from '../../src/redis/redis-job-store.ts';
import { imageRecord, jobRecord, jobStoreContract } from '../../src/store-contract/index.ts';
import { redisOfFile } from './redis-server.ts';

const server = redisOfFile();

describe('the job store on Redis', () => {
  for (const { promise, check } of jobStoreContract) {
    test(promise, async () => check(() => createRedisJobStore(server().connect())));
  }

  test('any number of gateways share it, and of their requests with one claim one makes a job', async () => {
    const stores = Array.from({ length: 4 }, () => createRedisJobStore(server().connect()));
    const claim = { id: 'a'.repeat(64), inputHash: 'one', expiresAt: 50_000 };
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => stores[n % 4]?.create({ job: jobRecord(), claim, queueLimit: 100 })),
    );
    expect(outcomes.filter((outcome) => outcome?.kind === 'created')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome?.kind === 'repeated')).toHaveLength(39);
  });

  test('holds the queue to its limit across gateways', async () => {
    const stores = Array.from({ length: 4 }, () => createRedisJobStore(server().connect()));
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => stores[n % 4]?.create({ job: jobRecord(), queueLimit: 7 })),
    );
    expect(outcomes.filter((outcome) => outcome?.kind === 'created')).toHaveLength(7);
    expect(outcomes.filter((outcome) => outcome?.kind === 'full')).toHaveLength(33);
  });

  test('a request that is sent again because its answer was lost makes one job', async () => {
    const store = createRedisJobStore(server().connect());
    const job = jobRecord();
    await store.create({ job, queueLimit: 1 });
    expect(await store.create({ job, queueLimit: 1 })).toEqual({ kind: 'created', job });
    expect(await store.openJobs()).toEqual([job]);
  });

  test('a list goes on behind a record that has been forgotten since', async () => {
    const store = createRedisJobStore(server().connect());
    const jobs = Array.from({ length: 9 }, () => jobRecord({ status: 'FAILED' }));
    for (const job of jobs) await store.create({ job, queueLimit: 100 });
    const all = await store.jobs({ owner: 'ann', first: 9 });
    const [first, second] = all.items;
    await server().connect().zrem(redisKeys.jobsOf('ann'), String(first?.id));
    const rest = await store.jobs({ owner: 'ann', first: 1, after: { createdAt: 1_000, id: String(first?.id) } });
    expect(rest).toEqual({ items: [second], hasMore: true });
  });

  test('leaves nothing behind of jobs and images that are swept out', async () => {
    const redis = server().connect();
    const store = createRedisJobStore(redis);
    for (let n = 0; n < 1_200; n += 1) {
      const job = jobRecord({ owner: n % 2 === 0 ? 'ann' : 'bob' });
      await store.create({ job, queueLimit: 10_000 });
      await store.addImage(imageRecord(job, new Uint8Array([n % 256])));
    }
    const images = await store.sweep({ createdBefore: 2_000, now: 9_000 });
    expect(images).toHaveLength(1_200);
    await store.removeImages(images);
    expect(await redis.get(redisKeys.imageBytes)).toBe('0');
    await redis.del(redisKeys.imageBytes);
    expect(await redis.keys('*')).toEqual([]);
  });

  test('a claim goes by itself, an hour after it ends', async () => {
    const redis = server().connect();
    const claim = { id: 'a'.repeat(64), inputHash: 'one', expiresAt: 1_000 + 24 * 3_600_000 };
    await createRedisJobStore(redis).create({ job: jobRecord(), claim, queueLimit: 1 });
    const secondsLeft = await redis.ttl(redisKeys.claim(claim.id));
    expect(secondsLeft).toBeGreaterThan(24 * 3_600);
    expect(secondsLeft).toBeLessThanOrEqual(25 * 3_600);
  });
});
