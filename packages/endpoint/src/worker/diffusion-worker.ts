import { Worker } from 'node:worker_threads';
import type { DiffusionJob, DrawnImage } from '../pipeline/diffusion-pipeline.ts';
import type { ModelCard } from '../pipeline/model-card.ts';
import { ModelError } from '../pipeline/model-error.ts';
import { SchedulerError } from '../schedulers/scheduler-error.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './messages.ts';

interface RunningJob {
  readonly resolve: (image: DrawnImage) => void;
  readonly reject: (error: Error) => void;
  readonly onStep: (done: number, total: number) => void;
}

/** A diffusion pipeline in a thread of its own. */
export class DiffusionWorker {
  /** Settles once the model is loaded, or cannot be. */
  readonly loaded: Promise<ModelCard>;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #running = new Map<number, RunningJob>();
  #nextId = 0;
  #broken: Error | undefined;
  #isClosing = false;

  /** @param onLost - told when the thread dies after it had loaded; returns the error for whoever waits for it */
  constructor(setup: WorkerSetup, onLost: (cause: string) => Error) {
    // ONNX Runtime would report each session to Microsoft, under an id that it keeps in the user's cache. It reads the variable
    // of the process, which a thread cannot set.
    process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
    // Sources run as they are inside the workspace, and as compiled files everywhere else.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    this.#worker = new Worker(new URL(`./diffusion-thread.${extension}`, import.meta.url), { workerData: setup });
    const { promise, resolve, reject } = Promise.withResolvers<ModelCard>();
    this.loaded = promise;
    // Whoever waits for it hears of a failure; nobody has to.
    promise.catch(() => undefined);
    let cause = 'it ended';
    let hasLoaded = false;
    this.#worker.on('error', (error) => {
      cause = String(error);
    });
    this.#exited = new Promise((done) => {
      this.#worker.once('exit', () => {
        const error =
          hasLoaded && !this.#isClosing ? onLost(cause) : new ModelError(`The thread that draws has ended: ${cause}.`);
        reject(error);
        this.#break(error);
        done();
      });
    });
    this.#worker.on('message', (message: FromWorker) => {
      switch (message.type) {
        case 'loaded':
          hasLoaded = true;
          resolve(message.card);
          return;
        case 'load-failed':
          reject(errorOf(message));
          return;
        case 'step':
          this.#running.get(message.id)?.onStep(message.done, message.total);
          return;
        case 'drawn':
          this.#take(message.id)?.resolve(message.image);
          return;
        case 'draw-failed':
          this.#take(message.id)?.reject(errorOf(message));
          return;
      }
    });
  }

  /**
   * Draws one image. Aborting ends it before its next step; the promise settles when the thread is free again.
   *
   * @throws the signal's reason, ModelError or SchedulerError
   */
  async draw(
    job: DiffusionJob,
    options: { readonly signal: AbortSignal; readonly onStep: (done: number, total: number) => void },
  ): Promise<DrawnImage> {
    const { signal, onStep } = options;
    signal.throwIfAborted();
    if (this.#broken !== undefined) throw this.#broken;
    const id = this.#nextId++;
    const canceled = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const cancel = (): void => void Atomics.store(canceled, 0, 1);
    const { promise, resolve, reject } = Promise.withResolvers<DrawnImage>();
    this.#running.set(id, { resolve, reject, onStep });
    signal.addEventListener('abort', cancel, { once: true });
    this.#post({ type: 'draw', id, job, canceled });
    try {
      const image = await promise;
      signal.throwIfAborted();
      return image;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** Ends the thread; what is being drawn should have been aborted before. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#post({ type: 'close' });
    await this.#exited;
  }

  #post(message: ToWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window, is written to
    this.#worker.postMessage(message);
  }

  #take(id: number): RunningJob | undefined {
    const job = this.#running.get(id);
    this.#running.delete(id);
    return job;
  }

  #break(error: Error): void {
    this.#broken ??= error;
    for (const id of this.#running.keys()) this.#take(id)?.reject(error);
  }
}

function errorOf({ kind, message }: { readonly kind: string; readonly message: string }): Error {
  switch (kind) {
    case 'ModelError':
      return new ModelError(message);
    case 'SchedulerError':
      return new SchedulerError(message);
    default:
      return new Error(message);
  }
}
