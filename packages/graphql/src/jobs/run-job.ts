import { ImageError, type GeneratedImage } from '@tintype/core';
import type { ImageRecord } from '../images/image-record.ts';
import { sha256 } from '../images/drive-image-store.ts';
import { changeJob, tell, tellLine, type JobEngine } from './job-engine.ts';
import type { JobFailure, JobRecord } from './job-record.ts';
import { GatewayClosing } from './stop-reasons.ts';

const inFlight = ['RUNNING', 'WAITING'] as const;

/** Runs a queued job to its end. Never rejects: what goes wrong becomes the job's failure. */
export async function runJob(engine: JobEngine, jobId: string, signal: AbortSignal): Promise<void> {
  try {
    const job = await begin(engine, jobId);
    if (job === undefined) return;
    await tellLine(engine);
    await finish(engine, job, signal);
  } catch (error) {
    engine.observer.failed('A job could not be recorded; it will be taken up again at the next start.', error);
  }
}

/** Marks the job as running before the first byte is sent, so that a crash from here on is known as one in flight. */
async function begin(engine: JobEngine, id: string): Promise<JobRecord | undefined> {
  const queued = await engine.jobStore.job(id);
  if (queued === undefined) return undefined;
  return changeJob(engine, {
    id,
    from: ['QUEUED'],
    change: { status: 'RUNNING', startedAt: engine.now(), dispatches: queued.dispatches + 1 },
  });
}

async function finish(engine: JobEngine, job: JobRecord, signal: AbortSignal): Promise<void> {
  const startedAt = engine.now();
  let image: GeneratedImage;
  try {
    image = await generate(engine, job, signal);
  } catch (error) {
    await (signal.reason instanceof GatewayClosing ? handBack(engine, job) : fail(engine, job, error));
    return;
  }
  const durationMs = engine.now() - startedAt;
  const record = recordOf({ job, image, createdAt: engine.now(), durationMs });
  try {
    await persistently(engine, signal, async () => engine.imageStore.put(record, image.bytes));
    engine.observer.stored(record);
    const ended = await persistently(engine, signal, async () =>
      engine.jobStore.addImage(record, {
        finishedAt: engine.now(),
        statusSince: engine.now(),
        attempts: image.attempts,
      }),
    );
    if (ended !== undefined) tell(engine, ended);
  } catch (error) {
    engine.observer.failed('A picture could not be stored.', error);
    if (signal.reason instanceof GatewayClosing) await handBack(engine, job);
    else await end(engine, job, { failure: notStored, attempts: image.attempts });
  }
}

/** The states it passes through are written one after the other, in the order in which they came. */
async function generate(engine: JobEngine, job: JobRecord, signal: AbortSignal): Promise<GeneratedImage> {
  let written: Promise<unknown> = Promise.resolve();
  const write = (change: Parameters<typeof changeJob>[1]): void => {
    written = written
      .then(() => changeJob(engine, change))
      .catch((error: unknown) => {
        engine.observer.failed("A job's progress could not be recorded.", error);
      });
  };
  try {
    return await engine.client.generate(job.request, {
      signal,
      onWaiting: (lastAnswer) => write({ id: job.id, from: inFlight, change: { status: 'WAITING', lastAnswer } }),
      onSending: () => write({ id: job.id, from: ['WAITING'], change: { status: 'RUNNING' } }),
    });
  } finally {
    await written;
  }
}

function recordOf(facts: {
  readonly job: JobRecord;
  readonly image: GeneratedImage;
  readonly createdAt: number;
  readonly durationMs: number;
}): ImageRecord {
  const { job, image, createdAt, durationMs } = facts;
  const { bytes, mediaType, width, height, meta } = image;
  const seed = meta['seed'] ?? job.request.extra['seed'];
  return {
    id: job.imageId,
    jobId: job.id,
    owner: job.owner,
    endpoint: job.endpoint,
    mediaType,
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    byteLength: bytes.length,
    sha256: sha256(bytes),
    parameters: job.request,
    ...(typeof seed === 'number' ? { seed } : {}),
    createdAt,
    durationMs,
    warnings: [...image.warnings, ...repeatWarnings(job)],
  };
}

function repeatWarnings({ interruptions }: JobRecord): readonly string[] {
  if (interruptions === 0) return [];
  const times = interruptions === 1 ? 'once' : `${interruptions} times`;
  return [
    `The gateway went down ${times} while this picture was being made and asked for it again; the endpoint may have billed it more than once.`,
  ];
}

/**
 * A picture is paid for already, and a disk may be full, or an object store out of reach, for a while. No other picture is
 * begun in its place meanwhile. Someone who cancels the job gets it all the same; a gateway that goes down tries a last time.
 */
async function persistently<Result>(
  { sleep, storeAgainAfterMs }: JobEngine,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const closing = new AbortController();
  const listen = (): void => {
    if (signal.reason instanceof GatewayClosing) closing.abort();
  };
  signal.addEventListener('abort', listen);
  try {
    for (const waitMs of storeAgainAfterMs) {
      try {
        return await work();
      } catch {
        await sleep(waitMs, closing.signal).catch(() => undefined);
        if (closing.signal.aborted) break;
      }
    }
    return await work();
  } finally {
    signal.removeEventListener('abort', listen);
  }
}

/** The endpoint may have been at work: the job goes back into the line, marked. */
async function handBack(engine: JobEngine, job: JobRecord): Promise<void> {
  await changeJob(engine, {
    id: job.id,
    from: inFlight,
    change: { status: 'QUEUED', interruptions: job.interruptions + 1 },
  });
}

async function fail(engine: JobEngine, job: JobRecord, error: unknown): Promise<void> {
  if (!ImageError.isInstance(error)) engine.observer.failed('A job met a mistake in the gateway.', error);
  const attempts = ImageError.isInstance(error) ? error.attempts : [];
  await end(engine, job, { failure: failureOf(engine, error), attempts });
}

/** A job that was canceled keeps that as its end. */
async function end(
  engine: JobEngine,
  { id }: JobRecord,
  change: { readonly failure: JobFailure; readonly attempts: JobRecord['attempts'] },
): Promise<void> {
  await changeJob(engine, { id, from: inFlight, change: { ...change, status: 'FAILED', finishedAt: engine.now() } });
}

const notStored: JobFailure = {
  code: 'storage_failed',
  message: 'The picture was made, but the gateway could not write it to its store.',
  hint: "Tell the gateway's operator: its disk may be full, or its object store down. The endpoint has billed the picture.",
  retryable: true,
};

function failureOf({ client }: JobEngine, error: unknown): JobFailure {
  if (ImageError.isInstance(error)) {
    const { code, message, hint, retryable } = error;
    return { code, message: client.hideAddress(message), hint: client.hideAddress(hint), retryable };
  }
  return {
    code: 'internal',
    message: 'The gateway made a mistake with this job.',
    hint: "Tell the gateway's operator: its log has the details.",
    retryable: false,
  };
}
