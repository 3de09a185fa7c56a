import { protocolNames, type ProtocolName } from '@tintype/core';
import { UsageError } from '../output/exit-codes.ts';

/** The endpoint that the environment names. */
export interface EndpointTarget {
  readonly url: string;
  readonly token: string | undefined;
  /** What it speaks. */
  readonly protocol: ProtocolName;
  /** The model that requests name, where the protocol has them name one. */
  readonly model: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads `TINTYPE_ENDPOINT_URL`, `_TOKEN`, which falls back to `HF_TOKEN`, `_PROTOCOL` and `_MODEL`.
 * @throws {UsageError} where the protocol is none.
 */
export function endpointTarget(environment: Environment): EndpointTarget | undefined {
  const url = given(environment['TINTYPE_ENDPOINT_URL']);
  if (url === undefined) return undefined;
  return {
    url,
    token: given(environment['TINTYPE_ENDPOINT_TOKEN']) ?? given(environment['HF_TOKEN']),
    protocol: protocolOf(environment),
    model: given(environment['TINTYPE_ENDPOINT_MODEL']),
  };
}

function protocolOf(environment: Environment): ProtocolName {
  const name = given(environment['TINTYPE_ENDPOINT_PROTOCOL']) ?? 'inference-api';
  const protocol = protocolNames.find((one) => one === name);
  if (protocol !== undefined) return protocol;
  throw new UsageError(`TINTYPE_ENDPOINT_PROTOCOL must be ${protocolNames.join(', ')}; got "${name}".`);
}

function given(value: string | undefined): string | undefined {
  const text = value?.trim();
  return text === '' ? undefined : text;
}
