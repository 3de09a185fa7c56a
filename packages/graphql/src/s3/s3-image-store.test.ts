import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigurationError } from '../gateway/configuration-error.ts';
import { StoreError } from '../gateway/store-error.ts';
import { imageRecord, imageStoreContract, jobRecord } from '../store-contract/index.ts';
import { s3Server, type S3Server } from '../testing/s3-server.ts';
import { temporaryDirectory } from '../testing/test-gateway.ts';
import { explainS3Error } from './explain-s3-error.ts';
import { createS3ImageStore, type S3ImageStoreOptions } from './s3-image-store.ts';

async function storedImage() {
  const server = await s3Server();
  const bytes = new Uint8Array(5_000).fill(7);
  const record = imageRecord(jobRecord(), bytes);
  await createS3ImageStore(server.options).put(record, bytes);
  const files = await readdir(server.objects, { recursive: true });
  const find = (ending: string) => path.join(server.objects, files.find((file) => file.endsWith(ending)) ?? '');
  return {
    server,
    record,
    bytes,
    bytesFile: find('.bin._S3rver_object'),
    recordFile: find('.json._S3rver_object'),
    reopened: createS3ImageStore(server.options),
  };
}

async function refusal(server: S3Server, change: Partial<S3ImageStoreOptions>): Promise<unknown> {
  return createS3ImageStore({ ...server.options, ...change })
    .check()
    .catch((error: unknown) => error);
}

async function idsOf(options: S3ImageStoreOptions): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const id of createS3ImageStore(options).ids()) ids.push(id);
  return ids;
}

