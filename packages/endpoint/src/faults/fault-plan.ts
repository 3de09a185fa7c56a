/** A status to fail with, before images are drawn again. */
export interface FailurePlan {
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** How many requests for an image fail with it, 1 or more. @default 1 */
  readonly times?: number;
  /** Sent as `Retry-After`, in seconds. @default not sent */
  readonly retryAfterSeconds?: number;
}

/** Failures on demand, for testing clients. */
export interface FaultOptions {
  /** The first requests for an image that pass the token check fail like this, plan after plan. @default none */
  readonly fail?: FailurePlan | readonly FailurePlan[] | undefined;
  /** Milliseconds each request for an image waits before it is looked at. @default 0 */
  readonly delayMs?: number | undefined;
  /**
   * Milliseconds that waking takes, as of an endpoint scaled to zero: it begins with the first request, which, like all
   * others until its end, gets 503, or is held if it carries `X-Scale-Up-Timeout: <seconds>`. @default 0
   */
  readonly coldStartMs?: number | undefined;
}

/** A failure that was asked for, to be sent with its status. */
export class PlannedFailure extends Error {
  override readonly name = 'PlannedFailure';
  readonly plan: FailurePlan;

  constructor(plan: FailurePlan, left: number) {
    super(
      `This failure was ordered by the option fail; ${left === 0 ? 'it was the last' : `${left} more will follow`}.`,
    );
    this.plan = plan;
  }
}

interface FaultEffects {
  readonly now: () => number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** The faults of one endpoint, as they unfold. */
export class FaultPlan {
  readonly #pending: FailurePlan[];
  readonly #delayMs: number;
  readonly #coldStartMs: number;
  readonly #effects: FaultEffects;
  #awakeAt: number | undefined;

  /** @throws RangeError if an option makes no sense */
  constructor({ fail = [], delayMs = 0, coldStartMs = 0 }: FaultOptions, effects: FaultEffects) {
    const plans = 'status' in fail ? [fail] : fail;
    this.#pending = plans.flatMap((plan) => Array.from({ length: checkedTimes(plan) }, () => plan));
    this.#delayMs = checkedDuration('delayMs', delayMs);
    this.#coldStartMs = checkedDuration('coldStartMs', coldStartMs);
    this.#effects = effects;
  }

  /** Milliseconds until the cold start is over; the first call starts it. */
  wake(): number {
    this.#awakeAt ??= this.#effects.now() + this.#coldStartMs;
    return Math.max(0, this.#awakeAt - this.#effects.now());
  }

  /**
   * Delays a request for an image, or fails it, as planned.
   *
   * @throws PlannedFailure
   */
  async befall(signal: AbortSignal): Promise<void> {
    if (this.#delayMs > 0) await this.#effects.sleep(this.#delayMs, signal);
    const plan = this.#pending.shift();
    if (plan === undefined) return;
    const left = this.#pending.length;
    throw new PlannedFailure(plan, left);
  }
}

function checkedTimes({ status, times = 1 }: FailurePlan): number {
  if (!Number.isInteger(status) || status < 400 || status > 599) {
    throw new RangeError(`fail.status must be a whole number from 400 to 599; got ${status}.`);
  }
  if (!Number.isInteger(times) || times < 1 || times > 1_000_000) {
    throw new RangeError(`fail.times must be a whole number from 1 to 1000000; got ${times}.`);
  }
  return times;
}

function checkedDuration(name: string, milliseconds: number): number {
  // A longer timer than this fires at once in Node.
  if (!(milliseconds >= 0 && milliseconds < 2 ** 31)) {
    throw new RangeError(`${name} must be a number of milliseconds from 0 to ${2 ** 31 - 1}; got ${milliseconds}.`);
  }
  return milliseconds;
}
