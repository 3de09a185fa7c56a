import type { ImageRecord } from '../images/image-record.ts';
import type { ImageAddresses } from '../images/image-addresses.ts';
import type { ImageCache } from '../images/image-cache.ts';
import { cancelJob } from '../jobs/cancel-job.ts';
import type { JobEngine } from '../jobs/job-engine.ts';
import { isFinal, type JobRecord } from '../jobs/job-record.ts';
import { submitJob } from '../jobs/submit-job.ts';
import { waitForJob } from '../jobs/wait-for-job.ts';
import { inputChecker, type CheckInput, type InputRules } from './input-checker.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { fromStore } from './store-error.ts';
import type { Problem } from '../problems/problem.ts';

/** An endpoint as callers may know it: never its address or token. */
export interface EndpointDescription {
  readonly name: string;
  readonly rules: InputRules;
}

/** How a request was received. */
export type Reception =
  | { readonly kind: 'accepted'; readonly job: JobRecord; readonly isNew: boolean }
  | {
      readonly kind: 'refused';
      readonly problem: Extract<
        Problem,
        { readonly kind: 'invalid_input' | 'queue_full' | 'rate_limited' | 'idempotency_conflict' }
      >;
    };

/** A caller waiting for a job's end. */
export interface Waiting {
  readonly job: JobRecord;
  /** Whether a caller who goes away takes the job with them, where the endpoint has not begun it. */
  readonly leavesWithCaller: boolean;
  /** Aborts when the caller goes away. */
  readonly signal: AbortSignal;
  /** In milliseconds. @default as long as it takes */
  readonly waitMs?: number | undefined;
}

/** What the routes and resolvers ask of the gateway. */
export interface GatewayServices {
  readonly engine: JobEngine;
  readonly endpoint: EndpointDescription;
  readonly images: ImageCache;
  /** Present where callers fetch images from the store itself. */
  readonly addresses?: ImageAddresses | undefined;
  /** How long `generateImage` waits for the image, in milliseconds. */
  readonly waitMs: number;
  /** Aborts when the gateway goes down: whoever waits is answered with what is known. */
  readonly closing: AbortSignal;
  /** Checks a request and puts it in line. @throws StoreError - the job could not be written down, and is not accepted. */
  receive(request: CheckInput & { readonly owner: string }): Promise<Reception>;
  /** Waits for a job's end; answers the job as it is when the wait is over. */
  waitFor(waiting: Waiting): Promise<JobRecord>;
  imageOf(job: JobRecord): Promise<ImageRecord | undefined>;
  /** Removes an owner's image; answers whether there was one. */
  deleteImage(image: { readonly id: string; readonly owner: string }): Promise<boolean>;
}

export interface GatewayServicesOptions extends Pick<
  GatewayServices,
  'engine' | 'endpoint' | 'images' | 'addresses' | 'waitMs' | 'closing'
> {
  readonly queueLimit: number;
  readonly rateLimiter: RateLimiter;
  /** How long a caller who went away may take to come back, in milliseconds. */
  readonly abandonAfterMs: number;
}

export function createGatewayServices(options: GatewayServicesOptions): GatewayServices {
  const { engine, endpoint, images, addresses, waitMs, closing, queueLimit, rateLimiter, abandonAfterMs } = options;
  const checkInput = inputChecker(endpoint.rules);

  /** The caller is gone and cannot ask for the job again: what the endpoint has not begun is not made for no one. */
  function abandonLater(id: string): void {
    const stop = (): void => clearTimeout(timer);
    const timer = setTimeout(() => {
      closing.removeEventListener('abort', stop);
      cancelJob(engine, {
        id,
        from: ['QUEUED', 'WAITING'],
        by: 'caller_left',
      }).catch((error: unknown) =>
        engine.observer.failed('A job whose caller went away could not be canceled.', error),
      );
    }, abandonAfterMs);
    timer.unref();
    closing.addEventListener('abort', stop, { once: true });
  }

  return {
    engine,
    endpoint,
    images,
    addresses,
    waitMs,
    closing,

    async receive({ owner, ...request }) {
      const checked = checkInput(request);
      if (!checked.ok) return { kind: 'refused', problem: { kind: 'invalid_input', issues: checked.issues } };
      const retryAfterMs = await fromStore(rateLimiter.take(owner), 'accept_job');
      if (retryAfterMs > 0) return { kind: 'refused', problem: { kind: 'rate_limited', retryAfterMs } };
      const idempotencyKey = typeof request.idempotencyKey === 'string' ? request.idempotencyKey : undefined;
      const submission = submitJob(engine, {
        owner,
        endpoint: endpoint.name,
        request: checked.request,
        idempotencyKey,
        queueLimit,
      });
      const outcome = await fromStore(submission, 'accept_job').catch((error: unknown) => {
        engine.observer.failed('A job could not be written to the store.', error);
        throw error;
      });
      switch (outcome.kind) {
        case 'created':
        case 'repeated': {
          return { kind: 'accepted', job: outcome.job, isNew: outcome.kind === 'created' };
        }
        case 'full': {
          return { kind: 'refused', problem: { kind: 'queue_full', queued: outcome.queued, limit: queueLimit } };
        }
        case 'conflict': {
          return { kind: 'refused', problem: { kind: 'idempotency_conflict' } };
        }
        default: {
          return outcome satisfies never;
        }
      }
    },

    async waitFor({ job, leavesWithCaller, signal, waitMs: longest }) {
      const latest = await waitForJob(engine, { job, signals: [signal, closing], waitMs: longest });
      if (leavesWithCaller && signal.aborted && !isFinal(latest)) abandonLater(job.id);
      return latest;
    },

    async imageOf({ imageId }) {
      return engine.jobStore.image(imageId);
    },

    async deleteImage({ id, owner }) {
      const image = await engine.jobStore.image(id);
      if (image?.owner !== owner) return false;
      await fromStore(engine.imageStore.delete(id), 'delete_image');
      engine.events.publishDeleted(id);
      await engine.jobStore.removeImages([id]);
      return true;
    },
  };
}
