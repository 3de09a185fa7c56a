import { HttpError } from './http/http-error.ts';
import { ModelError } from './pipeline/model-error.ts';
import { SchedulerError } from './schedulers/scheduler-error.ts';

/** The HTTP answer to whatever went wrong; causes that nobody foresaw are the model's own. */
export function answerFailure(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof SchedulerError) return new HttpError(400, error.message);
  if (error instanceof ModelError) return new HttpError(500, error.message);
  const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  return new HttpError(
    500,
    `The model could not draw this picture: ${reason.slice(0, 300)} Try another size, such as the model's own.`,
  );
}
