import type { Size } from '../image/size.ts';
import type { SchedulerName } from '../schedulers/create-scheduler.ts';

/** What stands in for a field that a request leaves out; the contract's own defaults stand behind it. */
export interface ModelDefaults extends Size {
  readonly guidanceScale?: number;
  readonly inferenceSteps?: number;
}

/** What a loaded model is and can. */
export interface ModelCard {
  /** The folder's own name. */
  readonly name: string;
  /** The scheduler used when a request names none. */
  readonly scheduler: SchedulerName;
  /** Used where a request may leave a field out. */
  readonly defaults: ModelDefaults;
  /** The sizes the model was trained at, for a model that draws only these; absent where it draws at any size. */
  readonly nativeSizes?: readonly Size[];
  /** What the width and height it draws at must be multiples of, in pixels. */
  readonly sizeMultiple: number;
  /** The words the model knows, where its maker has listed them. */
  readonly vocabulary?: readonly string[];
  /** Tokens of a prompt that the model reads, start and end included. */
  readonly maxTokens: number;
  /** What runs it. */
  readonly runtime: 'onnxruntime-node' | 'onnxruntime-web';
  /** What its owner should know, such as a scheduler that had to be replaced. */
  readonly notes: readonly string[];
}
