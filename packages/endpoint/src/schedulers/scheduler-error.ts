/** A scheduler's settings, or a number of steps, that it cannot work with. The message says which and what to do. */
export class SchedulerError extends Error {
  override readonly name = 'SchedulerError';
}
