import { bodyTooLarge } from '@tintype/core/server';
import { GraphQLError } from 'graphql';
import { createYoga, maskError } from 'graphql-yoga';
import { StoreError } from '../gateway/store-error.ts';
import { describeProblem } from '../problems/describe-problem.ts';
import type { Problem } from '../problems/problem.ts';
import type { GatewayContext } from '../schema/gateway-context.ts';
import { schema } from '../schema/schema.ts';
import { withinBodyLimit } from './body-limit.ts';
import { graphqlProblemResponse, methodNotAllowed, problemResponse } from './json-response.ts';
import { useNoIntrospection } from './use-no-introspection.ts';
import { useOperationLimits } from './use-operation-limits.ts';
import { useOperationTracing } from './use-operation-tracing.ts';

export interface GraphqlRouteOptions {
  /** Whether the schema may be asked for. */
  readonly introspection: boolean;
  /** Told about mistakes in the gateway, which callers only see masked. */
  readonly onMistake: (error: unknown) => void;
}

/** What the router knows of a request. */
export type RequestFacts = Pick<GatewayContext, 'owner' | 'baseUrl' | 'services'>;

export const graphqlPath = '/graphql';

/** `/graphql`: GraphQL over HTTP, subscriptions as server-sent events. */
export function createGraphqlRoute({ introspection, onMistake }: GraphqlRouteOptions) {
  const yoga = createYoga<RequestFacts>({
    schema,
    graphqlEndpoint: graphqlPath,
    // The router answers these.
    graphiql: false,
    landingPage: false,
    healthCheckEndpoint: '/health',
    cors: false,
    multipart: false,
    // Looked after below, for less.
    maxRequestBodySize: false,
    maskedErrors: { maskError: (error, message, isDev) => storeProblem(error) ?? maskError(error, message, isDev) },
    logging: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: onMistake },
    plugins: [useOperationLimits(), ...(introspection ? [] : [useNoIntrospection()]), useOperationTracing()],
  });

  return {
    async handle(request: Request, facts: RequestFacts): Promise<Response> {
      if (request.method !== 'GET' && request.method !== 'POST') return methodNotAllowed(request, 'GET, POST');
      if (isForm(request)) return problemResponse(formRefused);
      const limited = await withinBodyLimit(request);
      return limited === undefined ? graphqlProblemResponse(tooLarge) : yoga.fetch(limited, facts);
    },
    async dispose(): Promise<void> {
      await yoga.dispose();
    },
  };
}

/** What callers may know of a store that fails; all other errors of the gateway are masked. */
function storeProblem(error: unknown): GraphQLError | undefined {
  const cause = error instanceof GraphQLError ? error.originalError : error;
  if (!(cause instanceof StoreError)) return undefined;
  const { message, hint, docs } = describeProblem(cause.problem, 'caller');
  const { nodes = null, path = null } = error instanceof GraphQLError ? error : {};
  return new GraphQLError(message, {
    nodes,
    path,
    extensions: { code: 'STORAGE_FAILED', hint, docs },
  });
}

/**
 * A page of any origin may send a form without asking first (a "simple request" of the Fetch standard), and so could make
 * images in the name of whoever reads it.
 */
function isForm(request: Request): boolean {
  const type = request.headers.get('content-type') ?? '';
  return /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type.trim());
}

const tooLarge: Problem = {
  kind: 'refused',
  ...bodyTooLarge,
  hint: 'Send a shorter operation, or a shorter prompt.',
};

const formRefused: Problem = {
  kind: 'refused',
  status: 415,
  message: 'Forms are not accepted here.',
  hint: 'Send JSON: Content-Type: application/json and { "query": "…", "variables": {…} }.',
};
