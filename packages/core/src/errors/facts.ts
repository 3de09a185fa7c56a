import type { RequestIssue } from '../contract/request-issue.ts';
import type { ImageErrorCode } from './codes.ts';

/** An option of the client, as a program writes it. */
export type OptionName =
  | 'concurrency'
  | 'endpoint'
  | 'maxImageBytes'
  | 'model'
  | 'protocol'
  | 'retry.max'
  | 'retry.mayRepeatWork'
  | 'retry.waitForColdStart'
  | 'timeout.attempt'
  | 'timeout.connect'
  | 'timeout.idle'
  | 'timeout.total'
  | 'token';

/**
 * Which time ran out: `connect` (no connection), `idle` (the response stopped midway), `attempt` (one POST), or `total`
 * (the whole call, with queueing, waking and repeats).
 */
export type TimeoutPhase = 'connect' | 'idle' | 'attempt' | 'total';

/** What is wrong with a response that claims to be an image. */
export type InvalidResponseReason =
  | 'not_json'
  | 'image_missing'
  | 'bad_base64'
  | 'truncated'
  | 'not_an_image'
  | 'too_large';

/** Which endpoint it was. */
export interface EndpointFacts {
  /** Its URL without the query, which may hold a secret. */
  readonly endpoint: string;
}

/** What the endpoint, or a proxy in front of it, responded. */
export interface ResponseFacts extends EndpointFacts {
  /** Its own words: on one line, shortened, without the token. */
  readonly said?: string | undefined;
  /** The id that its proxy gave the response, for its support. */
  readonly requestId?: string | undefined;
  /** When it asked to be tried again, in milliseconds from the error. */
  readonly retryAfterMs?: number | undefined;
  /** The code that a Tintype gateway gave, where it is not one of ours. */
  readonly upstreamCode?: string | undefined;
}

/** What an endpoint that is starting, or full, responded. */
export interface UnavailableFacts extends ResponseFacts {
  /** How long it has been responding so, in milliseconds. */
  readonly waitedMs?: number | undefined;
  /** Whether the client was set to wait for a cold start. */
  readonly waits: boolean;
}

/** What is known about an error, by its code. Plain JSON: it survives a database, a log and another process. */
export interface ErrorFacts extends Record<ImageErrorCode, object> {
  /** `issues` names every problem; it is empty where the endpoint itself refused the request. */
  invalid_request: Partial<ResponseFacts> & {
    readonly issues: readonly RequestIssue[];
    /** Present where an option of the client is wrong, and not the request. */
    readonly option?: OptionName | undefined;
    /** Present where the endpoint refused headers that something in between had changed. */
    readonly headersChanged?: boolean | undefined;
  };
  unauthorized: ResponseFacts & {
    /** Whether a token was sent. */
    readonly hasToken: boolean;
  };
  payment_required: ResponseFacts;
  content_refused: ResponseFacts;
  endpoint_not_found: ResponseFacts;
  endpoint_unavailable: UnavailableFacts;
  endpoint_paused: ResponseFacts;
  endpoint_failed: ResponseFacts;
  rate_limited: ResponseFacts;
  overloaded: UnavailableFacts;
  handler_failed: ResponseFacts;
  out_of_memory: ResponseFacts;
  timeout: ResponseFacts & {
    readonly phase: TimeoutPhase;
    /** How long it was, in milliseconds. */
    readonly ms: number;
    /** Present where nothing was sent yet: the call waited for its turn, or for the health route. */
    readonly waitingFor?: 'turn' | 'health' | undefined;
  };
  network: EndpointFacts & {
    /** Such as `ECONNREFUSED`. */
    readonly failure: string;
    /** Whether the endpoint may have seen the request: not if it was `not_sent`. */
    readonly stage: 'not_sent' | 'interrupted';
  };
  aborted: EndpointFacts;
  unexpected_status: ResponseFacts & {
    /** The origin that a redirect points to; its path and query may hold a secret. */
    readonly redirectsTo?: string | undefined;
  };
  invalid_response: ResponseFacts & {
    readonly reason: InvalidResponseReason;
    /** What is wrong, with an excerpt, in one sentence. */
    readonly detail: string;
  };
}
