import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createJobLeases, type JobLeases } from '../../src/redis/job-leases.ts';
import { redisOfFile } from './redis-server.ts';

const server = redisOfFile();

/** Long enough that a worker on a busy machine renews its leases in time. */
const leaseMs = 2_000;

/** A worker's leases, of which an owner may have one. */
function worker(): JobLeases {
  const leases = createJobLeases({ redis: server().connect(), leaseMs, mostPerOwner: 1, onEnd: () => undefined });
  onTestFinished(() => leases.stop());
  return leases;
}

const first = { jobId: 'job_1', owner: 'ann' };
const second = { jobId: 'job_2', owner: 'ann' };

describe('the place that a running job has among its owner’s', () => {
  test('is free when the job ends', async () => {
    const [one, other] = [worker(), worker()];
    expect(await one.take(first)).toBe('taken');
    expect(await other.take(second)).toBe('owner busy');
    expect(await other.take({ ...second, owner: 'bob' })).toBe('taken');
    await other.release(second.jobId);
    await one.release(first.jobId);
    expect(await other.take(second)).toBe('taken');
  });

  test('is held for as long as its worker is alive', async () => {
    const [one, other] = [worker(), worker()];
    await one.take(first);
    await sleep(leaseMs * 1.5);
    expect(await other.take(second)).toBe('owner busy');
    expect(await other.take(first)).toBe('held');
  });

  test('is free when its worker has fallen silent, though nobody runs the job again', async () => {
    const [silent, other] = [worker(), worker()];
    await silent.take(first);
    silent.stop();
    expect(await other.take(second)).toBe('owner busy');
    await expect.poll(async () => other.take(second)).toBe('taken');
  });

  test('is not taken from another worker by one that comes back late', async () => {
    const [late, other, third] = [worker(), worker(), worker()];
    await late.take(first);
    late.stop();
    await expect.poll(async () => other.take(first)).toBe('taken');
    await late.release(first.jobId);
    expect(await third.take(second)).toBe('owner busy');
  });

  test('leaves nothing in Redis when all workers have fallen silent', async () => {
    const silent = worker();
    await silent.take(first);
    silent.stop();
    const redis = server().connect();
    expect(await redis.keys('*')).toHaveLength(2);
    await expect.poll(async () => redis.keys('*')).toEqual([]);
  });
});
