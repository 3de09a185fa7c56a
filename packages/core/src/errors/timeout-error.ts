import { ImageError, type ImageErrorOptions } from './image-error.ts';

/**
 * Which time ran out: `connect` (no connection), `idle` (the answer stopped half-way), `attempt` (one POST), or `total`
 * (the whole call, with queueing, waking and repeats).
 */
export type TimeoutPhase = 'connect' | 'idle' | 'attempt' | 'total';

/** A deadline passed. The endpoint may still be working on the picture, so the POST is not repeated by itself. */
export class TimeoutError extends ImageError {
  override readonly name = 'TimeoutError';
  declare readonly code: 'timeout';
  /** Which time ran out. */
  readonly phase: TimeoutPhase;

  constructor({ phase, ...options }: Omit<ImageErrorOptions, 'code'> & { readonly phase: TimeoutPhase }) {
    super({ ...options, code: 'timeout' });
    this.phase = phase;
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), phase: this.phase };
  }
}
