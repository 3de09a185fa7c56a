import type { Alarm, Effects, Sleep } from '../../client/engine.ts';

// One for all: without a reason of ours, each abort makes an error with a stack.
const takenOff = new Error('The alarm was taken off.');

/** An alarm for platforms that have but a sleep. */
export function alarmFromSleep(sleep: Sleep, now: Effects['now']): Alarm {
  return (ms, ring) => {
    if (ms === Infinity) return () => undefined;
    const off = new AbortController();
    const watch = async (): Promise<void> => {
      const ringsAt = now() + ms;
      for (let left = ms; left > 0 && !off.signal.aborted; left = ringsAt - now()) {
        // It may end by rejecting when it is taken off, and too soon where timers have a longest time.
        await sleep(left, off.signal).catch(() => undefined);
      }
      if (!off.signal.aborted) ring();
    };
    void watch();
    return () => off.abort(takenOff);
  };
}
