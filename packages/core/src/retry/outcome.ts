import type { PictureHead } from '../decode/picture-sink.ts';
import type { InvalidResponseReason, TimeoutPhase } from '../errors/facts.ts';
import type { FailureStage } from '../transport/network-failure.ts';

/** What an answer's headers say that matters beyond its body. */
export interface AnswerFacts {
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
      readonly kind: 'picture';
      readonly facts: AnswerFacts;
      readonly head: PictureHead;
      readonly meta: Readonly<Record<string, unknown>>;
    }
  /** A status that is no success, or `200 {"error": …}`. */
  | { readonly kind: 'answer'; readonly facts: AnswerFacts; readonly text: string }
  | {
      readonly kind: 'invalid';
      readonly facts: AnswerFacts;
      readonly reason: InvalidResponseReason;
      readonly message: string;
    }
  | { readonly kind: 'network'; readonly code: string; readonly stage: FailureStage; readonly cause: unknown }
  | { readonly kind: 'timeout'; readonly phase: TimeoutPhase }
  | { readonly kind: 'aborted'; readonly cause: unknown };

export type Failure = Exclude<Outcome, { readonly kind: 'picture' }>;
