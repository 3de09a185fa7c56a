import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createFairJobQueue, type FairJobQueueOptions } from './fair-job-queue.ts';

function startedQueue(options?: FairJobQueueOptions) {
  const queue = createFairJobQueue(options);
  const started: string[] = [];
  const finish = new Map<string, () => void>();
  const reasons = new Map<string, unknown>();
  const start = () =>
    queue.start((jobId, signal) => {
      started.push(jobId);
      return new Promise<void>((resolve) => {
        finish.set(jobId, resolve);
        signal.addEventListener('abort', () => {
          reasons.set(jobId, signal.reason);
          resolve();
        });
      });
    });
  const end = async (jobId: string) => {
    finish.get(jobId)?.();
    await setImmediate();
  };
  return { queue, started, reasons, start, end };
}

async function addAll(queue: ReturnType<typeof createFairJobQueue>, owner: string, ids: readonly string[]) {
  for (const jobId of ids) await queue.add({ jobId, owner });
}

describe('the queue in process', () => {
  test('runs one job at a time, in the order they came', async () => {
    const { queue, started, start, end } = startedQueue();
    start();
    await addAll(queue, 'ann', ['a1', 'a2']);
    expect(started).toEqual(['a1']);
    expect(queue.running).toBe(1);
    await end('a1');
    expect(started).toEqual(['a1', 'a2']);
  });

  test('gives owners turns, so that a long line does not hold up a short one', async () => {
    const { queue, started, start, end } = startedQueue();
    await addAll(queue, 'ann', ['a1', 'a2', 'a3', 'a4']);
    await addAll(queue, 'bob', ['b1', 'b2']);
    await addAll(queue, 'cid', ['c1']);
    const promised = await queue.waiting();
    expect(promised).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
    expect(await queue.position('b1')).toBe(2);
    start();
    for (const jobId of promised) await end(jobId);
    expect(started).toEqual(promised);
  });

  test('an owner who comes late is next but for those before in the round', async () => {
    const { queue, started, start, end } = startedQueue();
    start();
    await addAll(queue, 'ann', ['a1', 'a2', 'a3']);
    await addAll(queue, 'bob', ['b1']);
    for (const jobId of ['a1', 'a2', 'b1', 'a3']) await end(jobId);
    expect(started).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  test('runs as many at once as it may, and no more of one owner than that owner may', async () => {
    const { queue, started, start, end } = startedQueue({ concurrency: 3, concurrencyPerOwner: 2 });
    start();
    await addAll(queue, 'ann', ['a1', 'a2', 'a3']);
    expect(started).toEqual(['a1', 'a2']);
    await addAll(queue, 'bob', ['b1']);
    expect(started).toEqual(['a1', 'a2', 'b1']);
    await end('a1');
    expect(started).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  test('a job taken out never runs, and is out only once', async () => {
    const { queue, started, start, end } = startedQueue();
    start();
    await addAll(queue, 'ann', ['a1', 'a2']);
    expect(await queue.remove('a2')).toBe(true);
    expect(await queue.remove('a2')).toBe(false);
    expect(await queue.position('a2')).toBeUndefined();
    await end('a1');
    expect(started).toEqual(['a1']);
  });

  test('aborts a running job with the reason given, and says when there was none', async () => {
    const { queue, reasons, start } = startedQueue();
    start();
    await addAll(queue, 'ann', ['a1']);
    const reason = new Error('canceled');
    expect(await queue.abort('a1', reason)).toBe(true);
    expect(await queue.abort('a9', reason)).toBe(false);
    expect(reasons.get('a1')).toBe(reason);
  });

  test('closing lets running jobs end and starts no other', async () => {
    const { queue, started, reasons, start, end } = startedQueue();
    start();
    await addAll(queue, 'ann', ['a1', 'a2']);
    const closed = queue.close({ drainMs: 60_000, reason: new Error('closing') });
    await end('a1');
    await closed;
    expect(started).toEqual(['a1']);
    expect(reasons.size).toBe(0);
    expect(await queue.waiting()).toEqual(['a2']);
  });

  test('closing aborts what does not end in time', async () => {
    const { queue, reasons, start } = startedQueue();
    start();
    await addAll(queue, 'ann', ['a1']);
    const reason = new Error('closing');
    await queue.close({ drainMs: 0, reason });
    expect(reasons.get('a1')).toBe(reason);
  });
});
