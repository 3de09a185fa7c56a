import { Response } from '@whatwg-node/fetch';
import { randomUUID } from 'node:crypto';
import type { GuardedRequest, LocalGuard } from '@tintype/core/server';
import type { Authenticate } from '../gateway/authenticate.ts';
import type { GatewayOptions } from '../gateway/gateway-options.ts';
import type { GatewayServices } from '../gateway/gateway-services.ts';
import { StoreError } from '../gateway/store-error.ts';
import type { AnswerFacts, Metrics } from '../gateway/metrics.ts';
import type { Problem } from '../problems/problem.ts';
import type { AnsweredFacts } from '../tracing/tracing.ts';
import { createCrossOrigin } from './cross-origin.ts';
import { createGraphqlRoute, graphqlPath } from './graphql-route.ts';
import { asksForPage, createGraphiqlPage } from './graphiql-page.ts';
import { serveImage } from './image-route.ts';
import { graphqlProblemResponse, jsonResponse, methodNotAllowed, problemResponse } from './json-response.ts';
import { predict } from './predict-route.ts';
import { takeTurns } from './take-turns.ts';
import { upkeepPaths } from './upkeep-paths.ts';

/** An answer, for the log and the metrics. */
export interface AnsweredRequest extends AnswerFacts {
  readonly requestId: string;
  readonly owner: string | undefined;
}

export interface RouterOptions {
  readonly services: GatewayServices;
  readonly metrics: Metrics;
  /** Whether this process only runs jobs, and answers no one but those who look after it. */
  readonly isWorker: boolean;
  readonly authenticate: Authenticate;
  /** What stands before the paths in addresses given out. @default what the request was addressed to */
  readonly publicUrl: string | undefined;
  readonly corsOrigins: readonly string[];
  readonly graphiql: GatewayOptions['graphiql'];
  readonly introspection: boolean;
  /** Names why the gateway's own parts are not ready; `undefined` when they are. */
  readonly notReady: () => Promise<string | undefined>;
  readonly onAnswer: (answer: AnsweredRequest) => void;
  readonly onMistake: (error: unknown, requestId: string | undefined) => void;
}

export interface Router {
  /** Responds to a request that the guard lets pass; without one, whoever mounted the gateway decides. */
  readonly handle: (request: Request, guard?: LocalGuard) => Promise<Response>;
  readonly dispose: () => Promise<void>;
}

/** A request on its way, as the log will tell it. */
interface Visit {
  readonly request: Request;
  readonly url: URL;
  route: string;
  owner: string | undefined;
}

