/** A job on its way to a worker: its id, and whose turn it takes. */
export interface QueuedJob {
  readonly jobId: string;
  readonly owner: string;
}

/** Runs one job to its end. The signal aborts when the job is to stop. It must not throw: a job's failure is its own record. */
export type JobRunner = (jobId: string, signal: AbortSignal) => Promise<void>;

/** Hands job ids to workers, and holds nothing else: everything that must not be lost is in the job store. */
export interface JobQueue {
  /** Begins to hand out jobs. */
  start(run: JobRunner): void;
  add(job: QueuedJob): Promise<void>;
  /** Takes a waiting job out; answers whether it was waiting. */
  remove(jobId: string): Promise<boolean>;
  /** Aborts a job that is being run here or elsewhere; answers whether it was running. */
  abort(jobId: string, reason: Error): Promise<boolean>;
  /** The place in line, 1 for the next; `undefined` when it is not waiting. */
  position(jobId: string): Promise<number | undefined>;
  /** Ids of the jobs waiting, in the order of their turns. */
  waiting(): Promise<readonly string[]>;
  /** How many jobs run here. */
  readonly running: number;
  /** Hands out no more, and settles when the running jobs have ended or, after `drainMs`, have been aborted. */
  close(options: { readonly drainMs: number; readonly reason: Error }): Promise<void>;
}
