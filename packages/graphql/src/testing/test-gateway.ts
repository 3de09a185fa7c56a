import { mkdtempDisposableSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { createGateway, type Gateway } from '../gateway/create-gateway.ts';
import type { GatewayOptions } from '../gateway/gateway-options.ts';

/** What GraphQL over HTTP answers. */
export interface GraphqlAnswer {
  readonly status: number;
  // The tests say what they expect of it.
  readonly data: Record<string, Record<string, unknown> | null>;
  readonly errors:
    | readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[]
    | undefined;
  readonly text: string;
}

export interface TestGateway {
  readonly gateway: Gateway;
  readonly url: string;
  readonly store: string;
  readonly graphql: (query: string, variables?: Record<string, unknown>, init?: RequestInit) => Promise<GraphqlAnswer>;
}

/** A directory that goes when the test ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempDisposableSync(path.join(os.tmpdir(), 'tintype-'));
  onTestFinished(() => directory.remove());
  return directory.path;
}

/** A gateway on a free port of this machine, gone when the test ends. */
export async function testGateway(
  endpoint: string | GatewayOptions['endpoint'],
  options: Omit<GatewayOptions, 'endpoint'> = {},
): Promise<TestGateway> {
  const store = options.store ?? temporaryDirectory();
  const gateway = createGateway({
    port: 0,
    drain: 0,
    store,
    ...options,
    endpoint: typeof endpoint === 'string' ? { url: endpoint, token: 'hf_endpoint_secret' } : endpoint,
  });
  onTestFinished(async () => gateway.close());
  const { localUrl: url } = await gateway.listen();
  return { gateway, url, store, graphql: async (...request) => askGraphql(url, ...request) };
}

export async function askGraphql(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  { headers, ...init }: RequestInit = {},
): Promise<GraphqlAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    body: JSON.stringify({ query, variables }),
    ...init,
    headers: { 'content-type': 'application/json', ...(headers as Record<string, string>) },
  });
  const text = await response.text();
  const body = JSON.parse(text) as Pick<GraphqlAnswer, 'data' | 'errors'>;
  return { status: response.status, data: body.data ?? {}, errors: body.errors, text };
}

/** Everything the union of `generateImage` can say. */
export const generateImage = /* GraphQL */ `
  mutation ($input: GenerateImageInput!) {
    generateImage(input: $input) {
      __typename
      ... on Image {
        id
        url
        mediaType
        width
        height
        byteLength
        sha256
        seed
        durationMs
        warnings
        createdAt
        parameters {
          prompt
          negativePrompt
          width
          height
          guidanceScale
          inferenceSteps
          extra
        }
      }
      ... on GenerationPending {
        job {
          id
          status
          queuePosition
        }
      }
      ... on Error {
        message
        code
        hint
        retryable
        docs
      }
      ... on InvalidInputError {
        issues {
          path
          message
          got
          allowed
          nearest
        }
      }
      ... on QueueFullError {
        queued
        limit
      }
      ... on RateLimitedError {
        retryAfterMs
      }
    }
  }
`;
