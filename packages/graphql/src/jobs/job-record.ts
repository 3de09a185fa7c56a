import type { Attempt, ResolvedRequest } from '@tintype/core';
import type { Problem } from '../problems/problem.ts';

/** Every state of a job, in the order of its life. */
export const jobStatuses = ['QUEUED', 'WAITING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED'] as const;

export type JobStatus = (typeof jobStatuses)[number];

/** The states a job does not leave. */
export const finalStatuses = ['SUCCEEDED', 'FAILED', 'CANCELED'] as const satisfies readonly JobStatus[];

/** The states in which the job still owes an answer. */
export const openStatuses = ['QUEUED', 'WAITING', 'RUNNING'] as const satisfies readonly JobStatus[];

/** What the endpoint last said while the job waits for it to come up. */
export interface EndpointAnswer {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Its HTTP status; absent when there was no response at all. */
  readonly status?: number;
  /** Its own words, without the token. Callers do not see them: they may hold its address. */
  readonly said: string;
}

/** A request for one image, from its acceptance to its end. Times are milliseconds since the epoch. */
export interface JobRecord {
  /** `job_` and 128 random bits. */
  readonly id: string;
  /** The name of the API key that asked; `anonymous` without keys. */
  readonly owner: string;
  /** The name of the endpoint that makes the image. */
  readonly endpoint: string;
  readonly status: JobStatus;
  /** When `status` was reached. */
  readonly statusSince: number;
  readonly request: ResolvedRequest;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  /** The image's id, given out with the job's, so that an image stored just before a crash is found again. */
  readonly imageId: string;
  /** How often the job was handed to the endpoint's client; written before the first byte is sent. */
  readonly dispatches: number;
  /** How often the gateway, or a worker of it, went down while the job was in flight. Each may have cost an image. */
  readonly interruptions: number;
  /** Every POST to the endpoint, as core keeps them: no address, no header, no body. */
  readonly attempts: readonly Attempt[];
  readonly lastAnswer?: EndpointAnswer;
  /** Why it has no image, as data: it is worded when it is read. */
  readonly failure?: Problem;
  /**
   * The trace that the job's request belongs to, as propagators write it into headers (`traceparent`, `tracestate`), so that
   * the work shows up in it wherever it is done. Absent where nothing traces.
   */
  readonly trace?: Readonly<Record<string, string>>;
}

/** Whether the job has reached its end. */
export function isFinal(job: Pick<JobRecord, 'status'>): boolean {
  return (finalStatuses as readonly JobStatus[]).includes(job.status);
}
