import { createImageClient, type ClientEvent, type NodeImageClient, type TimeoutOptions } from '@tintype/core';
import { endpointTarget } from '../config/endpoint-target.ts';
import type { CommandContext } from './command-context.ts';

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
  const { createEndpoint } = await import('@tintype/endpoint');
  const endpoint = createEndpoint({ port: 0, ...model(environment) });
  const { url } = await endpoint.listen();
  const client = createImageClient({ endpoint: url, ...choice });
  try {
    return await work({ client, url, isLocal: true });
  } finally {
    await client.close();
    await endpoint.close();
  }
}

/** The model folder that `TINTYPE_MODEL` names. */
export function model(environment: CommandContext['environment']): { readonly model?: string } {
  const folder = environment['TINTYPE_MODEL']?.trim();
  return folder === undefined || folder === '' ? {} : { model: folder };
}
