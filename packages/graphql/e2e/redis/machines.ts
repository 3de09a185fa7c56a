import type { GatewayOptions, GatewayRole } from '../../src/index.ts';
import { answerImage, stubEndpoint } from '../../src/testing/stub-endpoint.ts';
import { temporaryDirectory, testGateway, type TestGateway } from '../../src/testing/test-gateway.ts';
import type { RedisServer } from './redis-server.ts';

/** What is said for a machine beside what all have. */
export type MachineOptions = Omit<GatewayOptions, 'endpoint'>;

type Start = (options?: MachineOptions) => Promise<TestGateway>;

/** Gateways and workers of one deployment, gone when the test ends. */
export interface Machines {
  readonly gateway: Start;
  readonly worker: Start;
  readonly all: Start;
  /** What all have, for machines in processes of their own. */
  readonly options: GatewayOptions;
}

/** What turns out dead is taken up soon, so that no test has to wait long; a busy machine is not taken for dead. */
export const leaseMs = 2_000;

/** All machines share a Redis and a folder of images, and speak to the endpoint at this address. */
export function machinesOn(server: Pick<RedisServer, 'url'>, endpoint: string): Machines {
  const options = {
    endpoint: { url: endpoint },
    redisUrl: server.url,
    store: temporaryDirectory(),
    lease: leaseMs,
    rateLimit: 1_000_000,
  } as const satisfies GatewayOptions;
  const start =
    (role: GatewayRole): Start =>
    async (change = {}) =>
      testGateway(options.endpoint, { ...options, ...change, role });
  return { gateway: start('gateway'), worker: start('worker'), all: start('all'), options };
}

export const input = { prompt: 'a red fox', width: 64, height: 64 } as const;

export const imageMutation = /* GraphQL */ `
  mutation ($input: GenerateImageInput!) {
    generateImage(input: $input) {
      __typename
      ... on Image {
        id
        warnings
      }
      ... on Error {
        code
        message
        hint
      }
    }
  }
`;

const enqueueMutation = /* GraphQL */ `
  mutation ($input: GenerateImageInput!) {
    enqueueImage(input: $input) {
      ... on Job {
        id
      }
      ... on Error {
        code
        message
      }
    }
  }
`;

/** Asks for an image; answers the job's id. */
export async function enqueueImage(
  gateway: Pick<TestGateway, 'graphql'> | undefined,
  { input: asked, init }: { readonly input: Record<string, unknown>; readonly init?: RequestInit },
): Promise<string> {
  const answer = await gateway?.graphql(enqueueMutation, { input: asked }, init);
  const { id, message } = answer?.data['enqueueImage'] ?? {};
  if (typeof id !== 'string')
    throw new Error(`The job was not accepted: ${typeof message === 'string' ? message : answer?.text}`);
  return id;
}

/** An endpoint that answers when it is told to, in the order of the calls. */
export async function heldEndpoint() {
  const held: (() => void)[] = [];
  const endpoint = await stubEndpoint(async (call, response, calls) => {
    await new Promise<void>((resolve) => {
      held.push(resolve);
    });
    answerImage(call, response, calls);
  });
  return {
    endpoint,
    /** What it was asked for, in order. */
    prompts: () => endpoint.calls.map((call) => String(call.body['inputs'])),
    /** Lets the oldest call have its answer. */
    release: () => held.shift()?.(),
  };
}
