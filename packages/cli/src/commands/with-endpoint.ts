import { createImageClient, type ClientEvent, type NodeImageClient, type TimeoutOptions } from '@tintype/core';
import { endpointTarget, type EndpointTarget } from '../config/endpoint-target.ts';
import { loadEngine, type Engine } from '../engine/load-engine.ts';
import type { CommandContext } from '../config/command-context.ts';
import { startLocalEndpoint } from './local-endpoint.ts';

/** Where images come from: the endpoint that the environment names, or the engine on this machine. */
export type ImageSource =
  | { readonly isLocal: false; readonly target: EndpointTarget }
  | { readonly isLocal: true; readonly engine: Engine };

/** Finds the source of images. May ask whether to install the engine, so call it before showing progress. */
export async function findImageSource(context: CommandContext): Promise<ImageSource> {
  const target = endpointTarget(context.environment);
  if (target !== undefined) return { isLocal: false, target };
  return { isLocal: true, engine: await loadEngine(context, ', or set TINTYPE_ENDPOINT_URL to your own endpoint') };
}

export interface ClientChoice {
  readonly onEvent?: (event: ClientEvent) => void;
  readonly timeout?: TimeoutOptions;
}

/** Runs work against a source of images; the engine's endpoint is started for it alone. */
export async function withEndpoint<Result>(
  source: ImageSource,
  { environment }: CommandContext,
  choice: ClientChoice,
  work: (client: NodeImageClient) => Promise<Result>,
): Promise<Result> {
  if (!source.isLocal) {
    const { url, ...target } = source.target;
    await using client = createImageClient({ endpoint: url, ...target, ...choice });
    return await work(client);
  }
  const local = await startLocalEndpoint(source.engine, environment, { port: 0 });
  try {
    await using client = createImageClient({ endpoint: local.url, ...choice });
    await local.ready();
    return await work(client);
  } finally {
    await local.close();
  }
}
