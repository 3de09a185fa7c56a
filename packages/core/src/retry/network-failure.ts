/**
 * How far a request came that got no complete response: `not_sent` (the endpoint never saw it), `interrupted` (it may have
 * done the work), `timeout` (a transport's own clock ran out).
 */
export type FailureStage = 'not_sent' | 'interrupted' | 'timeout';

const stages: Readonly<Record<string, FailureStage>> = {
  ECONNREFUSED: 'not_sent',
  ENOTFOUND: 'not_sent',
  EAI_AGAIN: 'not_sent',
  EHOSTUNREACH: 'not_sent',
  ENETUNREACH: 'not_sent',
  EHOSTDOWN: 'not_sent',
  UND_ERR_CONNECT_TIMEOUT: 'not_sent',
  UND_ERR_CLOSED: 'not_sent',
  UND_ERR_DESTROYED: 'not_sent',
  UND_ERR_PRX_TLS: 'not_sent',
  CERT_HAS_EXPIRED: 'not_sent',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'not_sent',
  SELF_SIGNED_CERT_IN_CHAIN: 'not_sent',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'not_sent',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'not_sent',
  ERR_TLS_CERT_ALTNAME_INVALID: 'not_sent',
  ETIMEDOUT: 'timeout',
  // axios, and so n8n, says this when its timeout passes.
  ECONNABORTED: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  TimeoutError: 'timeout',
};

/** A request that got no complete response. Internal: callers get an `ImageError`. */
export class NetworkFailure extends Error {
  override readonly name = 'NetworkFailure';
  readonly code: string;
  readonly stage: FailureStage;

  constructor(options: { readonly code: string; readonly stage: FailureStage; readonly cause: unknown }) {
    super(`The exchange failed: ${options.code}.`, { cause: options.cause });
    this.code = options.code;
    this.stage = options.stage;
  }
}

/** Reads what a transport threw: its code may stand in `code`, in `httpCode` (n8n), in the name, or further down the causes. */
export function toNetworkFailure(error: unknown): NetworkFailure {
  for (let at = error; typeof at === 'object' && at !== null; at = 'cause' in at ? at.cause : undefined) {
    const { code, httpCode, name } = at as { code?: unknown; httpCode?: unknown; name?: unknown };
    for (const candidate of [code, httpCode, name]) {
      const stage = typeof candidate === 'string' ? stages[candidate] : undefined;
      if (stage !== undefined) return new NetworkFailure({ code: String(candidate), stage, cause: error });
    }
  }
  return new NetworkFailure({ code: firstCode(error), stage: 'interrupted', cause: error });
}

function firstCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if ('cause' in error && error.cause !== undefined) return firstCode(error.cause);
  return error instanceof Error && error.name !== 'Error' ? error.name : 'unknown';
}
