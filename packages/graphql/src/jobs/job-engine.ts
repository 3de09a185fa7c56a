import type { ImageStore } from '../images/image-store.ts';
import type { EndpointClient } from './endpoint-client.ts';
import type { JobEvents } from './job-events.ts';
import type { JobQueue } from './job-queue.ts';
import type { JobRecord, JobStatus } from './job-record.ts';
import type { ChangeCondition, JobChange, JobStore } from './job-store.ts';
import type { OnInterrupted } from './take-up.ts';
import type { Tracing } from '../tracing/tracing.ts';

/** What happens to jobs and images, for logs and metrics. Never a prompt, a key or a token. */
export interface JobObserver {
  changed(job: JobRecord): void;
  /** An image was stored. */
  stored(image: { readonly byteLength: number; readonly durationMs: number }): void;
  /** A store did not take what has to be kept, so many times before as well; it is tried again. */
  refused(error: unknown, before: number): void;
  /** Something went wrong that no caller sees. */
  failed(what: string, error: unknown): void;
}

/** The parts that everything about jobs works on. */
export interface JobEngine {
  readonly jobStore: JobStore;
  readonly imageStore: ImageStore;
  readonly queue: JobQueue;
  readonly events: JobEvents;
  readonly client: EndpointClient;
  readonly observer: JobObserver;
  readonly onInterrupted: OnInterrupted;
  /** Whether other processes work on the same jobs, so that a run taken for dead may still speak. */
  readonly isShared: boolean;
  readonly tracing: Tracing;
  /** Waits between tries to store an image. */
  readonly storeAgainAfterMs: readonly number[];
  /** Milliseconds since the epoch; the same on every machine that shares the store. */
  readonly now: () => number;
  /** Rejects when the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export interface JobTransition extends ChangeCondition {
  readonly id: string;
  readonly from: readonly JobStatus[];
  readonly change: JobChange;
}

/** Changes a job that is in one of these states, and tells everyone who watches it. A new state is dated, unless the change does. */
export async function changeJob(
  engine: Pick<JobEngine, 'jobStore' | 'events' | 'observer' | 'now'>,
  { id, from, change, dispatch }: JobTransition,
): Promise<JobRecord | undefined> {
  const stamped = change.status === undefined ? change : { statusSince: engine.now(), ...change };
  const job = await engine.jobStore.changeJob(id, from, stamped, { dispatch });
  if (job !== undefined) tell(engine, job);
  return job;
}

/** Tells everyone who watches a job that it has changed. */
export function tell({ events, observer }: Pick<JobEngine, 'events' | 'observer'>, job: JobRecord): void {
  observer.changed(job);
  events.publish(job.id);
}
