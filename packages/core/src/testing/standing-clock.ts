import { setImmediate as turn } from 'node:timers/promises';
import { onTestFinished, vi } from 'vitest';

/** Stops the clock for this test, so that a deadline passes when the test says so, however slow the machine is. */
export function standingClock(): { readonly passes: (ms: number) => Promise<void> } {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  return {
    passes: async (ms) => {
      // What the server has written by now, the client reads in these turns of the event loop.
      for (let count = 0; count < 3; count += 1) await turn();
      vi.advanceTimersByTime(ms);
    },
  };
}
