/** Tells subscribers that a job has changed; what it has become they read from the store. */
export interface JobEvents {
  publish(jobId: string): void;
  /** Calls the listener after each change, until the function it returns is called. */
  subscribe(jobId: string, listener: () => void): () => void;
}

/** Job events within one process. */
export function createJobEvents(): JobEvents {
  const listeners = new Map<string, Set<() => void>>();
  return {
    publish(jobId) {
      for (const listener of listeners.get(jobId) ?? []) listener();
    },
    subscribe(jobId, listener) {
      const ofJob = listeners.get(jobId) ?? new Set();
      listeners.set(jobId, ofJob.add(listener));
      return () => {
        ofJob.delete(listener);
        if (ofJob.size === 0 && listeners.get(jobId) === ofJob) listeners.delete(jobId);
      };
    },
  };
}
