import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { OneAtATime } from './save-image.ts';

it('does one thing after the other, and goes on after one that fails', async () => {
  const line = new OneAtATime();
  const log: string[] = [];
  const work = (name: string, ms: number) => async (): Promise<string> => {
    log.push(`${name} begins`);
    await wait(ms);
    log.push(`${name} ends`);
    if (name === 'second') throw new Error('no room');
    return name;
  };
  const outcomes = await Promise.allSettled([
    line.run(work('first', 10)),
    line.run(work('second', 1)),
    line.run(work('third', 0)),
  ]);
  expect(outcomes).toEqual([
    { status: 'fulfilled', value: 'first' },
    { status: 'rejected', reason: new Error('no room') },
    { status: 'fulfilled', value: 'third' },
  ]);
  expect(log).toEqual(['first', 'second', 'third'].flatMap((name) => [`${name} begins`, `${name} ends`]));
});
