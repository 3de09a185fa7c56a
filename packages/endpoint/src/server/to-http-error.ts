import { PlannedFailure } from '../faults/fault-plan.ts';
import { HttpError } from './http-error.ts';
import { ModelError } from '../pipeline/model-error.ts';
import { ThreadLostError } from '../worker/lasting-worker.ts';
import { SchedulerError } from '../schedulers/scheduler-error.ts';

/** A guess at how long the model takes to load again, in seconds. */
const againSeconds = 2;

/** The HTTP response to whatever went wrong; unforeseen causes are the model's. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof PlannedFailure) {
    const { status, retryAfterSeconds } = error.plan;
    const headers = retryAfterSeconds === undefined ? undefined : { 'retry-after': String(retryAfterSeconds) };
    return new HttpError(status, error.message, headers);
  }
  if (error instanceof SchedulerError) return new HttpError(400, error.message);
  // 503, so that clients repeat the request by themselves: nothing was drawn, and nothing was wrong with it.
  if (error instanceof ThreadLostError) {
    return new HttpError(503, `${error.message} Try again in about ${againSeconds} s.`, {
      'retry-after': String(againSeconds),
    });
  }
  if (error instanceof ModelError) return new HttpError(500, error.message);
  const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  return new HttpError(
    500,
    `The model could not draw this image: ${reason.slice(0, 300)} Try another size, such as the model's own.`,
  );
}
