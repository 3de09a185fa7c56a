import { changeJob, tell, type JobEngine } from './job-engine.ts';
import type { JobRecord } from './job-record.ts';

/** What becomes of a job that was in flight when the gateway went down. */
export type OnInterrupted = 'rerun' | 'fail';

/** Takes up what the last run of the gateway left: queued jobs, jobs in flight, pictures that no record names. */
export async function recoverJobs(engine: JobEngine, onInterrupted: OnInterrupted): Promise<void> {
  for (const job of await engine.jobStore.openJobs()) {
    const queued = job.status === 'QUEUED' ? job : await takeUp(engine, job, onInterrupted);
    if (queued !== undefined) await engine.queue.add({ jobId: job.id, owner: job.owner });
  }
}

/** Answers the job if it is to be run again. */
async function takeUp(engine: JobEngine, job: JobRecord, onInterrupted: OnInterrupted): Promise<JobRecord | undefined> {
  // The picture may have been stored a moment before: then it is paid for and done.
  const stored = await engine.imageStore.open(job.imageId);
  if (stored !== undefined) {
    const ended = await engine.jobStore.addImage(stored.record, {
      finishedAt: engine.now(),
      statusSince: engine.now(),
    });
    if (ended !== undefined) tell(engine, ended);
    return undefined;
  }
  const from = [job.status];
  const interruptions = job.interruptions + 1;
  switch (onInterrupted) {
    case 'rerun': {
      return changeJob(engine, { id: job.id, from, change: { status: 'QUEUED', interruptions } });
    }
    case 'fail': {
      await changeJob(engine, {
        id: job.id,
        from,
        change: { status: 'FAILED', interruptions, finishedAt: engine.now(), failure: interrupted },
      });
      return undefined;
    }
    default: {
      throw new TypeError(`onInterrupted must be rerun or fail; got ${String(onInterrupted satisfies never)}.`);
    }
  }
}

const interrupted = {
  code: 'interrupted',
  message: 'The gateway went down while the endpoint was at work on this picture.',
  hint: 'Ask again to have it made. The endpoint may have finished the lost one, and billed it.',
  retryable: true,
} as const;

/** Finds pictures again whose records were lost with the database. Their ids and owners are written beside them. */
export async function adoptImages(
  { jobStore, imageStore }: Pick<JobEngine, 'jobStore' | 'imageStore'>,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  for await (const id of imageStore.ids()) {
    if (signal.aborted) return;
    if ((await jobStore.image(id)) !== undefined) continue;
    const stored = await imageStore.open(id);
    if (stored !== undefined) await jobStore.addImage(stored.record);
  }
}
