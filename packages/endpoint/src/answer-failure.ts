import { HttpError } from './http/http-error.ts';
import { ModelError } from './pipeline/model-error.ts';
import { ThreadLostError } from './worker/thread-lost-error.ts';
import { SchedulerError } from './schedulers/scheduler-error.ts';

/** A guess at how long the model takes to load again, in seconds. */
const againSeconds = 2;

/** The HTTP answer to whatever went wrong; causes that nobody foresaw are the model's own. */
export function answerFailure(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof SchedulerError) return new HttpError(400, error.message);
  // 503, so that clients ask again by themselves: nothing was drawn, and nothing was wrong with the request.
  if (error instanceof ThreadLostError) {
    return new HttpError(503, `${error.message} Ask again in about ${againSeconds} s.`, {
      'retry-after': String(againSeconds),
    });
  }
  if (error instanceof ModelError) return new HttpError(500, error.message);
  const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  return new HttpError(
    500,
    `The model could not draw this picture: ${reason.slice(0, 300)} Try another size, such as the model's own.`,
  );
}
