import type { RequestIssue } from '../contract/request-issue.ts';
import type { ImageErrorCode } from './codes.ts';
import type { ErrorFacts, OptionName, TimeoutPhase } from './facts.ts';

/** What would help. */
export type Remedy =
  | { readonly kind: 'fix_request'; readonly issues: readonly RequestIssue[] }
  | { readonly kind: 'fix_option'; readonly option: OptionName }
  | { readonly kind: 'shorten_request' }
  | { readonly kind: 'change_prompt' }
  | { readonly kind: 'check_token'; readonly hasToken: boolean }
  | {
      readonly kind: 'check_url';
      readonly why?: 'redirect' | 'refused' | 'unknown_host' | 'not_https' | 'unreachable' | undefined;
    }
  | { readonly kind: 'check_certificate' }
  /** Something between the client and the endpoint changes the headers. */
  | { readonly kind: 'check_proxy' }
  | { readonly kind: 'check_handler' }
  | { readonly kind: 'check_billing' }
  | { readonly kind: 'resume_endpoint' }
  | { readonly kind: 'read_endpoint_logs' }
  | { readonly kind: 'use_less_memory' }
  | { readonly kind: 'send_fewer_at_once'; readonly ms?: number | undefined }
  /** `ms`: when to try again, as the endpoint asked for it. */
  | { readonly kind: 'wait'; readonly ms?: number | undefined; readonly waits: boolean }
  /** `ms`: the time that was too short. */
  | {
      readonly kind: 'allow_more_time';
      readonly phase: TimeoutPhase;
      readonly ms: number;
      readonly waitingFor?: 'turn' | 'health' | undefined;
    }
  /** The time of a proxy in front of the endpoint was too short, which no option changes. */
  | { readonly kind: 'request_less' }
  /** The endpoint may have made, and billed, the image. `wasStopped`: the caller wanted that. */
  | { readonly kind: 'try_again'; readonly wasStopped: boolean };

type Remedies = { readonly [Code in ImageErrorCode]: (facts: ErrorFacts[Code], status: number | undefined) => Remedy };

type Plain =
  | 'change_prompt'
  | 'check_billing'
  | 'check_handler'
  | 'check_url'
  | 'read_endpoint_logs'
  | 'resume_endpoint'
  | 'use_less_memory';

const just = (kind: Plain) => (): Remedy => ({ kind });

const remedies: Remedies = {
  invalid_request: ({ issues, option, headersChanged }, status) => {
    if (option === 'endpoint') return { kind: 'check_url' };
    if (option === 'token') return { kind: 'check_token', hasToken: true };
    if (option !== undefined) return { kind: 'fix_option', option };
    if (headersChanged === true) return { kind: 'check_proxy' };
    return status === 413 ? { kind: 'shorten_request' } : { kind: 'fix_request', issues };
  },
  unauthorized: ({ hasToken }) => ({ kind: 'check_token', hasToken }),
  payment_required: just('check_billing'),
  content_refused: just('change_prompt'),
  endpoint_not_found: just('check_url'),
  endpoint_unavailable: ({ retryAfterMs: ms, waits }) => ({ kind: 'wait', ms, waits }),
  endpoint_paused: just('resume_endpoint'),
  endpoint_failed: just('read_endpoint_logs'),
  rate_limited: ({ retryAfterMs: ms }) => ({ kind: 'send_fewer_at_once', ms }),
  overloaded: ({ retryAfterMs: ms }) => ({ kind: 'send_fewer_at_once', ms }),
  handler_failed: just('read_endpoint_logs'),
  out_of_memory: just('use_less_memory'),
  timeout: ({ phase, ms, waitingFor }, status) => {
    if (phase === 'connect') return { kind: 'check_url', why: 'unreachable' };
    if (status !== undefined && waitingFor === undefined) return { kind: 'request_less' };
    return { kind: 'allow_more_time', phase, ms, waitingFor };
  },
  network: ({ failure, stage }) => {
    if (failure === 'ECONNREFUSED') return { kind: 'check_url', why: 'refused' };
    if (failure === 'ENOTFOUND') return { kind: 'check_url', why: 'unknown_host' };
    if (/CERT|SIGNED|LEAF/.test(failure)) return { kind: 'check_certificate' };
    if (failure.startsWith('ERR_SSL')) return { kind: 'check_url', why: 'not_https' };
    return stage === 'not_sent' ? { kind: 'check_url', why: 'unreachable' } : { kind: 'try_again', wasStopped: false };
  },
  aborted: () => ({ kind: 'try_again', wasStopped: true }),
  unexpected_status: ({ redirectsTo }) => ({
    kind: 'check_url',
    why: redirectsTo === undefined ? undefined : 'redirect',
  }),
  invalid_response: just('check_handler'),
};

/** Every code, in the order of the documentation. */
export const imageErrorCodes = Object.keys(remedies) as readonly ImageErrorCode[];

/** What would help against an error. */
export function remedyFor<Code extends ImageErrorCode>(
  code: Code,
  facts: ErrorFacts[Code],
  status: number | undefined,
): Remedy {
  return remedies[code](facts, status);
}
