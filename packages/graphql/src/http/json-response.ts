import { Response } from '@whatwg-node/fetch';
import { describeProblem, type ProblemDescription, type ProblemNames } from '../problems/describe-problem.ts';
import type { Problem } from '../problems/problem.ts';

/** A JSON response. Responses of the gateway are about now: no cache keeps them. */
export function jsonResponse(
  body: unknown,
  {
    status = 200,
    headers = {},
  }: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): Response {
  return new Response(`${JSON.stringify(body)}\n`, {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  });
}

/** A response that says what is wrong and what to do, for all but GraphQL clients. */
export function problemResponse(
  problem: Problem,
  { names, headers = {} }: { readonly names?: ProblemNames; readonly headers?: Readonly<Record<string, string>> } = {},
): Response {
  const { message, code, hint, docs, issues, ...http } = describeProblem(problem, 'caller', names);
  // As the endpoint itself refuses, whose protocol knows nothing but `error`.
  const error = problem.kind === 'refused' ? `${message} ${hint}` : message;
  return jsonResponse({ error, code, hint, docs, issues }, withRetryAfter(http, headers));
}

/** The same for GraphQL clients, where there is no operation to answer. */
export function graphqlProblemResponse(problem: Problem): Response {
  const { message, hint, docs, code, ...http } = describeProblem(problem, 'caller');
  const extensions = { code: graphqlCodes[http.status] ?? code.toUpperCase(), hint, docs };
  return jsonResponse({ errors: [{ message, extensions }] }, withRetryAfter(http));
}

/** As Apollo's clients know them. */
const graphqlCodes: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  413: 'REQUEST_ENTITY_TOO_LARGE',
};

function withRetryAfter(
  { status, retryAfterMs }: Pick<ProblemDescription, 'status' | 'retryAfterMs'>,
  headers: Readonly<Record<string, string>> = {},
) {
  const later = retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) };
  const challenge = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
  return { status, headers: { ...later, ...challenge, ...headers } };
}

/** 405, with what is allowed. */
export function methodNotAllowed(request: Request, allow: string): Response {
  const path = new URL(request.url).pathname;
  return problemResponse({ kind: 'wrong_method', method: request.method, path, allow }, { headers: { allow } });
}
