import type { JobEngine } from './job-engine.ts';
import { takeUp } from './take-up.ts';

/** Takes up what the last run of the gateway left: queued jobs, and jobs in flight. */
export async function recoverJobs(engine: JobEngine): Promise<void> {
  for (const job of await engine.jobStore.openJobs()) {
    const queued = job.status === 'QUEUED' ? job : await takeUp(engine, job);
    if (queued !== undefined) await engine.queue.add({ jobId: job.id, owner: job.owner });
  }
}

/**
 * Finds images again whose records were lost with the database. Their ids and owners are written beside them. Answers whether
 * all were looked at before the signal aborted.
 */
export async function adoptImages(
  { jobStore, imageStore }: Pick<JobEngine, 'jobStore' | 'imageStore'>,
  signal: AbortSignal,
): Promise<boolean> {
  if (signal.aborted) return false;
  for await (const id of imageStore.ids()) {
    if (signal.aborted) return false;
    if ((await jobStore.image(id)) !== undefined) continue;
    const stored = await imageStore.open(id);
    if (stored === undefined) continue;
    const job = await jobStore.addImage(stored.record);
    // A run that another had replaced left it; the job has its own image.
    if (job !== undefined && job.imageId !== id) await imageStore.delete(id);
  }
  return true;
}
