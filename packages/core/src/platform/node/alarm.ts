import type { Alarm } from '../../client/engine.ts';
import { longestTimer } from './sleep.ts';

/** An alarm on Node's timers, which end those that are too long for them at once. */
export const alarm: Alarm = (ms, ring) => {
  const ringsAt = performance.now() + ms;
  let timer: NodeJS.Timeout;
  const wind = (left: number): void => {
    timer = setTimeout(
      () => (left > longestTimer ? wind(ringsAt - performance.now()) : ring()),
      Math.min(left, longestTimer),
    );
  };
  if (ms !== Infinity) wind(ms);
  return () => clearTimeout(timer);
};