/** Every address of the gateway. */
export function createRouter(options: RouterOptions): Router {
  const { services, metrics, isWorker, authenticate, publicUrl, corsOrigins, graphiql, introspection } = options;
  const { notReady, onAnswer, onMistake } = options;
  const crossOrigin = createCrossOrigin(corsOrigins);
  const graphql = createGraphqlRoute({ introspection, onMistake: (error) => onMistake(error, undefined) });
  const graphiqlPage = graphiql === undefined ? undefined : createGraphiqlPage(graphiql);
  const turn = takeTurns();

  /** Answers those who show a key, where keys are set. */
  async function asOwner(visit: Visit, answer: (facts: Facts) => Promise<Response>): Promise<Response> {
    const owner = authenticate(visit.request);
    if (owner === undefined) return refuse({ kind: 'unauthenticated' }, visit.url);
    visit.owner = owner;
    return answer({ owner, baseUrl: publicUrl ?? visit.url.origin, services });
  }

  const pageFor = ({ request }: Visit) => (asksForPage(request) ? graphiqlPage : undefined);

  async function route(visit: Visit): Promise<Response> {
    const { request, url } = visit;
    if (isWorker && !upkeepPaths.has(url.pathname))
      return problemResponse({ kind: 'no_route', path: url.pathname, isWorker: true });
    const image = /^\/images\/([^/]+)$/.exec(url.pathname)?.[1];
    if (image !== undefined) {
      visit.route = '/images/:id';
      return serveImage(request, image, services);
    }
    visit.route = url.pathname;
    switch (url.pathname) {
      case graphqlPath: {
        const page = pageFor(visit);
        if (page !== undefined) return page();
        return asOwner(visit, async (facts) => graphql.handle(request, facts));
      }
      case '/predict': {
        return asOwner(visit, async (facts) => predict(request, facts));
      }
      case '/metrics': {
        if (!isRead(request)) return methodNotAllowed(request, 'GET, HEAD');
        return asOwner(visit, async () => printMetrics(metrics));
      }
      case '/health': {
        return isRead(request) ? jsonResponse({ status: 'ok' }) : methodNotAllowed(request, 'GET, HEAD');
      }
      case '/ready': {
        return isRead(request) ? readiness(await notReady()) : methodNotAllowed(request, 'GET, HEAD');
      }
      default: {
        visit.route = 'unknown';
        const isHome = url.pathname === '/' && pageFor(visit) !== undefined;
        if (isHome) return new Response(null, { status: 303, headers: { location: graphqlPath } });
        return problemResponse({ kind: 'no_route', path: url.pathname, isWorker: false });
      }
    }
  }

  async function visited(request: Request, guard: LocalGuard, done: (facts: AnsweredFacts) => void): Promise<Response> {
    const began = performance.now();
    const requestId = randomUUID();
    // The address is put together from Host and the request's target, and either may be anything.
    const address = URL.parse(request.url);
    const visit: Visit = { request, url: address ?? new URL('http://localhost'), route: 'unknown', owner: undefined };
    let response: Response;
    await turn();
    try {
      const refusal = guard(guardedFacts(visit, pageFor(visit) !== undefined));
      const problem: Problem | undefined =
        refusal === undefined ? (address === null ? unreadableTarget : undefined) : { kind: 'refused', ...refusal };
      response =
        problem === undefined ? (crossOrigin.preflight(request) ?? (await route(visit))) : refuse(problem, visit.url);
    } catch (error) {
      onMistake(error, requestId);
      response = refuse(error instanceof StoreError ? error.problem : { kind: 'internal', requestId }, visit.url);
    }
    const headers = { ...securityHeaders, ...crossOrigin.headers(request), 'x-request-id': requestId };
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    const { route: answered, owner } = visit;
    // To the microsecond: what lies below is noise, and in the log fifteen digits of it.
    const seconds = Math.round((performance.now() - began) * 1_000) / 1_000_000;
    done({ requestId, route: answered, status: response.status });
    onAnswer({ requestId, owner, route: answered, method: request.method, status: response.status, seconds });
    return response;
  }
  return {
    async handle(request, guard = () => undefined) {
      return services.engine.tracing.request(request, async (done) => visited(request, guard, done));
    },
    dispose: async () => graphql.dispose(),
  };
}

type Facts = Parameters<typeof predict>[1];

const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
} as const;

function isRead({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

async function printMetrics(metrics: Metrics): Promise<Response> {
  const { text, contentType } = await metrics.print();
  return new Response(text, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } });
}

function readiness(problem: string | undefined): Response {
  if (problem === undefined) return jsonResponse({ status: 'ready' });
  return jsonResponse({ status: 'not ready', error: problem }, { status: 503, headers: { 'retry-after': '5' } });
}

function refuse(problem: Problem, { pathname }: URL): Response {
  return pathname === graphqlPath ? graphqlProblemResponse(problem) : problemResponse(problem);
}

function guardedFacts({ request: { method, headers }, url }: Visit, showsPage: boolean): GuardedRequest {
  return {
    method,
    host: headers.get('host') ?? undefined,
    origin: headers.get('origin') ?? undefined,
    secFetchSite: headers.get('sec-fetch-site') ?? undefined,
    // A query by GET reads the store; the page that a link leads to does not.
    doesWork: method === 'GET' && url.pathname === graphqlPath ? !showsPage : undefined,
  };
}

const unreadableTarget: Problem = {
  kind: 'refused',
  status: 400,
  message: 'The target of the request is not a path.',
  hint: 'Send one such as /graphql.',
};
