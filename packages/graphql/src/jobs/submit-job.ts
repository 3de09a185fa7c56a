import { createHash } from 'node:crypto';
import type { ResolvedRequest } from '@tintype/core';
import { tell, type JobEngine } from './job-engine.ts';
import type { JobRecord } from './job-record.ts';
import type { IdempotencyClaim, NewJobOutcome } from './job-store.ts';
import { newId } from './new-id.ts';

export interface JobSubmission {
  readonly owner: string;
  readonly endpoint: string;
  readonly request: ResolvedRequest;
  readonly idempotencyKey?: string | undefined;
  readonly queueLimit: number;
}

/** How long a key keeps a repeated request from costing a second image. */
export const claimLifeMs = 24 * 60 * 60 * 1_000;

/** Takes a valid request in. When this settles, the job is in the store and survives a crash. */
export async function submitJob(
  engine: Pick<JobEngine, 'jobStore' | 'queue' | 'events' | 'observer' | 'tracing' | 'now'>,
  submission: JobSubmission,
): Promise<NewJobOutcome> {
  const { owner, endpoint, request, idempotencyKey, queueLimit } = submission;
  const now = engine.now();
  const trace = engine.tracing.origin();
  const job: JobRecord = {
    id: newId('job'),
    owner,
    endpoint,
    status: 'QUEUED',
    statusSince: now,
    request,
    createdAt: now,
    imageId: newId('img'),
    dispatches: 0,
    interruptions: 0,
    attempts: [],
    ...(trace === undefined ? {} : { trace }),
  };
  const claim = idempotencyKey === undefined ? undefined : claimOf(submission, idempotencyKey, now);
  const outcome = await engine.jobStore.create({ job, claim, queueLimit });
  if (outcome.kind === 'created' || outcome.kind === 'repeated') engine.tracing.accepted(outcome.job);
  if (outcome.kind === 'created') {
    await engine.queue.add({ jobId: job.id, owner });
    tell(engine, job);
    engine.events.publishLine();
  }
  return outcome;
}

function claimOf({ owner, endpoint, request }: JobSubmission, key: string, now: number): IdempotencyClaim {
  return {
    id: hash([owner, key]),
    // Whoever spells a default out asks for the same.
    inputHash: hash([endpoint, { ...request, given: undefined }]),
    expiresAt: now + claimLifeMs,
  };
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sortedMembers)).digest('hex');
}

/** The order in which a caller wrote the members of an object is no part of what was asked for. */
function sortedMembers(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
