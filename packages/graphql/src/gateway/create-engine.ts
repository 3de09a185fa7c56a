import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import { createDiskImageStore } from '../images/disk-image-store.ts';
import { createCoreEndpointClient } from '../jobs/core-endpoint-client.ts';
import type { JobEngine, JobObserver } from '../jobs/job-engine.ts';
import { createRedisParts } from '../redis/redis-parts.ts';
import { createS3ImageStore } from '../s3/s3-image-store.ts';
import { createEmbeddedParts } from './embedded-parts.ts';
import type { EngineParts } from './engine-parts.ts';
import { createTracing } from '../tracing/create-tracing.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { loggedError } from './logged-error.ts';
import { loggedProblem } from './logged-problem.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { ResolvedOptions } from './resolve-options.ts';

export interface EngineOptions {
  readonly options: Pick<GatewayOptions, 'jobStore' | 'imageStore'>;
  readonly settings: ResolvedOptions;
  readonly log: Logger;
}

/** The parts behind the gateway: the caller's own stores, those on this machine, or those that many machines share. */
export function createEngine({ options, settings, log }: EngineOptions): {
  readonly engine: JobEngine;
  readonly parts: EngineParts;
  readonly metrics: Metrics;
} {
  const { endpoint, concurrency, directory, s3Url, redisUrl } = settings;
  // Before the database is opened: the AWS SDK may be missing.
  const remoteImages = s3Url === undefined ? undefined : createS3ImageStore({ url: s3Url });
  // Before the folder is used: the database's lock says whether this process may.
  const parts =
    redisUrl === undefined
      ? createEmbeddedParts(settings, options.jobStore)
      : createRedisParts({ url: redisUrl, settings, log });
  const { jobStore, queue, events, now, isShared } = parts;
  const metrics = createMetrics({ jobStore, queue, now });
  const tracing = createTracing({ prompts: settings.tracePrompts });
  const observer: JobObserver = {
    changed: (job) => {
      tracing.changed(job);
      metrics.jobChanged(job);
      const { id, owner, status, interruptions } = job;
      log.info({ job: id, owner, status, ...(interruptions > 0 && { interruptions }), ...loggedProblem(job) }, 'job');
    },
    stored: (image) => metrics.imageStored(image),
    refused: (error, before) => {
      metrics.storeRefused();
      // Once for each that has to wait: the metric tells how often.
      if (before === 0)
        log.warn({ err: loggedError(error) }, 'A store did not take what has to be kept; it is tried again.');
    },
    failed: (what, error) => log.error({ err: loggedError(error) }, what),
  };
  const engine: JobEngine = {
    jobStore,
    imageStore: options.imageStore ?? remoteImages ?? createDiskImageStore(path.join(directory, 'images')),
    queue,
    events,
    observer,
    tracing,
    onInterrupted: settings.onInterrupted,
    isShared,
    client: createCoreEndpointClient({
      endpoint: endpoint.url,
      token: endpoint.token,
      protocol: endpoint.protocol,
      model: endpoint.model,
      timeout: endpoint.timeout,
      retry: endpoint.retry,
      concurrency,
    }),
    storeAgainAfterMs: settings.storeAgainAfter,
    now,
    sleep: async (ms: number, signal?: AbortSignal): Promise<void> => sleep(ms, undefined, { signal }),
  };
  return { engine, parts, metrics };
}
