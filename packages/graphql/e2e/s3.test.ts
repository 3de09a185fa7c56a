import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../src/gateway/configuration-error.ts';
import { createS3ImageStore } from '../src/s3/s3-image-store.ts';
import { imageRecord, imageStoreContract, jobRecord } from '../src/store-contract/index.ts';
import { motoServer } from './moto-server.ts';

describe('the image store in S3, on a second implementation of it', () => {
  for (const { promise, check } of imageStoreContract) {
    test(promise, async () => {
      const options = await motoServer({ checks: false });
      await check(() => createS3ImageStore(options));
    });
  }

  test('lists more images than the store names in one response', { timeout: 120_000 }, async () => {
    const store = createS3ImageStore(await motoServer({ checks: false }));
    const bytes = new Uint8Array(1);
    // Two objects each; a response names a thousand.
    const records = Array.from({ length: 510 }, () => imageRecord(jobRecord(), bytes));
    for (const record of records) await store.put(record, bytes);
    const ids = new Set<string>();
    for await (const id of store.ids()) ids.add(id);
    expect(ids).toEqual(new Set(records.map(({ id }) => id)));
  });

  test('needs no other rights than the README names', async () => {
    const options = await motoServer({ checks: true });
    const store = createS3ImageStore(options);
    await store.check();
    const bytes = new Uint8Array(100).fill(7);
    const record = imageRecord(jobRecord(), bytes);
    expect(await store.open(record.id)).toBeUndefined();
    await store.put(record, bytes);
    expect((await createS3ImageStore(options).open(record.id))?.record).toEqual(record);
    const ids: string[] = [];
    for await (const id of store.ids()) ids.push(id);
    expect(ids).toEqual([record.id]);
    await store.delete(record.id);
    expect(await store.open(record.id)).toBeUndefined();
  });

  test('tells a wrong secret from a wrong key, and what lies outside its rights', async () => {
    const options = await motoServer({ checks: true });
    const refusal = async (change: Partial<typeof options>) =>
      createS3ImageStore({ ...options, ...change })
        .check()
        .catch((error: unknown) => error);
    const credentials = options.credentials ?? { accessKeyId: '', secretAccessKey: '' };
    for (const [change, words] of [
      [{ credentials: { ...credentials, secretAccessKey: 'wrong' } }, 'AWS_SECRET_ACCESS_KEY'],
      [{ credentials: { ...credentials, accessKeyId: 'AKIAWRONG' } }, 'AWS_ACCESS_KEY_ID'],
      [{ url: 's3://somebody-elses' }, 's3:PutObject'],
    ] as const) {
      const error = await refusal(change);
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(String(error)).toContain(words);
    }
  });
});
