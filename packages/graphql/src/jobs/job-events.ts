/** What a listener hears: the job has changed; the places in line have; or something may have been missed, so have a look. */
export type JobNews = 'job' | 'line' | 'look';

export type JobListener = (news: JobNews) => void;

/** Tells subscribers that a job has changed; what it has become they read from the store. */
export interface JobEvents {
  publish(jobId: string): void;
  /** Tells everyone that the places in line have changed. */
  publishLine(): void;
  /** Tells whoever holds images in memory to let go of one. */
  publishDeleted(imageId: string): void;
  /** Calls the listener after each change, until the function it returns is called. */
  subscribe(jobId: string, listener: JobListener): () => void;
  /** Calls the listener when an image was deleted; without its id when some may have been, unheard. */
  onDeleted(listener: (imageId: string | undefined) => void): void;
  close(): Promise<void>;
}

/** Who listens within this process, and the calls to them. */
export interface LocalJobEvents extends JobEvents {
  /** Tells those who listen to jobs that they may have missed something. */
  lookAgain(): void;
  /** Tells whoever holds images in memory to let go of one; of all, without an id. */
  publishDeleted(imageId: string | undefined): void;
}

/** Job events within one process. */
export function createJobEvents(): LocalJobEvents {
  const listeners = new Map<string, Set<JobListener>>();
  const deletedListeners = new Set<(imageId: string | undefined) => void>();

  function tellAll(news: JobNews): void {
    for (const ofJob of listeners.values()) for (const listener of ofJob) listener(news);
  }

  return {
    publish(jobId) {
      for (const listener of listeners.get(jobId) ?? []) listener('job');
    },
    publishLine() {
      tellAll('line');
    },
    publishDeleted(imageId) {
      for (const listener of deletedListeners) listener(imageId);
    },
    subscribe(jobId, listener) {
      const ofJob = listeners.get(jobId) ?? new Set();
      listeners.set(jobId, ofJob.add(listener));
      return () => {
        ofJob.delete(listener);
        if (ofJob.size === 0 && listeners.get(jobId) === ofJob) listeners.delete(jobId);
      };
    },
    onDeleted(listener) {
      deletedListeners.add(listener);
    },
    lookAgain() {
      tellAll('look');
    },
    async close() {
      listeners.clear();
    },
  };
}
