import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import { createDiskImageStore } from '../images/disk-image-store.ts';
import { createCoreEndpointClient } from '../jobs/core-endpoint-client.ts';
import { createFairJobQueue } from '../jobs/fair-job-queue.ts';
import type { JobEngine, JobObserver } from '../jobs/job-engine.ts';
import { createJobEvents } from '../jobs/job-events.ts';
import { createS3ImageStore } from '../s3/s3-image-store.ts';
import { createSqliteJobStore } from '../sqlite/sqlite-job-store.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { ResolvedOptions } from './resolve-options.ts';

export interface EngineOptions {
  readonly options: Pick<GatewayOptions, 'jobStore' | 'imageStore'>;
  readonly settings: ResolvedOptions;
  readonly log: Logger;
}

/** The parts behind the gateway: the caller's own stores, or those on this machine. */
export function createEngine({ options, settings, log }: EngineOptions): {
  readonly engine: JobEngine;
  readonly metrics: Metrics;
} {
  const { endpoint, concurrency, concurrencyPerOwner, directory, s3Url } = settings;
  // Before the database is opened: the AWS SDK may be missing.
  const remoteImages = s3Url === undefined ? undefined : createS3ImageStore({ url: s3Url });
  const parts = {
    // First: its lock says whether this process may use the directory.
    jobStore: options.jobStore ?? createSqliteJobStore(path.join(directory, 'tintype.db')),
    imageStore: options.imageStore ?? remoteImages ?? createDiskImageStore(path.join(directory, 'images')),
    queue: createFairJobQueue({ concurrency, concurrencyPerOwner }),
    events: createJobEvents(),
    client: createCoreEndpointClient({
      endpoint: endpoint.url,
      token: endpoint.token,
      timeout: endpoint.timeout,
      retry: endpoint.retry,
      concurrency,
    }),
    storeAgainAfterMs: settings.storeAgainAfter,
    now: Date.now,
    sleep: async (ms: number, signal?: AbortSignal): Promise<void> => sleep(ms, undefined, { signal }),
  };
  const metrics = createMetrics(parts);
  const observer: JobObserver = {
    changed: (job) => {
      metrics.jobChanged(job);
      const { id, owner, status, failure } = job;
      log.info({ job: id, owner, status, ...(failure === undefined ? {} : { code: failure.code }) }, 'job');
    },
    stored: (image) => metrics.imageStored(image),
    failed: (what, error) => log.error({ err: error }, what),
  };
  return { engine: { ...parts, observer }, metrics };
}
