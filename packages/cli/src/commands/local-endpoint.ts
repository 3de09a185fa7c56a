import type { EndpointOptions } from '@tintype/endpoint';
import type { Engine } from '../engine/load-engine.ts';
import type { CommandContext } from './command-context.ts';
import { listenProblem } from './listen-problem.ts';

/** An Inference API that this process serves. */
export interface LocalEndpoint {
  readonly url: string;
  /** Settles once the model is loaded; until then it answers 503. */
  ready(): Promise<unknown>;
  close(): Promise<void>;
}

/** Serves the model that `TINTYPE_MODEL` names, or the one that comes with Tintype. */
export async function startLocalEndpoint(
  { createEndpoint }: Engine,
  environment: CommandContext['environment'],
  options: EndpointOptions,
): Promise<LocalEndpoint> {
  const folder = environment['TINTYPE_MODEL']?.trim();
  const endpoint = createEndpoint({ ...(folder === undefined || folder === '' ? {} : { model: folder }), ...options });
  const { url } = await endpoint.listen().catch((error: unknown) => {
    throw listenProblem(error, options.port, options.host);
  });
  return { url, ready: async () => endpoint.ready(), close: async () => endpoint.close() };
}
