import { tracingChannel } from 'node:diagnostics_channel';
import type { Effects } from '../client/engine.ts';

/**
 * Tracing channels for OpenTelemetry and the like: `tracing:tintype:generate:*` around a call and
 * `tracing:tintype:attempt:*` around each POST. The messages hold the call's or the POST's number and, in the end, the
 * result or error; never the prompt or the token.
 */
const channels = {
  generate: tracingChannel('tintype:generate'),
  attempt: tracingChannel('tintype:attempt'),
} as const;

/** Runs a piece of work inside its channel; costs one comparison where nobody listens. */
export const traced: Effects['trace'] = async (name, facts, work) => {
  const channel = channels[name];
  return channel.hasSubscribers ? channel.tracePromise(work, { ...facts }) : work();
};
