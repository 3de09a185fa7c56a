import { createImageClient, type ClientEvent, type NodeImageClient, type TimeoutOptions } from '@tintype/core';
import { endpointTarget } from '../config/endpoint-target.ts';
import type { CommandContext } from './command-context.ts';
import { startLocalEndpoint } from './local-endpoint.ts';

export interface EndpointUse {
  readonly client: NodeImageClient;
  readonly url: string;
  /** Whether it is the one that comes with Tintype, started for this command alone. */
  readonly isLocal: boolean;
}

export interface ClientChoice {
  readonly onEvent?: (event: ClientEvent) => void;
  readonly timeout?: TimeoutOptions;
}

/** Runs work against the endpoint that the environment names, or else against the one that comes with Tintype. */
export async function withEndpoint<Result>(
  { environment }: CommandContext,
  choice: ClientChoice,
  work: (use: EndpointUse) => Promise<Result>,
): Promise<Result> {
  const target = endpointTarget(environment);
  if (target !== undefined) {
    const client = createImageClient({ endpoint: target.url, token: target.token, ...choice });
    try {
      return await work({ client, url: target.url, isLocal: false });
    } finally {
      await client.close();
    }
  }
  const endpoint = await startLocalEndpoint(environment, { port: 0 });
  const client = createImageClient({ endpoint: endpoint.url, ...choice });
  try {
    await endpoint.ready();
    return await work({ client, url: endpoint.url, isLocal: true });
  } finally {
    await client.close();
    await endpoint.close();
  }
}
