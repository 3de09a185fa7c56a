import { changeJob, type JobEngine } from './job-engine.ts';
import type { Problem } from '../problems/problem.ts';
import { openStatuses, type JobRecord, type JobStatus } from './job-record.ts';
import { JobCanceled } from './stop-reasons.ts';

type Parts = Pick<JobEngine, 'jobStore' | 'queue' | 'events' | 'observer' | 'now'>;

/**
 * Ends a job as CANCELED where it is in one of these states, and stops its work. The endpoint cannot be told: what it has
 * begun it may finish, and bill.
 */
export async function cancelJob(
  engine: Parts,
  {
    id,
    from = openStatuses,
    by,
  }: {
    readonly id: string;
    readonly from?: readonly JobStatus[];
    readonly by: (Problem & { readonly kind: 'canceled' })['by'];
  },
): Promise<JobRecord | undefined> {
  const failure: Problem = { kind: 'canceled', by };
  const job = await changeJob(engine, { id, from, change: { status: 'CANCELED', finishedAt: engine.now(), failure } });
  if (job === undefined) return undefined;
  const wasWaiting = await engine.queue.remove(id);
  if (!wasWaiting) await engine.queue.abort(id, new JobCanceled(`The job was canceled: ${by}.`));
  engine.events.publishLine();
  return job;
}
