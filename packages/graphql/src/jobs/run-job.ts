import { ImageError, type GeneratedImage } from '@tintype/core';
import type { ImageRecord } from '../images/image-record.ts';
import { sha256 } from '../images/file-image-store.ts';
import { isPassing } from '../gateway/store-error.ts';
import { changeJob, tell, type JobEngine, type JobTransition } from './job-engine.ts';
import { endpointProblem, type Problem } from '../problems/problem.ts';
import { isFinal, type JobRecord } from './job-record.ts';
import { GatewayClosing, RunReplaced } from './stop-reasons.ts';
import { takeUp } from './take-up.ts';

const inFlight = ['RUNNING', 'WAITING'] as const;

/** Runs a job to its end, one whose run was given up included. Never rejects: what goes wrong becomes the job's failure. */
export async function runJob(engine: JobEngine, jobId: string, signal: AbortSignal): Promise<void> {
  try {
    // Those that share their jobs leave it to each other; to one alone it would be lost until its next start.
    const job = engine.isShared
      ? await begin(engine, jobId)
      : await persistently(engine, signal, async () => begin(engine, jobId));
    if (job === undefined) return;
    engine.events.publishLine();
    await engine.tracing.job(job, async () => finish(engine, job, signal));
  } catch (error) {
    engine.observer.failed('A job could not be recorded; it will be taken up again.', error);
  }
}

/** Marks the job as running before the first byte is sent, so that a crash from here on is known as one in flight. */
async function begin(engine: JobEngine, id: string): Promise<JobRecord | undefined> {
  const found = await engine.jobStore.job(id);
  if (found === undefined || isFinal(found)) return undefined;
  const queued = found.status === 'QUEUED' ? found : await takeUp(engine, found);
  if (queued === undefined) return undefined;
  const { dispatches } = queued;
  // One and the same moment, by which the first RUNNING is known from that after a wait.
  const startedAt = engine.now();
  return changeJob(engine, {
    id,
    from: ['QUEUED'],
    change: { status: 'RUNNING', startedAt, statusSince: startedAt, dispatches: dispatches + 1 },
    dispatch: dispatches,
  });
}

async function finish(engine: JobEngine, job: JobRecord, signal: AbortSignal): Promise<void> {
  const startedAt = engine.now();
  let image: GeneratedImage;
  try {
    image = await generate(engine, job, signal);
  } catch (error) {
    if (signal.reason instanceof RunReplaced) return;
    await (signal.reason instanceof GatewayClosing ? handBack(engine, job) : fail(engine, job, { error, signal }));
    return;
  }
  const durationMs = engine.now() - startedAt;
  const record = recordOf({ engine, job, image, durationMs });
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
    if (ended === undefined) return;
    if (ended.imageId === record.id) tell(engine, ended);
    else await drop(engine, record);
  } catch (error) {
    // The image is in its store, where whoever takes the job up finds it.
    if (isPassing(error)) throw error;
    engine.observer.failed('An image could not be stored.', error);
    if (signal.reason instanceof GatewayClosing) await handBack(engine, job);
    else {
      await persistently(engine, signal, async () =>
        end(engine, job, { failure: { kind: 'not_stored' }, attempts: image.attempts }),
      );
    }
  }
}

/** The states it passes through are written one after the other, in the order in which they came. */
async function generate(engine: JobEngine, job: JobRecord, signal: AbortSignal): Promise<GeneratedImage> {
  let written: Promise<unknown> = Promise.resolve();
  let isWaiting = false;
  const write = (change: JobTransition): void => {
    written = written
      .then(() => changeJob(engine, change))
      .catch((error: unknown) => {
        engine.observer.failed("A job's progress could not be recorded.", error);
      });
  };
  try {
    return await engine.client.generate(job.request, {
      signal,
      onWaiting: (answer) => {
        isWaiting = true;
        const lastAnswer = { ...answer, at: engine.now() };
        write({ id: job.id, from: inFlight, change: { status: 'WAITING', lastAnswer }, dispatch: job.dispatches });
      },
      onSending: () => {
        // The first time it is RUNNING already.
        if (isWaiting)
          write({ id: job.id, from: ['WAITING'], change: { status: 'RUNNING' }, dispatch: job.dispatches });
        isWaiting = false;
      },
    });
  } finally {
    await written;
  }
}

