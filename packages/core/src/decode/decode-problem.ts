import type { InvalidResponseReason } from '../errors/facts.ts';

/** Why a response is not an image; the only thing that the decoder throws. Internal: callers get `invalid_response`. */
export class DecodeProblem extends Error {
  override readonly name = 'DecodeProblem';
  readonly reason: InvalidResponseReason;

  constructor(reason: InvalidResponseReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
