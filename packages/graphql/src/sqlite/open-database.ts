import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../gateway/store-error.ts';

/** Raised with each change of the tables; a store written by a later version is not touched. */
const schemaVersion = 1;

const tables = `
  CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX jobs_of_owner ON jobs (owner, created_at, id);
  CREATE INDEX jobs_in_status ON jobs (status, created_at);
  CREATE TABLE images (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    byte_length INTEGER NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX images_of_owner ON images (owner, created_at, id);
  CREATE INDEX images_by_age ON images (created_at, byte_length);
  CREATE TABLE claims (
    id TEXT PRIMARY KEY,
    input_hash TEXT NOT NULL,
    job_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;
  PRAGMA user_version = ${schemaVersion};
`;

// https://www.sqlite.org/rescode.html
const busy = 5;
const corrupt = 11;
const cannotOpen = 14;
const notADatabase = 26;

/**
 * Opens the database for this process alone, and sees that it is whole.
 *
 * The write-ahead log with `synchronous = NORMAL` survives the process being killed; a power cut may cost the transactions
 * of the last moments, never the database (https://www.sqlite.org/pragma.html#pragma_synchronous).
 * The exclusive lock goes with the process, so a killed gateway leaves nothing to clean up.
 *
 * @throws StoreError - in use by another gateway, damaged, or from a later version.
 */
export function openDatabase(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    if (file !== ':memory:') mkdirSync(path.dirname(file), { recursive: true });
    // Not imported: on an older Node without it, the package could not even say which Node it needs.
    const sqlite = process.getBuiltinModule('node:sqlite');
    database = new sqlite.DatabaseSync(file, { timeout: 2_000 });
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    // Bringing the log into the database waits for the disk: every 300 jobs or so (16 MB of log), instead of every 70.
    database.exec('PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16000;');
    // The lock is taken with the first write.
    database.exec('BEGIN IMMEDIATE; COMMIT;');
    const check = database.prepare('PRAGMA quick_check(1)').get();
    if (check?.['quick_check'] !== 'ok') throw damaged(file, String(check?.['quick_check']));
    const version = database.prepare('PRAGMA user_version').get()?.['user_version'];
    if (version === 0) database.exec(`BEGIN; ${tables} COMMIT;`);
    else if (version !== schemaVersion) throw fromAnotherVersion(file, String(version));
    return database;
  } catch (error) {
    database?.close();
    throw explain(file, error);
  }
}

function explain(file: string, error: unknown): unknown {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
  if (code === busy) {
    return new StoreError({ reason: 'in_use', place: file }, { cause: error });
  }
  if (code === corrupt || code === notADatabase)
    return damaged(file, error instanceof Error ? error.message : '', error);
  // What `mkdir` says, or SQLite of a file that it cannot open.
  if (error instanceof Error && 'code' in error && (code === cannotOpen || 'syscall' in error)) {
    return new StoreError({ reason: 'not_writable', place: file, detail: error.message }, { cause: error });
  }
  return error;
}

function damaged(file: string, detail: string, cause?: unknown): StoreError {
  return new StoreError({ reason: 'damaged', place: file, detail }, { cause });
}

function fromAnotherVersion(file: string, version: string): StoreError {
  return new StoreError({
    reason: 'wrong_version',
    place: `The store's database ${file}`,
    of: 'format',
    found: version,
    needed: String(schemaVersion),
  });
}