function recordOf(facts: {
  readonly engine: JobEngine;
  readonly job: JobRecord;
  readonly image: GeneratedImage;
  readonly durationMs: number;
}): ImageRecord {
  const { engine, job, image, durationMs } = facts;
  const { bytes, mediaType, width, height, meta } = image;
  // The endpoint's own may name its address.
  const warnings = image.warnings.map((warning) => engine.client.hideAddresses(warning));
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
    createdAt: engine.now(),
    durationMs,
    warnings: [...warnings, ...repeatWarnings(job)],
  };
}

function repeatWarnings({ interruptions }: JobRecord): readonly string[] {
  if (interruptions === 0) return [];
  const times = interruptions === 1 ? 'once' : `${interruptions} times`;
  return [
    `The gateway, or a worker of it, went down ${times} while this image was being made, and it was asked for again; the endpoint may have billed it more than once.`,
  ];
}

/** For what passes by itself, in milliseconds: whoever waits for the image has it soon after. */
const longestWaitMs = 5_000;

/**
 * An image is paid for already, and a disk may be full, or an object store out of reach, for a while. No other image is
 * begun in its place meanwhile. What passes by itself, such as a database that is being restarted, is waited out for as long as
 * it takes. Someone who cancels the job gets it all the same; a gateway that goes down tries a last time.
 */
async function persistently<Result>(
  { sleep, storeAgainAfterMs, observer }: JobEngine,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const closing = new AbortController();
  const listen = (): void => {
    if (signal.reason instanceof GatewayClosing) closing.abort();
  };
  listen();
  signal.addEventListener('abort', listen);
  try {
    for (let turn = 0; ; turn += 1) {
      try {
        return await work();
      } catch (error) {
        const passes = isPassing(error);
        const waitMs = storeAgainAfterMs[turn] ?? (passes ? storeAgainAfterMs.at(-1) : undefined);
        if (waitMs === undefined || closing.signal.aborted) throw error;
        observer.refused(error, turn);
        await sleep(passes ? Math.min(waitMs, longestWaitMs) : waitMs, closing.signal).catch(() => undefined);
      }
    }
  } finally {
    signal.removeEventListener('abort', listen);
  }
}

/** Another worker has taken the job up, marked: this image comes from a run that was taken for dead. */
async function drop({ imageStore, observer }: JobEngine, record: ImageRecord): Promise<void> {
  await imageStore.delete(record.id);
  observer.failed(
    `An image of the job ${record.jobId} was dropped, which the endpoint may have billed.`,
    new RunReplaced('The worker had been silent for so long that another had taken the job up.'),
  );
}

/** The endpoint may have been at work: the job goes back into the line, marked. */
async function handBack(engine: JobEngine, job: JobRecord): Promise<void> {
  await changeJob(engine, {
    id: job.id,
    from: inFlight,
    change: { status: 'QUEUED', interruptions: job.interruptions + 1 },
    dispatch: job.dispatches,
  });
}

async function fail(
  engine: JobEngine,
  job: JobRecord,
  { error, signal }: { readonly error: unknown; readonly signal: AbortSignal },
): Promise<void> {
  if (!ImageError.isInstance(error)) engine.observer.failed('A job met an unhandled error in the gateway.', error);
  const attempts = ImageError.isInstance(error) ? error.attempts : [];
  const failure: Problem = ImageError.isInstance(error) ? endpointProblem(error) : { kind: 'internal' };
  await persistently(engine, signal, async () => end(engine, job, { failure, attempts }));
}

/** A job that was canceled keeps that as its end. */
async function end(
  engine: JobEngine,
  { id, dispatches }: JobRecord,
  change: { readonly failure: Problem; readonly attempts: JobRecord['attempts'] },
): Promise<void> {
  await changeJob(engine, {
    id,
    from: inFlight,
    change: { ...change, status: 'FAILED', finishedAt: engine.now() },
    dispatch: dispatches,
  });
}
