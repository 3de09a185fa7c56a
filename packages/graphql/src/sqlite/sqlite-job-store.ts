import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { LRUCache } from 'lru-cache';
import type { ImageRecord } from '../images/image-record.ts';
import { jobStatuses, openStatuses, type JobRecord, type JobStatus } from '../jobs/job-record.ts';
import type { JobStore, NewJob, NewJobOutcome, Page, PageRequest, Retention } from '../jobs/job-store.ts';
import { openDatabase } from './open-database.ts';
import { storeFull } from './store-full.ts';

type Row = Readonly<Record<string, unknown>> | undefined;

/**
 * A job store in one SQLite file, for one gateway process at a time. It needs nothing installed.
 *
 * @throws StoreError - the file is damaged, in use by another gateway, or from a later version.
 * @example
 * const jobStore = createSqliteJobStore('./.tintype/tintype.db');
 */
export function createSqliteJobStore(file: string): JobStore {
  const database = openDatabase(file);
  const statements = prepare(database);
  /** The jobs of the moment, each read several times in its life. No other process writes to the file. */
  const recent = new LRUCache<string, JobRecord>({ max: 1_000 });

  function inTransaction<Result>(work: () => Result): Result {
    try {
      statements.begin.run();
      const result = work();
      statements.commit.run();
      return result;
    } catch (error) {
      recent.clear();
      // A full disk may have ended the transaction already.
      if (database.isOpen && database.isTransaction) database.exec('ROLLBACK');
      throw storeFull(error);
    }
  }

  function findJob(id: string): JobRecord | undefined {
    const known = recent.get(id);
    if (known !== undefined) return known;
    const job = parseRecord(statements.job.get(id)) as JobRecord | undefined;
    if (job !== undefined) recent.set(id, job);
    return job;
  }

  function findImage(id: string): ImageRecord | undefined {
    return parseRecord(statements.image.get(id)) as ImageRecord | undefined;
  }

  function saveJob(job: JobRecord): JobRecord {
    statements.updateJob.run(job.status, JSON.stringify(job), job.id);
    recent.set(job.id, job);
    return job;
  }

  /** The job that a claim leads to, as long as asking again must not cost a second image. */
  function claimed({ claim, job }: NewJob): NewJobOutcome | undefined {
    if (claim === undefined) return undefined;
    const row: Row = statements.claim.get(claim.id, job.createdAt);
    const earlier = row === undefined ? undefined : findJob(String(row['job_id']));
    if (row === undefined || earlier === undefined) return undefined;
    if (row['input_hash'] !== claim.inputHash) return { kind: 'conflict', job: earlier };
    if (earlier.status === 'FAILED' || earlier.status === 'CANCELED') return undefined;
    if (earlier.status === 'SUCCEEDED' && findImage(earlier.imageId) === undefined) return undefined;
    return { kind: 'repeated', job: earlier };
  }

  return {
    async create(request) {
      return inTransaction(() => {
        const earlier = claimed(request);
        if (earlier !== undefined) return earlier;
        const { job, claim, queueLimit } = request;
        const queued = Number(statements.countQueued.get()?.['count']);
        if (queued >= queueLimit) return { kind: 'full', queued };
        statements.insertJob.run(job.id, job.owner, job.status, job.createdAt, JSON.stringify(job));
        recent.set(job.id, job);
        if (claim !== undefined) statements.putClaim.run(claim.id, claim.inputHash, job.id, claim.expiresAt);
        return { kind: 'created', job };
      });
    },

    async job(id) {
      return findJob(id);
    },

    async changeJob(id, from, change, { dispatch } = {}) {
      return inTransaction(() => {
        const job = findJob(id);
        if (job === undefined || !from.includes(job.status)) return undefined;
        if (dispatch !== undefined && job.dispatches !== dispatch) return undefined;
        return saveJob({ ...job, ...change });
      });
    },

    async addImage(image, change = {}) {
      return inTransaction(() => {
        const job = findJob(image.jobId);
        if (job !== undefined && job.imageId !== image.id) return job;
        statements.putImage.run(image.id, image.owner, image.createdAt, image.byteLength, JSON.stringify(image));
        if (job === undefined || !isOpen(job.status)) return job;
        return saveJob({ ...job, ...change, status: 'SUCCEEDED' });
      });
    },

    async openJobs() {
      return statements.openJobs
        .all(...openStatuses)
        .flatMap((row) => (parseRecord(row) as JobRecord | undefined) ?? []);
    },

    async jobs({ status, ...page }) {
      return status === undefined
        ? pageOf(statements.jobsOfOwner.all(...pageParameters(page)), page)
        : pageOf(statements.jobsOfOwnerInStatus.all(...pageParameters(page), status), page);
    },

    async image(id) {
      return findImage(id);
    },

    async images(page) {
      return pageOf(statements.imagesOfOwner.all(...pageParameters(page)), page);
    },

    async removeImages(ids) {
      inTransaction(() => {
        for (const id of ids) statements.deleteImage.run(id);
      });
    },

    async countJobs() {
      const counts = Object.fromEntries(jobStatuses.map((status) => [status, 0])) as Record<JobStatus, number>;
      for (const row of statements.countJobs.all()) counts[row['status'] as JobStatus] = Number(row['count']);
      return counts;
    },

    async sweep({ createdBefore = 0, maxBytes = Number.MAX_SAFE_INTEGER, now }: Retention) {
      const ids = statements.expiredImages.all(createdBefore, maxBytes).map((row) => String(row['id']));
      try {
        inTransaction(() => {
          statements.forgetJobs.run(createdBefore, ...openStatuses);
          recent.clear();
          statements.forgetClaims.run(now);
        });
      } catch (error) {
        // On a full disk not even this can be written: the images go first, and make room for it.
        if (ids.length === 0) throw error;
      }
      return ids;
    },

    async check() {
      database.prepare('SELECT 1').get();
    },

    async close() {
      if (database.isOpen) database.close();
    },
  };
}

