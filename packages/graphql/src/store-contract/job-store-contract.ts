import assert from 'node:assert/strict';
import { finalStatuses, openStatuses } from '../jobs/job-record.ts';
import type { IdempotencyClaim, JobStore } from '../jobs/job-store.ts';
import type { ContractCase } from './contract-case.ts';
import { newId } from '../jobs/new-id.ts';
import { imageRecord, jobRecord } from './records.ts';

const bytes = new Uint8Array([1, 2, 3]);
const queueLimit = 100;
const claim: IdempotencyClaim = { id: 'a'.repeat(64), inputHash: 'one', expiresAt: 50_000 };

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** What every job store keeps, embedded or distributed. */
export const jobStoreContract: readonly ContractCase<JobStore>[] = [
  {
    promise: 'a job is found again as it was given, also after a restart',
    check: async (open) => {
      const request = { ...jobRecord().request, prompt: 'füchse 🦊', extra: { seed: 7 } };
      const job = jobRecord({ request, trace: { traceparent, tracestate: 'vendor=1' } });
      const store = open();
      assert.deepEqual(await store.create({ job, queueLimit }), { kind: 'created', job });
      await store.close();
      assert.deepEqual(await open().job(job.id), job);
    },
  },
  {
    promise: 'an id that is not there is no error',
    check: async (open) => {
      const store = open();
      assert.equal(await store.job('job_none'), undefined);
      assert.equal(await store.image('img_none'), undefined);
      assert.equal(await store.changeJob('job_none', ['QUEUED'], { status: 'RUNNING' }), undefined);
      await store.removeImages(['img_none']);
    },
  },
  {
    promise: 'a job changes only from the states named, so that of two racing changes one wins',
    check: async (open) => {
      const store = open();
      const job = jobRecord({ trace: { traceparent } });
      await store.create({ job, queueLimit });
      const canceled = await store.changeJob(job.id, openStatuses, { status: 'CANCELED', finishedAt: 2_000 });
      assert.equal(canceled?.status, 'CANCELED');
      assert.equal(await store.changeJob(job.id, openStatuses, { status: 'RUNNING' }), undefined);
      assert.deepEqual(await store.job(job.id), { ...job, status: 'CANCELED', finishedAt: 2_000 });
    },
  },
  {
    promise: 'what a later version has written beside is kept by a change',
    check: async (open) => {
      const store = open();
      const job = { ...jobRecord(), laterMember: { deep: [1, {}, []] } };
      await store.create({ job, queueLimit });
      await store.changeJob(job.id, ['QUEUED'], { status: 'RUNNING' });
      assert.deepEqual(await store.job(job.id), { ...job, status: 'RUNNING' });
    },
  },
  {
    promise: 'a run changes nothing after another has begun',
    check: async (open) => {
      const store = open();
      const job = jobRecord({ status: 'RUNNING', dispatches: 1 });
      await store.create({ job, queueLimit });
      const first = { dispatch: 1 };
      assert.equal((await store.changeJob(job.id, openStatuses, { status: 'WAITING' }, first))?.status, 'WAITING');
      await store.changeJob(job.id, openStatuses, { status: 'RUNNING', dispatches: 2 });
      assert.equal(await store.changeJob(job.id, openStatuses, { status: 'FAILED' }, first), undefined);
      assert.deepEqual(await store.job(job.id), { ...job, dispatches: 2 });
    },
  },
  {
    promise: 'the image of a run that another has replaced is not taken',
    check: async (open) => {
      const store = open();
      const job = jobRecord({ status: 'RUNNING', dispatches: 1 });
      await store.create({ job, queueLimit });
      const replaced = { imageId: newId('img'), dispatches: 2 };
      await store.changeJob(job.id, openStatuses, replaced);
      assert.deepEqual(await store.addImage(imageRecord(job, bytes)), { ...job, ...replaced });
      assert.equal(await store.image(job.imageId), undefined);
    },
  },
  {
    promise: 'the same claim and input lead to the same job',
    check: async (open) => {
      const store = open();
      const job = jobRecord();
      await store.create({ job, claim, queueLimit });
      assert.deepEqual(await store.create({ job: jobRecord(), claim, queueLimit }), { kind: 'repeated', job });
      await store.close();
      assert.deepEqual(await open().create({ job: jobRecord(), claim, queueLimit }), { kind: 'repeated', job });
    },
  },
  {
    promise: 'of many requests with one claim at the same time, one makes a job',
    check: async (open) => {
      const store = open();
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, async () => store.create({ job: jobRecord(), claim, queueLimit })),
      );
      assert.equal(outcomes.filter((outcome) => outcome.kind === 'created').length, 1);
      assert.equal(outcomes.filter((outcome) => outcome.kind === 'repeated').length, 19);
      assert.equal((await store.openJobs()).length, 1);
    },
  },
  {
    promise: 'the same claim with another input is a conflict',
    check: async (open) => {
      const store = open();
      const job = jobRecord();
      await store.create({ job, claim, queueLimit });
      const other = { ...claim, inputHash: 'two' };
      assert.deepEqual(await store.create({ job: jobRecord(), claim: other, queueLimit }), { kind: 'conflict', job });
    },
  },
  {
    promise: 'a job that failed or was canceled may be asked for again, and then holds the claim',
    check: async (open) => {
      const store = open();
      let job = jobRecord();
      await store.create({ job, claim, queueLimit });
      for (const status of ['FAILED', 'CANCELED'] as const) {
        await store.changeJob(job.id, openStatuses, { status });
        const again = jobRecord();
        assert.deepEqual(await store.create({ job: again, claim, queueLimit }), { kind: 'created', job: again });
        job = again;
      }
      assert.equal((await store.create({ job: jobRecord(), claim, queueLimit })).kind, 'repeated');
    },
  },
  {
    promise: 'a job whose image was deleted may be asked for again',
    check: async (open) => {
      const store = open();
      const job = jobRecord();
      await store.create({ job, claim, queueLimit });
      await store.addImage(imageRecord(job, bytes));
      assert.equal((await store.create({ job: jobRecord(), claim, queueLimit })).kind, 'repeated');
      await store.removeImages([job.imageId]);
      assert.equal((await store.create({ job: jobRecord(), claim, queueLimit })).kind, 'created');
    },
  },
  {
    promise: 'a claim ends when it expires',
    check: async (open) => {
      const store = open();
      await store.create({ job: jobRecord(), claim, queueLimit });
      const late = jobRecord({ createdAt: claim.expiresAt });
      assert.equal((await store.create({ job: late, claim, queueLimit })).kind, 'created');
    },
  },
  {
    promise: 'takes no more queued jobs than the limit, except those already here',
    check: async (open) => {
      const store = open();
      const first = jobRecord();
      await store.create({ job: first, claim, queueLimit: 2 });
      await store.create({ job: jobRecord(), queueLimit: 2 });
      assert.deepEqual(await store.create({ job: jobRecord(), queueLimit: 2 }), { kind: 'full', queued: 2 });
      assert.equal((await store.create({ job: jobRecord(), claim, queueLimit: 2 })).kind, 'repeated');
      await store.changeJob(first.id, ['QUEUED'], { status: 'RUNNING' });
      assert.equal((await store.create({ job: jobRecord(), queueLimit: 2 })).kind, 'created');
    },
  },
  {
    promise: 'an image ends its job as succeeded, once or twice alike',
    check: async (open) => {
      const store = open();
      const job = jobRecord();
      await store.create({ job, queueLimit });
      const image = imageRecord(job, bytes);
      const ended = await store.addImage(image, { finishedAt: 2_000 });
      assert.deepEqual(ended, { ...job, status: 'SUCCEEDED', finishedAt: 2_000 });
      assert.deepEqual(await store.addImage(image, { finishedAt: 3_000 }), ended);
      assert.deepEqual(await store.image(image.id), image);
    },
  },
  {
    promise: 'an image that arrives after its job was canceled is kept, and the job stays canceled',
    check: async (open) => {
      const store = open();
      const job = jobRecord();
      await store.create({ job, queueLimit });
      await store.changeJob(job.id, openStatuses, { status: 'CANCELED' });
      assert.equal((await store.addImage(imageRecord(job, bytes)))?.status, 'CANCELED');
      assert.deepEqual(await store.image(job.imageId), imageRecord(job, bytes));
    },
  },
  {
    promise: 'an image without a job is kept too, as when the jobs were lost',
    check: async (open) => {
      const store = open();
      const image = imageRecord(jobRecord(), bytes);
      assert.equal(await store.addImage(image), undefined);
      assert.deepEqual(await store.image(image.id), image);
    },
  },
  {
    promise: 'jobs that have not ended are listed oldest first',
    check: async (open) => {
      const store = open();
      const statuses = [...openStatuses, ...finalStatuses];
      const jobs = statuses.map((status, index) => jobRecord({ status, createdAt: 9_000 - index }));
      for (const job of jobs) await store.create({ job, queueLimit });
      const expected = jobs.slice(0, openStatuses.length).toReversed();
      assert.deepEqual(await store.openJobs(), expected);
    },
  },
  {
    promise: "an owner's jobs come newest first, page by page, and no one else's among them",
    check: async (open) => {
      const store = open();
      const jobs = Array.from({ length: 5 }, (_, index) => jobRecord({ createdAt: 1_000 + Math.floor(index / 2) }));
      for (const job of jobs) await store.create({ job, queueLimit });
      await store.create({ job: jobRecord({ owner: 'bob' }), queueLimit });
      const seen: string[] = [];
      let after: { readonly createdAt: number; readonly id: string } | undefined;
      for (const more of [true, true, false]) {
        const page = await store.jobs({ owner: 'ann', first: 2, after });
        assert.equal(page.hasMore, more);
        seen.push(...page.items.map((job) => job.id));
        after = page.items.at(-1);
      }
      const newestFirst = jobs.toSorted(
        (one, other) => other.createdAt - one.createdAt || (other.id < one.id ? -1 : 1),
      );
      assert.deepEqual(
        seen,
        newestFirst.map((job) => job.id),
      );
    },
  },
  {
    promise: "an owner's jobs can be narrowed to one state",
    check: async (open) => {
      const store = open();
      const [queued, running] = [jobRecord(), jobRecord({ status: 'RUNNING' })];
      for (const job of [queued, running]) await store.create({ job, queueLimit });
      assert.deepEqual(await store.jobs({ owner: 'ann', first: 9, status: 'RUNNING' }), {
        items: [running],
        hasMore: false,
      });
    },
  },
  {
    promise: "an owner's images come newest first, page by page",
    check: async (open) => {
      const store = open();
      const images = [1, 2, 3].map((createdAt) => imageRecord(jobRecord({ createdAt }), bytes));
      for (const image of images) await store.addImage(image);
      await store.addImage(imageRecord(jobRecord({ owner: 'bob' }), bytes));
      const first = await store.images({ owner: 'ann', first: 2 });
      assert.deepEqual(first, { items: [images[2], images[1]], hasMore: true });
      const rest = await store.images({ owner: 'ann', first: 2, after: first.items.at(-1) });
      assert.deepEqual(rest, { items: [images[0]], hasMore: false });
    },
  },
  {
    promise: 'counts the jobs in each state, also where there are none',
    check: async (open) => {
      const store = open();
      for (const status of ['QUEUED', 'QUEUED', 'FAILED'] as const)
        await store.create({ job: jobRecord({ status }), queueLimit });
      assert.deepEqual(await store.countJobs(), {
        QUEUED: 2,
        WAITING: 0,
        RUNNING: 0,
        SUCCEEDED: 0,
        FAILED: 1,
        CANCELED: 0,
      });
    },
  },
  {
    promise: 'sweeping forgets what has ended and is old, and never a job that has not ended',
    check: async (open) => {
      const store = open();
      const old = jobRecord({ status: 'FAILED' });
      const waiting = jobRecord({ status: 'WAITING' });
      const young = jobRecord({ status: 'FAILED', createdAt: 5_000 });
      for (const job of [old, waiting, young]) await store.create({ job, queueLimit });
      await store.sweep({ createdBefore: 5_000, now: 9_000 });
      assert.equal(await store.job(old.id), undefined);
      assert.deepEqual(await store.job(waiting.id), waiting);
      assert.deepEqual(await store.job(young.id), young);
    },
  },
  {
    promise:
      'sweeping names the images that are too old, and the oldest of those that are too many, until they are removed',
    check: async (open) => {
      const store = open();
      const images = [1, 2, 3, 4].map((createdAt) => imageRecord(jobRecord({ createdAt }), bytes));
      for (const image of images) await store.addImage(image);
      assert.deepEqual(await store.sweep({ now: 9 }), []);
      assert.deepEqual(await store.sweep({ createdBefore: 2, now: 9 }), [images[0]?.id]);
      const tooMany = await store.sweep({ maxBytes: bytes.length * 2, now: 9 });
      assert.deepEqual(new Set(tooMany), new Set([images[0]?.id, images[1]?.id]));
      await store.removeImages(tooMany);
      assert.deepEqual(await store.sweep({ maxBytes: bytes.length * 2, now: 9 }), []);
      assert.equal((await store.images({ owner: 'ann', first: 9 })).items.length, 2);
    },
  },
];
