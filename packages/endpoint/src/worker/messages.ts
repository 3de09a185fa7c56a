import type { DiffusionJob, DrawnImage } from '../pipeline/diffusion-pipeline.ts';
import type { ModelCard } from '../pipeline/model-card.ts';

/** What the worker is started with. */
export interface WorkerSetup {
  readonly model: string;
  readonly threads: number | undefined;
}

/** To the worker. `canceled` is one shared integer that turns 1: the worker is busy between messages, but can look. */
export type ToWorker =
  | { readonly type: 'draw'; readonly id: number; readonly job: DiffusionJob; readonly canceled: Int32Array }
  | { readonly type: 'close' };

/** From the worker. `kind` is the name of the error's class. */
export type FromWorker =
  | { readonly type: 'loaded'; readonly card: ModelCard }
  | { readonly type: 'load-failed'; readonly kind: string; readonly message: string }
  | { readonly type: 'step'; readonly id: number; readonly done: number; readonly total: number }
  | { readonly type: 'drawn'; readonly id: number; readonly image: DrawnImage }
  | { readonly type: 'draw-failed'; readonly id: number; readonly kind: string; readonly message: string };
