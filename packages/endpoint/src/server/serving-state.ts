import type { EndpointEffects } from './endpoint-effects.ts';
import type { FaultPlan } from '../faults/fault-plan.ts';
import { HttpError } from './http-error.ts';
import type { ModelCard } from '../pipeline/model-card.ts';

/** A guess at how long loading still takes, in seconds; small models take less. */
const loadingRetrySeconds = 2;
const longestHoldSeconds = 3600;

export interface ServingStateOptions {
  readonly faults: FaultPlan;
  readonly effects: EndpointEffects;
}

/** Whether images can be drawn yet: after the cold start, if one was ordered, and once the model is loaded. */
export class ServingState {
  readonly #options: ServingStateOptions;
  #loading: Promise<void> | undefined;
  #card: ModelCard | undefined;
  #failure: string | undefined;

  constructor(options: ServingStateOptions) {
    this.#options = options;
  }

  /** The model is being loaded, for the first time or again. */
  load(loaded: Promise<ModelCard>): void {
    this.#card = undefined;
    this.#loading = loaded.then(
      (card) => {
        this.#card = card;
      },
      (error: unknown) => {
        this.fail(`The model could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
      },
    );
  }

  /** No image will be drawn any more. */
  fail(message: string): void {
    this.#failure = message;
  }

  /**
   * The model, once it can be asked.
   *
   * @param hold - the header `X-Scale-Up-Timeout`: seconds that the caller is ready to be held, as Hugging Face's proxy does
   * @throws HttpError 503 while it starts, 500 where it cannot
   */
  async serving(hold: string | undefined, signal: AbortSignal): Promise<ModelCard> {
    const { faults, effects } = this.#options;
    const holdMs = secondsOf(hold) * 1000;
    const coldMs = faults.wake();
    if (coldMs > holdMs) throw starting(Math.ceil(coldMs / 1000));
    if (coldMs > 0) await effects.sleep(coldMs, signal);
    if (this.#card === undefined && this.#failure === undefined && holdMs > coldMs) {
      // Whichever way loading ends, the state knows it by then.
      await Promise.race([this.#loading, effects.sleep(holdMs - coldMs, signal)]);
    }
    if (this.#failure !== undefined) throw new HttpError(500, this.#failure);
    if (this.#card === undefined) throw starting(loadingRetrySeconds);
    return this.#card;
  }
}

function starting(seconds: number): HttpError {
  return new HttpError(503, `The endpoint is starting: its model is being loaded. Try again in about ${seconds} s.`, {
    'retry-after': String(seconds),
  });
}

function secondsOf(header: string | undefined): number {
  const seconds = Number(header ?? 0);
  return seconds > 0 ? Math.min(seconds, longestHoldSeconds) : 0;
}
