import type { ImageRecord } from '../images/image-record.ts';
import type { JobRecord, JobStatus } from './job-record.ts';

/** The record that keeps a repeated request from costing a second image. */
export interface IdempotencyClaim {
  /** `sha256(owner, key)`, in hexadecimal. */
  readonly id: string;
  /** Of everything that was asked for; another hash under the same id is a conflict. */
  readonly inputHash: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface NewJob {
  readonly job: JobRecord;
  readonly claim?: IdempotencyClaim | undefined;
  /** The most jobs that may be queued; a repeated request passes even when it is reached. */
  readonly queueLimit: number;
}

export type NewJobOutcome =
  | { readonly kind: 'created'; readonly job: JobRecord }
  /** The same key and input were seen before, and that job has not failed. */
  | { readonly kind: 'repeated'; readonly job: JobRecord }
  /** The same key was used with another input. */
  | { readonly kind: 'conflict'; readonly job: JobRecord }
  | { readonly kind: 'full'; readonly queued: number };

/** Part of an owner's records, newest first. */
export interface PageRequest {
  readonly owner: string;
  /** How many, at least 1. */
  readonly first: number;
  /** Continue behind the record with this creation time and id. */
  readonly after?: { readonly createdAt: number; readonly id: string } | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
}

/** What may change in a job after it was created. */
export type JobChange = Partial<
  Pick<
    JobRecord,
    | 'status'
    | 'statusSince'
    | 'startedAt'
    | 'finishedAt'
    | 'imageId'
    | 'dispatches'
    | 'interruptions'
    | 'attempts'
    | 'lastAnswer'
    | 'failure'
  >
>;

/** What must hold for a change, beside the job's state. */
export interface ChangeCondition {
  /** The run that asks: the job's `dispatches` since it began. Where another run has begun after it, nothing changes. */
  readonly dispatch?: number | undefined;
}

/** Which records may go. */
export interface Retention {
  /** Images and ended jobs created before this go, in milliseconds since the epoch. @default none */
  readonly createdBefore?: number | undefined;
  /** When all images together are larger than this, in bytes, the oldest go. @default none */
  readonly maxBytes?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Holds jobs, idempotency claims and image records. Every method is atomic, and what it wrote survives the process being
 * killed once its promise settles. Bring your own: `jobStoreContract` says what it has to keep.
 */
export interface JobStore {
  /** Accepts a job, unless its claim says it is already here or the queue is full. */
  create(request: NewJob): Promise<NewJobOutcome>;
  job(id: string): Promise<JobRecord | undefined>;
  /**
   * Changes a job that is in one of these states; answers the changed job, or `undefined` when it is in another or gone.
   * Members of the record that this version does not know stay: a later version may have written them.
   */
  changeJob(
    id: string,
    from: readonly JobStatus[],
    change: JobChange,
    condition?: ChangeCondition,
  ): Promise<JobRecord | undefined>;
  /**
   * Records an image and ends its job as SUCCEEDED, in one step. A job that has ended otherwise (canceled, while the
   * image was on its way) stays as it is, and has the image all the same. Doing it twice is doing it once.
   * Where the job's `imageId` is another, a later run makes the image: nothing is recorded, and the job comes back as it is.
   */
  addImage(image: ImageRecord, change?: JobChange): Promise<JobRecord | undefined>;
  /** Jobs that have not ended, oldest first. */
  openJobs(): Promise<readonly JobRecord[]>;
  jobs(page: PageRequest & { readonly status?: JobStatus | undefined }): Promise<Page<JobRecord>>;
  image(id: string): Promise<ImageRecord | undefined>;
  images(page: PageRequest): Promise<Page<ImageRecord>>;
  removeImages(ids: readonly string[]): Promise<void>;
  /** How many jobs are in each state. */
  countJobs(): Promise<Readonly<Record<JobStatus, number>>>;
  /**
   * Forgets ended jobs and expired claims; answers the ids of the images that are to go. Their records stay until
   * `removeImages`, so that a crash between the two costs nothing.
   */
  sweep(retention: Retention): Promise<readonly string[]>;
  /** Throws when the store cannot be used. */
  check(): Promise<void>;
  close(): Promise<void>;
}