describe('the image store in S3', () => {
  for (const { promise, check } of imageStoreContract) {
    test(promise, async () => {
      const { options } = await s3Server();
      await check(() => createS3ImageStore(options));
    });
  }

  test('an image whose bytes were changed, cut short or lost is not handed out', async () => {
    const { record, bytes, bytesFile, server } = await storedImage();
    for (const damage of [bytes.with(1, 8), bytes.subarray(0, 100)]) {
      await writeFile(bytesFile, damage);
      expect(await createS3ImageStore(server.options).open(record.id)).toBeUndefined();
    }
    await rm(bytesFile);
    expect(await createS3ImageStore(server.options).open(record.id)).toBeUndefined();
  });

  test('an image that was whole and is lost later is gone', async () => {
    const { record, bytesFile, reopened } = await storedImage();
    expect(await reopened.open(record.id)).toBeDefined();
    await rm(bytesFile);
    expect(await reopened.open(record.id)).toBeUndefined();
  });

  test('bytes without a record are no image', async () => {
    const { record, recordFile, reopened, server } = await storedImage();
    await rm(recordFile);
    expect(await reopened.open(record.id)).toBeUndefined();
    expect(await reopened.address?.(record.id)).toBeUndefined();
    expect(await idsOf(server.options)).toEqual([]);
  });

  test('the record is written only after the bytes', async () => {
    const server = await s3Server();
    const bytes = new Uint8Array(10);
    const record = imageRecord(jobRecord(), bytes);
    server.refuse = (request) => request.endsWith('.bin');
    await expect(createS3ImageStore(server.options).put(record, bytes)).rejects.toThrow();
    expect(server.requests.filter((request) => request.endsWith('.json'))).toEqual([]);
    server.refuse = () => false;
    await createS3ImageStore(server.options).put(record, bytes);
    expect(server.requests.slice(-2).map((request) => request.split('.').at(-1))).toEqual(['bin', 'json']);
  });

  test('is still in order when someone has emptied the bucket', async () => {
    const { server, reopened } = await storedImage();
    await reopened.check();
    for (const file of await readdir(path.join(server.objects, 'shop'))) {
      await rm(path.join(server.objects, 'shop', file), { recursive: true });
    }
    await reopened.check();
  });

  test('keeps to its prefix, and sees no other', async () => {
    const { server, record } = await storedImage();
    expect(await readdir(server.objects)).toEqual(['shop']);
    expect(await idsOf({ ...server.options, url: 's3://images' })).toEqual([record.id]);
    expect(await idsOf({ ...server.options, url: 's3://images/sho' })).toEqual([]);
    expect(await idsOf(server.options)).toEqual([record.id]);
  });

  test('an address leads to the bytes for half an hour, whole or in parts, and to nothing else', async () => {
    const { record, bytes, reopened } = await storedImage();
    const { url } = (await reopened.address?.(record.id)) ?? { url: '' };
    const whole = await fetch(url);
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-type')).toBe('image/png');
    expect(whole.headers.get('content-disposition')).toBe(`inline; filename="${record.id}.png"`);
    expect(whole.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    expect(await whole.bytes()).toEqual(bytes);
    const part = await fetch(url, { headers: { range: 'bytes=10-19' } });
    expect([part.status, (await part.bytes()).length]).toEqual([206, 10]);
    expect(new URL(url).searchParams.get('X-Amz-Expires')).toBe('1800');
    expect(url).not.toMatch(/fox|S3RVER%2F.*secret/);
    await reopened.delete(record.id);
    expect((await fetch(url)).status).toBe(404);
  });
});

describe('a store that cannot be used says why', () => {
  test.for([
    ['a bucket that is not there', { url: 's3://nobody-has-this' }, 'there is no such bucket'],
    [
      'a key that the store does not know',
      { credentials: { accessKeyId: 'AKIAWRONG', secretAccessKey: 'x' } },
      'Look at AWS_ACCESS_KEY_ID',
    ],
  ] as const)('%s is a wrong setting', async ([, change, words]) => {
    const error = await refusal(await s3Server(), change);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(String(error)).toContain(words);
    expect(String(error)).not.toContain('AKIAWRONG');
  });

  test('one that is down is out of reach for now', async () => {
    const server = await s3Server();
    await server.stop();
    const error = await refusal(server, {});
    expect(error).toBeInstanceOf(StoreError);
    expect(String(error)).toContain('s3://images/shop cannot be reached (ECONNREFUSED)');
  });

  test('one that takes connections and says nothing is out of reach, too', async () => {
    const silent = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    expect(await refusal(await s3Server(), { endpoint })).toBeInstanceOf(StoreError);
  });

  test('an address that is none is told at once', () => {
    for (const [url, words] of [
      ['s3://', 's3://bucket/prefix'],
      ['s3:bucket', 's3://bucket/prefix'],
      ['s3://Images/', 'small letters'],
      ['s3://AKIA:secret@bucket/', 'AWS_ACCESS_KEY_ID'],
      ['s3://images/a b', 'prefix'],
      ['s3://images/../other', 'prefix'],
    ] as const) {
      expect(() => createS3ImageStore({ url })).toThrow(words);
    }
  });

  test.for([
    ['SignatureDoesNotMatch', 'AWS_SECRET_ACCESS_KEY'],
    ['AccessDenied', 's3:ListBucket'],
    ['CredentialsProviderError', 'no credentials were found'],
    ['PermanentRedirect', 'AWS_REGION'],
  ] as const)('%s, which this server does not say, is a wrong setting', ([name, words]) => {
    const error = explainS3Error(Object.assign(new Error('…'), { name }), { bucket: 'images', prefix: '' });
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain('s3://images cannot be used: ');
    expect(error.message).toContain(words);
  });
});

describe('the AWS SDK', () => {
  /** What a program of its own prints, without the test runner's ways to find packages. */
  function run(script: string): string {
    const { NODE_PATH: _, ...env } = process.env;
    const flags = ['--conditions=@tintype/source', '--input-type=module', '--eval', script];
    return execFileSync(process.execPath, flags, { env, cwd: import.meta.dirname, encoding: 'utf8' });
  }

  test('is named, with the command, where it is not installed', () => {
    const said = run(`
      import { createRequire } from 'node:module';
      import { loadS3 } from './load-s3.ts';
      try { loadS3(createRequire('${temporaryDirectory()}/index.js')); } catch (error) { console.log(String(error)); }`);
    expect(said).toContain('ConfigurationError: Images in S3 need the packages');
    expect(said).toContain('npm install @aws-sdk/client-s3 @aws-sdk/s3-request-presigner');
  });

  test('is loaded only where images are in S3', () => {
    const said = run(`
      import { Module } from 'node:module';
      import { createDiskImageStore, createS3ImageStore } from '../index.ts';
      const isLoaded = () => Object.keys(Module._cache).some((file) => file.includes('client-s3'));
      createDiskImageStore('${temporaryDirectory()}');
      const before = isLoaded();
      createS3ImageStore({ url: 's3://images' });
      console.log(before, isLoaded());`);
    expect(said.trim()).toBe('false true');
  });
});
