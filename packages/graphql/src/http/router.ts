import { randomUUID } from 'node:crypto';
import type { Authenticate } from '../gateway/authenticate.ts';
import type { GatewayServices } from '../gateway/gateway-services.ts';
import { createGraphqlRoute, graphqlPath } from './graphql-route.ts';
import { asksForPage, createGraphiqlPage } from './graphiql-page.ts';
import { serveImage } from './image-route.ts';
import { jsonResponse, methodNotAllowed, problemResponse } from './json-response.ts';

export interface RouterOptions {
  readonly services: GatewayServices;
  readonly authenticate: Authenticate;
  /** What stands before the paths in addresses given out. @default what the request was addressed to */
  readonly publicUrl: string | undefined;
  readonly graphiql: boolean;
  readonly introspection: boolean;
  /** Names why the gateway's own parts are not ready; `undefined` when they are. */
  readonly notReady: () => Promise<string | undefined>;
  readonly onMistake: (error: unknown, requestId: string) => void;
}

/** Every address of the gateway. */
export function createRouter(options: RouterOptions) {
  const { services, authenticate, publicUrl, graphiql, introspection, notReady, onMistake } = options;
  const graphql = createGraphqlRoute({ introspection, onMistake: (error) => onMistake(error, 'graphql') });
  const graphiqlPage = createGraphiqlPage(graphqlPath);

  async function route(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const [, first = '', second, ...rest] = url.pathname.split('/');
    if (url.pathname === graphqlPath) {
      if (graphiql && asksForPage(request)) return graphiqlPage();
      const owner = authenticate(request);
      if (owner === undefined) return unauthenticated();
      return graphql.handle(request, { owner, baseUrl: publicUrl ?? url.origin, services });
    }
    if (first === 'images' && second !== undefined && second !== '' && rest.length === 0) {
      return serveImage(request, second, services.pictures);
    }
    switch (url.pathname) {
      case '/health': {
        return isRead(request) ? jsonResponse({ status: 'ok' }) : methodNotAllowed(request, 'GET, HEAD');
      }
      case '/ready': {
        return isRead(request) ? readiness(await notReady()) : methodNotAllowed(request, 'GET, HEAD');
      }
      case '/': {
        if (graphiql && asksForPage(request))
          return new Response(null, { status: 303, headers: { location: graphqlPath } });
        return notFound(request);
      }
      default: {
        return notFound(request);
      }
    }
  }

  return {
    async handle(request: Request): Promise<Response> {
      const requestId = randomUUID();
      let response: Response;
      try {
        response = await route(request);
      } catch (error) {
        onMistake(error, requestId);
        response = mistake(requestId);
      }
      response.headers.set('x-request-id', requestId);
      response.headers.set('x-content-type-options', 'nosniff');
      response.headers.set('referrer-policy', 'no-referrer');
      return response;
    },
    async dispose(): Promise<void> {
      await graphql.dispose();
    },
  };
}

function isRead({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

function readiness(problem: string | undefined): Response {
  if (problem === undefined) return jsonResponse({ status: 'ready' });
  return jsonResponse({ status: 'not ready', error: problem }, { status: 503, headers: { 'retry-after': '5' } });
}

function unauthenticated(): Response {
  const message = 'The API key is missing or wrong.';
  const hint = 'Send it as Authorization: Bearer <key>. The operator of the gateway gives keys out.';
  return jsonResponse(
    { error: `${message} ${hint}`, hint, errors: [{ message, extensions: { code: 'UNAUTHENTICATED', hint } }] },
    { status: 401, headers: { 'www-authenticate': 'Bearer' } },
  );
}

function notFound(request: Request): Response {
  const { pathname } = new URL(request.url);
  return problemResponse({
    status: 404,
    error: `There is nothing at ${pathname}.`,
    hint: 'GraphQL is at /graphql, pictures are at /images/<id>, and /health tells whether the gateway is up.',
  });
}

function mistake(requestId: string): Response {
  return problemResponse({
    status: 500,
    error: 'The gateway made a mistake.',
    hint: `Tell its operator the request's id, ${requestId}: the log has the details.`,
  });
}
