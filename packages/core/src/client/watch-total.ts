import type { Effects } from './engine.ts';
import { DeadlinePassed, watchOver } from './watch-deadlines.ts';

/**
 * Aborts the controller when a call's whole time is over.
 * @returns ends the watch.
 */
export function watchTotal(
  effects: Pick<Effects, 'sleep' | 'now'>,
  totalMs: number,
  stop: AbortController,
): () => void {
  if (totalMs === Infinity) return () => undefined;
  const done = new AbortController();
  const watch = async (): Promise<void> => {
    const endsAt = effects.now() + totalMs;
    for (let left = totalMs; left > 0 && !done.signal.aborted; left = endsAt - effects.now()) {
      // It may end by rejecting when the watch is over, and too soon where timers have a longest time.
      await effects.sleep(left, done.signal).catch(() => undefined);
    }
    if (!done.signal.aborted) stop.abort(new DeadlinePassed('total'));
  };
  void watch();
  return () => done.abort(watchOver);
}
