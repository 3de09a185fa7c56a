import { spawn } from 'node:child_process';
import { mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { StoreError } from '../gateway/store-error.ts';
import { jobRecord, jobStoreContract } from '../store-contract/index.ts';
import { createSqliteJobStore } from './sqlite-job-store.ts';

function databaseFile(): string {
  const directory = mkdtempDisposableSync(path.join(os.tmpdir(), 'tintype-'));
  onTestFinished(() => directory.remove());
  return path.join(directory.path, 'deep', 'tintype.db');
}

function openStore(file: string) {
  const store = createSqliteJobStore(file);
  onTestFinished(async () => store.close());
  return store;
}

function refusal(file: string): StoreError {
  try {
    createSqliteJobStore(file);
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('The store opened');
}

describe('the job store on SQLite', () => {
  for (const { promise, check } of jobStoreContract) {
    test(promise, async () => {
      const file = databaseFile();
      await check(() => openStore(file));
    });
  }

  test('belongs to one gateway at a time, and says so to the second', async () => {
    const file = databaseFile();
    const first = openStore(file);
    const error = refusal(file);
    expect(error.message).toContain('Another gateway is using the store');
    expect(error.hint).toContain('another folder');
    await first.close();
    await openStore(file).check();
  });

  test('keeps what a killed process has written', async () => {
    const file = databaseFile();
    const module = JSON.stringify(path.join(import.meta.dirname, 'sqlite-job-store.ts'));
    const record = JSON.stringify(jobRecord());
    const script = `
      const { createSqliteJobStore } = await import(${module});
      const store = createSqliteJobStore(${JSON.stringify(file)});
      for (let n = 0; ; n += 1) {
        await store.create({ job: { ...${record}, id: 'job_' + n, createdAt: n }, queueLimit: Infinity });
        await new Promise((resolve) => process.stdout.write(n + '\\n', resolve));
      }`;
    const child = spawn(process.execPath, ['--conditions=@tintype/source', '--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.length > 2_000) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const promised = said.split('\n').slice(0, -1);
    const kept = new Set((await openStore(file).openJobs()).map((job) => job.id));
    expect(promised.length).toBeGreaterThan(100);
    expect(promised.filter((n) => !kept.has(`job_${n}`))).toEqual([]);
  });

  test.for([
    ['is no database', () => Buffer.from('this is not a database, however long one looks at it '.repeat(100))],
    [
      'has a damaged page',
      (whole: Buffer) => Buffer.concat([whole.subarray(0, 4_096), Buffer.alloc(whole.length - 4_096, 0xaa)]),
    ],
  ] as const)('a file that %s is refused with what to do, and left as it is', async ([, damage]) => {
    const file = databaseFile();
    const store = openStore(file);
    for (let n = 0; n < 50; n += 1) await store.create({ job: jobRecord(), queueLimit: 100 });
    await store.close();
    writeFileSync(file, damage(readFileSync(file)));
    const damaged = readFileSync(file);
    const error = refusal(file);
    expect(error.message).toContain('is damaged');
    expect(error.hint).toContain('move it aside');
    expect(readFileSync(file).equals(damaged)).toBe(true);
  });

  test('does not touch a file that a later version wrote', async () => {
    const file = databaseFile();
    await openStore(file).close();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(refusal(file).message).toContain('has format 99');
  });
});
