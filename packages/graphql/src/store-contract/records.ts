import { createHash } from 'node:crypto';
import type { ImageRecord } from '../images/image-record.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import { newId } from '../jobs/new-id.ts';

/** A queued job of `ann`, with what the test cares about changed. */
export function jobRecord(change: Partial<JobRecord> = {}): JobRecord {
  return {
    id: newId('job'),
    owner: 'ann',
    endpoint: 'default',
    status: 'QUEUED',
    statusSince: 1_000,
    request: {
      prompt: 'a red fox',
      width: 64,
      height: 64,
      guidanceScale: 7.5,
      inferenceSteps: 25,
      extra: {},
      given: ['prompt'],
    },
    createdAt: 1_000,
    imageId: newId('img'),
    dispatches: 0,
    interruptions: 0,
    attempts: [],
    ...change,
  };
}

/** The record of a job's image with these bytes. */
export function imageRecord(job: JobRecord, bytes: Uint8Array, change: Partial<ImageRecord> = {}): ImageRecord {
  return {
    id: job.imageId,
    jobId: job.id,
    owner: job.owner,
    endpoint: job.endpoint,
    mediaType: 'image/png',
    width: 64,
    height: 64,
    byteLength: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    parameters: job.request,
    createdAt: job.createdAt,
    durationMs: 10,
    warnings: [],
    ...change,
  };
}
