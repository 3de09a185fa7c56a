import { describe, expect, it } from 'vitest';
import { FifoQueue, QueueFullError } from './fifo-queue.ts';

const never = new AbortController().signal;

describe('FifoQueue', () => {
  it('runs one task at a time, in the order they came', async () => {
    const queue = new FifoQueue(10);
    const log: string[] = [];
    const task = (name: string) => async (): Promise<void> => {
      log.push(`${name} starts`);
      await Promise.resolve();
      log.push(`${name} ends`);
    };
    await Promise.all(['a', 'b', 'c'].map(async (name) => queue.run(task(name), never)));
    expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
    expect(queue.running).toBe(0);
  });

  it('refuses what it has no room for and goes on with the rest', async () => {
    const queue = new FifoQueue(1);
    const gate = Promise.withResolvers<string>();
    const running = queue.run(async () => gate.promise, never);
    const waiting = queue.run(async () => 'second', never);
    await expect(queue.run(async () => 'third', never)).rejects.toThrow(QueueFullError);
    gate.resolve('first');
    expect(await Promise.all([running, waiting])).toEqual(['first', 'second']);
  });

  it('gives the place of one who leaves to the next', async () => {
    const queue = new FifoQueue(1);
    const gate = Promise.withResolvers<string>();
    const leaver = new AbortController();
    const running = queue.run(async () => gate.promise, never);
    const left = queue.run(async () => 'left', leaver.signal);
    leaver.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    const stayed = queue.run(async () => 'stayed', never);
    gate.resolve('first');
    expect(await Promise.all([running, stayed])).toEqual(['first', 'stayed']);
  });

  it('goes on after a task that failed', async () => {
    const queue = new FifoQueue(1);
    const failing = queue.run(async () => Promise.reject(new Error('broken')), never);
    const next = queue.run(async () => 'next', never);
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('next');
  });
});
