import { onTestFinished } from 'vitest';
import { createEndpoint, type Endpoint } from '../server/create-endpoint.ts';
import { systemEffects, type EndpointEffects } from '../server/endpoint-effects.ts';
import type { EndpointEvent } from '../server/endpoint-event.ts';
import type { EndpointOptions } from '../server/endpoint-options.ts';

export interface RunningEndpoint {
  readonly url: string;
  readonly endpoint: Endpoint;
  readonly events: readonly EndpointEvent[];
}

/** A loaded endpoint on a free port, closed when the test is over. */
export async function startEndpoint(
  options: EndpointOptions = {},
  effects: Partial<EndpointEffects> = {},
): Promise<RunningEndpoint> {
  const running = await listenOnly(options, effects);
  onTestFinished(async () => running.endpoint.close());
  await running.endpoint.ready();
  return running;
}

/** The same without waiting for the model, and without anyone to close it. */
export async function listenOnly(
  options: EndpointOptions = {},
  effects: Partial<EndpointEffects> = {},
): Promise<RunningEndpoint> {
  const events: EndpointEvent[] = [];
  const endpoint = createEndpoint(
    {
      port: 0,
      ...options,
      onEvent: (event) => {
        events.push(event);
        options.onEvent?.(event);
      },
    },
    { ...systemEffects, ...effects },
  );
  const { url } = await endpoint.listen();
  return { url, endpoint, events };
}
