import type { DiffusionJob, DrawnImage } from '../pipeline/diffusion-pipeline.ts';
import type { ModelCard } from '../pipeline/model-card.ts';
import { ModelError } from '../pipeline/model-error.ts';
import { DiffusionWorker } from './diffusion-worker.ts';
import type { WorkerSetup } from './messages.ts';

/** The thread died in the middle of an image, and another has been started. */
export class ThreadLostError extends Error {
  override readonly name = 'ThreadLostError';
}

/** What became of a thread that died. */
export interface ThreadLoss {
  readonly message: string;
  /** The thread that was started in its place; absent where none was. */
  readonly successor?: { readonly loaded: Promise<ModelCard> };
}

/**
 * A diffusion worker whose thread is started again when it dies. Once: a second death without an image between the two means
 * that the next would die as well.
 */
export class LastingWorker {
  readonly #setup: WorkerSetup;
  readonly #onLoss: (loss: ThreadLoss) => void;
  #worker: DiffusionWorker;
  #mayStartAgain = true;

  constructor(setup: WorkerSetup, onLoss: (loss: ThreadLoss) => void) {
    this.#setup = setup;
    this.#onLoss = onLoss;
    this.#worker = this.#start();
  }

  /** Settles once the model is loaded, or cannot be. */
  get loaded(): Promise<ModelCard> {
    return this.#worker.loaded;
  }

  /**
   * Draws one image. Aborting ends it before its next step; the promise settles when the thread is free again.
   *
   * @throws the signal's reason, ThreadLostError, ModelError or SchedulerError
   */
  async draw(job: DiffusionJob, options: Parameters<DiffusionWorker['draw']>[1]): Promise<DrawnImage> {
    const image = await this.#worker.draw(job, options);
    this.#mayStartAgain = true;
    return image;
  }

  /** Ends the thread; what is being drawn should have been aborted before. */
  async close(): Promise<void> {
    await this.#worker.close();
  }

  #start(): DiffusionWorker {
    return new DiffusionWorker(this.#setup, (cause) => this.#lost(cause));
  }

  #lost(cause: string): Error {
    if (!this.#mayStartAgain) {
      const message = `The thread that draws died again, with no image drawn in between, and is not started again: ${cause}. Start the endpoint again; a smaller image may help.`;
      this.#onLoss({ message });
      return new ModelError(message);
    }
    this.#mayStartAgain = false;
    this.#worker = this.#start();
    const message = `The thread that draws died: ${cause}. It is being started again.`;
    this.#onLoss({ message, successor: this.#worker });
    return new ThreadLostError(message);
  }
}
