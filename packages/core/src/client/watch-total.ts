import type { Effects } from './engine.ts';
import { DeadlinePassed } from './watch-deadlines.ts';

/**
 * Aborts the controller when a call's whole time is over.
 * @returns ends the watch.
 */
export function watchTotal(effects: Pick<Effects, 'sleep'>, totalMs: number, stop: AbortController): () => void {
  if (totalMs === Infinity) return () => undefined;
  const done = new AbortController();
  const watch = async (): Promise<void> => {
    // It may end by rejecting when the watch is over.
    await effects.sleep(totalMs, done.signal).catch(() => undefined);
    if (!done.signal.aborted) stop.abort(new DeadlinePassed('total'));
  };
  void watch();
  return () => done.abort();
}
