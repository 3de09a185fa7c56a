import type { DiffusionJob, DrawnPicture } from '../pipeline/diffusion-pipeline.ts';
import type { ModelCard } from '../pipeline/model-card.ts';
import { ModelError } from '../pipeline/model-error.ts';
import { DiffusionWorker } from './diffusion-worker.ts';
import type { WorkerSetup } from './messages.ts';
import { ThreadLostError } from './thread-lost-error.ts';

/** What became of a thread that died. */
export interface ThreadLoss {
  readonly message: string;
  /** The thread that was started in its place; absent where none was. */
  readonly successor?: { readonly loaded: Promise<ModelCard> };
}

/**
 * A diffusion worker whose thread is started again when it dies. Once: a second death without a picture between the two means
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
   * Draws one picture. Aborting ends it before its next step; the promise settles when the thread is free again.
   *
   * @throws the signal's reason, ThreadLostError, ModelError or SchedulerError
   */
  async draw(job: DiffusionJob, options: Parameters<DiffusionWorker['draw']>[1]): Promise<DrawnPicture> {
    const picture = await this.#worker.draw(job, options);
    this.#mayStartAgain = true;
    return picture;
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
      const message = `The thread that draws died again, with no picture drawn in between, and is not started again: ${cause}. Start the endpoint again; a smaller picture may help.`;
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
