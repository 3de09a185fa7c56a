import { Response } from '@whatwg-node/fetch';

/** A JSON answer. Answers of the gateway are about now: no cache keeps them. */
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

/** An answer that says what is wrong and what to do, outside GraphQL. */
export function problemResponse(problem: {
  readonly status: number;
  readonly error: string;
  readonly hint: string;
  readonly headers?: Readonly<Record<string, string>>;
}): Response {
  const { status, error, hint, headers = {} } = problem;
  return jsonResponse({ error, hint }, { status, headers });
}

/** 405, with what is allowed. */
export function methodNotAllowed(request: Request, allow: string): Response {
  const { pathname } = new URL(request.url);
  return problemResponse({
    status: 405,
    error: `${request.method} is not allowed at ${pathname}.`,
    hint: `Use ${allow}.`,
    headers: { allow },
  });
}
