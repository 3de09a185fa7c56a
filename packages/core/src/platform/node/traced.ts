import { tracingChannel } from 'node:diagnostics_channel';
import type { Trace } from '../../client/engine.ts';
import { ImageError } from '../../errors/image-error.ts';

/**
 * Tracing channels for OpenTelemetry and the like: `tracing:tintype:generate:*` around a call and
 * `tracing:tintype:attempt:*` around each POST. The messages hold the call's or the POST's number and, in the end, a
 * `result` (the image's size and type, or the `Attempt`) or an `error` with `code` and `status`. Nothing that the endpoint
 * wrote is in them, and so no prompt and no token that it repeats.
 */
const channels = {
  generate: tracingChannel('tintype:generate'),
  attempt: tracingChannel('tintype:attempt'),
} as const;

/** Runs a piece of work inside its channel; costs one comparison where nobody listens. */
export const traced: Trace = async (name, facts, work, shown) => {
  const channel = channels[name];
  if (!channel.hasSubscribers) return work();
  let running: ReturnType<typeof work> | undefined;
  await channel
    .tracePromise(
      async () => {
        running = work();
        return shown(await running.catch((error: unknown) => Promise.reject(shownError(error))));
      },
      { ...facts },
    )
    .catch(() => undefined);
  return running ?? work();
};

function shownError(error: unknown): object {
  if (ImageError.isInstance(error)) return { name: error.name, code: error.code, status: error.status };
  return { name: error instanceof Error ? error.name : 'Error' };
}
