import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { takeTurns } from './take-turns.ts';

describe('turns', () => {
  test('who comes alone begins at once', async () => {
    const turn = takeTurns();
    expect(turn()).toBeUndefined();
    for (let turns = 0; turns < 3; turns += 1) await nextTurn();
    expect(turn()).toBeUndefined();
  });

  test('those who come together begin one after the other, each with the loop free for others between', async () => {
    const turn = takeTurns();
    const told: string[] = [];
    const work = async (name: string): Promise<void> => {
      await turn();
      told.push(name);
      // What a request leaves for later, such as its bytes to the endpoint, happens before the next begins.
      setImmediate(() => told.push(`${name} sent`));
    };
    await Promise.all(['one', 'two', 'three'].map(work));
    await nextTurn();
    expect(told).toEqual(['one', 'one sent', 'two', 'two sent', 'three', 'three sent']);
  });
});
