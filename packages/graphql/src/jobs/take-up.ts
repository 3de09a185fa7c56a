import { changeJob, tell, type JobEngine } from './job-engine.ts';
import type { JobRecord } from './job-record.ts';
import { newId } from './new-id.ts';

/** What becomes of a job that was in flight when the gateway went down. */
export type OnInterrupted = 'rerun' | 'fail';

/** Decides about a job whose run was given up; answers the job if it is to be run again. */
export async function takeUp(engine: JobEngine, job: JobRecord): Promise<JobRecord | undefined> {
  // The image may have been stored a moment before: then it is paid for and done.
  const stored = await engine.imageStore.open(job.imageId);
  if (stored !== undefined) {
    const ended = await engine.jobStore.addImage(stored.record, {
      finishedAt: engine.now(),
      statusSince: engine.now(),
    });
    if (ended !== undefined) tell(engine, ended);
    return undefined;
  }
  const { onInterrupted, isShared } = engine;
  const interruptions = job.interruptions + 1;
  const transition = { id: job.id, from: [job.status], dispatch: job.dispatches };
  switch (onInterrupted) {
    case 'rerun': {
      // The run taken for dead may come back with its image: under its old id, it cannot meet the new one's.
      const imageId = isShared ? newId('img') : job.imageId;
      return changeJob(engine, { ...transition, change: { status: 'QUEUED', interruptions, imageId } });
    }
    case 'fail': {
      await changeJob(engine, {
        ...transition,
        change: { status: 'FAILED', interruptions, finishedAt: engine.now(), failure: { kind: 'interrupted' } },
      });
      return undefined;
    }
    default: {
      throw new TypeError(`onInterrupted must be rerun or fail; got ${String(onInterrupted satisfies never)}.`);
    }
  }
}
