import type { InvalidResponseReason } from '../errors/invalid-response-error.ts';

/** Why an answer is not a picture; the only thing that the decoder throws. Internal: callers get an `InvalidResponseError`. */
export class DecodeProblem extends Error {
  override readonly name = 'DecodeProblem';
  readonly reason: InvalidResponseReason;

  constructor(reason: InvalidResponseReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
