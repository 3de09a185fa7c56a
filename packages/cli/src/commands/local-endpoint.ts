import type { EndpointOptions } from '@tintype/endpoint';
import type { Engine } from '../engine/load-engine.ts';
import type { CommandContext } from '../config/command-context.ts';
import { EngineError } from '../output/exit-codes.ts';
import { listenProblem } from './listen-problem.ts';

/** An Inference API that this process serves. */
export interface LocalEndpoint {
  readonly url: string;
  /** Settles once the model is loaded; until then the endpoint responds with 503. @throws ModelError if it cannot be */
  ready(): Promise<unknown>;
  /** Rejects if it can no longer make images: the model did not load, or its thread died for good. Never resolves. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

/** Serves the model that `TINTYPE_MODEL` names, or the one that comes with Tintype. */
export async function startLocalEndpoint(
  { createEndpoint }: Engine,
  environment: CommandContext['environment'],
  options: EndpointOptions,
): Promise<LocalEndpoint> {
  const folder = environment['TINTYPE_MODEL']?.trim();
  const failure = Promise.withResolvers<never>();
  // Whoever waits for it is told of it; nobody has to.
  failure.promise.catch(() => undefined);
  const endpoint = createEndpoint({
    ...(folder === undefined || folder === '' ? {} : { model: folder }),
    ...options,
    onEvent: (event) => {
      options.onEvent?.(event);
      const isFatal = event.type === 'model-failed' || (event.type === 'thread-lost' && !event.isStartedAgain);
      if (isFatal) failure.reject(new EngineError(event.message));
    },
  });
  const { url } = await endpoint.listen().catch((error: unknown) => {
    throw listenProblem(error, options.port, options.host);
  });
  return {
    url,
    ready: async () => endpoint.ready(),
    failed: failure.promise,
    close: async () => endpoint.close(),
  };
}
