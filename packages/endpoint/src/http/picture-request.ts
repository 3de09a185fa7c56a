import type { ResolvedRequest } from '@tintype/core/contract';
import type { SchedulerName } from '../schedulers/create-scheduler.ts';

/** What a caller wants drawn, whichever dialect it was said in. */
export interface PictureRequest {
  readonly fields: Omit<ResolvedRequest, 'extra'>;
  /** 0 to 2^64 - 1; absent where the caller leaves the choice to us. */
  readonly seed?: bigint;
  readonly scheduler?: SchedulerName;
  readonly warnings: readonly string[];
  /** Whether an `Accept` of anything means the bytes of the picture, as in the dialect of the default pipeline. */
  readonly prefersBytes: boolean;
}