function prepare(database: DatabaseSync) {
  const page = 'AND (created_at, id) < (?, ?)';
  const open = openStatuses.map(() => '?').join(', ');
  return {
    begin: database.prepare('BEGIN IMMEDIATE'),
    commit: database.prepare('COMMIT'),
    job: database.prepare('SELECT record FROM jobs WHERE id = ?'),
    insertJob: database.prepare('INSERT INTO jobs (id, owner, status, created_at, record) VALUES (?, ?, ?, ?, ?)'),
    updateJob: database.prepare('UPDATE jobs SET status = ?, record = ? WHERE id = ?'),
    countQueued: database.prepare(`SELECT count(*) AS count FROM jobs WHERE status = 'QUEUED'`),
    countJobs: database.prepare('SELECT status, count(*) AS count FROM jobs GROUP BY status'),
    openJobs: database.prepare(`SELECT record FROM jobs WHERE status IN (${open}) ORDER BY created_at, rowid`),
    jobsOfOwner: database.prepare(
      `SELECT record FROM jobs WHERE owner = ? ${page} ORDER BY created_at DESC, id DESC LIMIT ?`,
    ),
    jobsOfOwnerInStatus: database.prepare(
      `SELECT record FROM jobs WHERE owner = ?1 AND (created_at, id) < (?2, ?3) AND status = ?5 ORDER BY created_at DESC, id DESC LIMIT ?4`,
    ),
    forgetJobs: database.prepare(`DELETE FROM jobs WHERE created_at < ? AND status NOT IN (${open})`),
    claim: database.prepare('SELECT input_hash, job_id FROM claims WHERE id = ? AND expires_at > ?'),
    putClaim: database.prepare(
      'INSERT OR REPLACE INTO claims (id, input_hash, job_id, expires_at) VALUES (?, ?, ?, ?)',
    ),
    forgetClaims: database.prepare('DELETE FROM claims WHERE expires_at <= ?'),
    image: database.prepare('SELECT record FROM images WHERE id = ?'),
    putImage: database.prepare(
      'INSERT OR REPLACE INTO images (id, owner, created_at, byte_length, record) VALUES (?, ?, ?, ?, ?)',
    ),
    deleteImage: database.prepare('DELETE FROM images WHERE id = ?'),
    imagesOfOwner: database.prepare(
      `SELECT record FROM images WHERE owner = ? ${page} ORDER BY created_at DESC, id DESC LIMIT ?`,
    ),
    expiredImages: database.prepare(`
      SELECT id FROM (
        SELECT id, created_at, sum(byte_length) OVER (ORDER BY created_at DESC, id DESC) AS bytes_since FROM images
      ) WHERE created_at < ? OR bytes_since > ?`),
  };
}

function isOpen(status: JobStatus): boolean {
  return (openStatuses as readonly JobStatus[]).includes(status);
}

/** Only this store writes the column, so each table's records are what was put in. */
function parseRecord(row: Row): unknown {
  return row === undefined ? undefined : JSON.parse(String(row['record']));
}

function pageParameters({ owner, first, after }: PageRequest): [string, number, string, number] {
  // One more than asked for tells whether there are more.
  return [owner, after?.createdAt ?? Number.MAX_SAFE_INTEGER, after?.id ?? '', first + 1];
}

function pageOf<Item>(rows: readonly Record<string, SQLInputValue | undefined>[], { first }: PageRequest): Page<Item> {
  const items = rows.flatMap((row) => (parseRecord(row) as Item | undefined) ?? []);
  return { items: items.slice(0, first), hasMore: items.length > first };
}
