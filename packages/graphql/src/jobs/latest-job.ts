import { isPassing } from '../gateway/store-error.ts';
import type { JobRecord } from './job-record.ts';
import type { JobStore } from './job-store.ts';

/** The job as it stands; as it was last seen while the store cannot be reached, since whoever watches it is told when it can. */
export async function latestJob(
  { jobStore }: { readonly jobStore: JobStore },
  id: string,
  lastSeen: JobRecord | undefined,
): Promise<JobRecord | undefined> {
  try {
    return await jobStore.job(id);
  } catch (error) {
    if (isPassing(error) && lastSeen !== undefined) return lastSeen;
    throw error;
  }
}
