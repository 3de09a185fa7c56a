import type { ImageHead } from '../decode/image-sink.ts';
import type { InvalidResponseReason, TimeoutPhase } from '../errors/facts.ts';
import type { FailureStage } from './network-failure.ts';

/** What a response's headers say that matters beyond its body. */
export interface ResponseHead {
  readonly status: number;
  readonly requestId?: string | undefined;
  /** `Retry-After` as it came. */
  readonly retryAfter?: string | undefined;
  /** Where a redirect points. */
  readonly location?: string | undefined;
}

/** How one POST ended. */
export type Outcome =
  | {
      readonly kind: 'image';
      readonly facts: ResponseHead;
      readonly head: ImageHead;
      readonly meta: Readonly<Record<string, unknown>>;
    }
  /** A status that is no success, or `200 {"error": …}`. */
  | { readonly kind: 'response'; readonly facts: ResponseHead; readonly text: string }
  | {
      readonly kind: 'invalid';
      readonly facts: ResponseHead;
      readonly reason: InvalidResponseReason;
      readonly message: string;
    }
  | { readonly kind: 'network'; readonly code: string; readonly stage: FailureStage; readonly cause: unknown }
  | { readonly kind: 'timeout'; readonly phase: TimeoutPhase }
  | { readonly kind: 'aborted'; readonly cause: unknown };

export type Failure = Exclude<Outcome, { readonly kind: 'image' }>;
