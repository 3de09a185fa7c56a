import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSharedTurns } from '../../src/redis/shared-turns.ts';
import { redisOfFile } from './redis-server.ts';

const server = redisOfFile();

/** Long enough that a busy machine renews a turn in time. */
const turn = { what: 'sweeping', forMs: 1_500 } as const;

function process() {
  const takeTurn = createSharedTurns(server().connect());
  let turns = 0;
  return {
    take: async (ms = 0) =>
      takeTurn(turn, async () => {
        turns += 1;
        await sleep(ms);
      }),
    turns: () => turns,
  };
}

test('of many processes one does what one does for all, until its time is over', async () => {
  const processes = [process(), process(), process()];
  await Promise.all(processes.map(async ({ take }) => take()));
  const total = () => processes.reduce((sum, { turns }) => sum + turns(), 0);
  expect(total()).toBe(1);
  const [one] = processes;
  await expect.poll(async () => one?.take().then(total)).toBe(2);
});

test('a turn lasts as long as its work, however long that is', async () => {
  const [one, other] = [process(), process()];
  const working = one.take(turn.forMs * 2);
  await sleep(turn.forMs * 1.5);
  await other.take();
  expect([one.turns(), other.turns()]).toEqual([1, 0]);
  await working;
  await expect.poll(async () => other.take().then(other.turns)).toBe(1);
});
