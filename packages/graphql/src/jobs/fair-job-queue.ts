import type { JobQueue, JobRunner } from './job-queue.ts';

export interface FairJobQueueOptions {
  /** Most jobs run at once. @default 1 */
  readonly concurrency?: number | undefined;
  /** Most jobs of one owner run at once. @default as many as `concurrency` */
  readonly concurrencyPerOwner?: number | undefined;
}

/**
 * A queue within one process that gives owners turns: an owner with a hundred jobs waiting delays another's single job by
 * one job, not by a hundred. Within an owner, first come, first served.
 */
export function createFairJobQueue(options: FairJobQueueOptions = {}): JobQueue {
  const { concurrency = 1, concurrencyPerOwner = concurrency } = options;
  /** Owners in the order of their turns; one without waiting jobs is not in it. */
  const lines = new Map<string, string[]>();
  const active = new Map<
    string,
    { readonly owner: string; readonly controller: AbortController; done: Promise<void> }
  >();
  let run: JobRunner | undefined;
  let closed = false;

  function runningOf(owner: string): number {
    let count = 0;
    for (const job of active.values()) if (job.owner === owner) count += 1;
    return count;
  }

  function takeNext(): { readonly jobId: string; readonly owner: string } | undefined {
    for (const [owner, line] of lines) {
      if (runningOf(owner) >= concurrencyPerOwner) continue;
      const jobId = line.shift();
      // To the end of the round, or out of it.
      lines.delete(owner);
      if (line.length > 0) lines.set(owner, line);
      if (jobId !== undefined) return { jobId, owner };
    }
    return undefined;
  }

  function dispatch(): void {
    for (;;) {
      if (run === undefined || closed || active.size >= concurrency) return;
      const next = takeNext();
      if (next === undefined) return;
      const { jobId, owner } = next;
      const controller = new AbortController();
      const done = run(jobId, controller.signal).finally(() => {
        active.delete(jobId);
        dispatch();
      });
      active.set(jobId, { owner, controller, done });
    }
  }

  function order(): readonly string[] {
    const rest = [...lines.values()];
    const longest = Math.max(0, ...rest.map((line) => line.length));
    return Array.from({ length: longest }, (_, round) => rest.flatMap((line) => line.slice(round, round + 1))).flat();
  }

  return {
    start(runner) {
      run = runner;
      dispatch();
    },
    async add({ jobId, owner }) {
      const line = lines.get(owner) ?? [];
      lines.set(owner, line);
      line.push(jobId);
      dispatch();
    },
    async remove(jobId) {
      for (const [owner, line] of lines) {
        const index = line.indexOf(jobId);
        if (index === -1) continue;
        line.splice(index, 1);
        if (line.length === 0) lines.delete(owner);
        return true;
      }
      return false;
    },
    async abort(jobId, reason) {
      const job = active.get(jobId);
      job?.controller.abort(reason);
      return job !== undefined;
    },
    async position(jobId) {
      const index = order().indexOf(jobId);
      return index === -1 ? undefined : index + 1;
    },
    async waiting() {
      return order();
    },
    get running() {
      return active.size;
    },
    async close({ drainMs, reason }) {
      closed = true;
      const jobs = [...active.values()];
      const timer = setTimeout(() => {
        for (const job of jobs) job.controller.abort(reason);
      }, drainMs);
      await Promise.allSettled(jobs.map((job) => job.done));
      clearTimeout(timer);
    },
  };
}
