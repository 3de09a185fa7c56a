import { connect } from 'node:net';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createDiskImageStore } from '../images/disk-image-store.ts';
import type { ImageStore } from '../images/image-store.ts';
import type { JobStore } from '../jobs/job-store.ts';
import { createSqliteJobStore } from '../sqlite/sqlite-job-store.ts';
import { keptLog } from '../testing/kept-log.ts';
import { answerJson, stubEndpoint } from '../testing/stub-endpoint.ts';
import { generateImage, temporaryDirectory, testGateway } from '../testing/test-gateway.ts';

const input = { prompt: 'a red fox', width: 64, height: 64 };

describe('/health and /ready', () => {
  test('answer without asking the endpoint, which may sleep', async () => {
    const { url } = await testGateway('http://127.0.0.1:9/');
    for (const [route, status] of [
      ['/health', 'ok'],
      ['/ready', 'ready'],
    ] as const) {
      const response = await fetch(url + route);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ status });
    }
    expect((await fetch(`${url}/health`, { method: 'HEAD' })).status).toBe(200);
  });

  test('a store that cannot be written to is not ready, and generateImage says so', async () => {
    const endpoint = await stubEndpoint();
    const { url, store, graphql } = await testGateway(endpoint.url, { storeAgainAfter: [1] });
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    const images = path.join(store, 'images');
    rmSync(images, { recursive: true, force: true });
    writeFileSync(images, '');
    const response = await fetch(`${url}/ready`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: 'not ready', error: 'The store cannot be used.' });
    const { data } = await graphql(generateImage, { input });
    expect(data['generateImage']).toMatchObject({
      __typename: 'EndpointError',
      code: 'STORAGE_FAILED',
      hint: expect.stringContaining('disk'),
    });
  });
});

describe('the log', () => {
  test('tells of those who look after the process only what is wrong, once', async () => {
    const { lines, log } = keptLog('info');
    const { url, store } = await testGateway('http://127.0.0.1:9/', { log });
    const ask = async (route: string) => (await fetch(url + route)).status;
    for (const route of ['/health', '/ready', '/metrics', '/ready']) expect(await ask(route)).toBe(200);
    expect(lines).toEqual([]);
    const images = path.join(store, 'images');
    rmSync(images, { recursive: true, force: true });
    writeFileSync(images, '');
    expect([await ask('/ready'), await ask('/ready')]).toEqual([503, 503]);
    rmSync(images);
    expect([await ask('/ready'), await ask('/ready')]).toEqual([200, 200]);
    const said = lines.map((line) => (JSON.parse(line) as { readonly msg: string }).msg);
    expect(said).toEqual([
      'The store of images cannot be used.',
      'request',
      'request',
      'The store of images can be used again.',
    ]);
  });

  test('names no image, whatever a store says of it: its id is all it takes to see it', async () => {
    const endpoint = await stubEndpoint();
    const { lines, log } = keptLog('trace');
    const { graphql, store } = await testGateway(endpoint.url, { log });
    const { id, url } = (await graphql(generateImage, { input })).data['generateImage'] as Record<'id' | 'url', string>;
    // An image that cannot be read.
    const files = readdirSync(store, { recursive: true, encoding: 'utf8' });
    const file = path.join(store, files.find((name) => name.endsWith(`${id}.bin`)) ?? '');
    rmSync(file);
    mkdirSync(file);
    expect((await fetch(url)).status).toBe(503);
    expect(lines.join('')).toContain('EISDIR');
    expect(lines.join('')).not.toContain(id);
  });
});

describe('an image that is on record and not in its store', () => {
  test('is not there, and its operator is told what that may mean', async () => {
    const endpoint = await stubEndpoint();
    const { errors, log } = keptLog();
    const { graphql, store, url } = await testGateway(endpoint.url, { log });
    const image = (await graphql(generateImage, { input })).data['generateImage']?.['url'];
    rmSync(path.join(store, 'images'), { recursive: true });
    const lost = await fetch(String(image));
    expect([lost.status, await lost.json()]).toEqual([
      404,
      expect.objectContaining({ hint: expect.stringContaining('operator') }),
    ]);
    expect(errors()).toEqual([expect.stringContaining('is on record, but not in the store of images')]);
    const unknown = await fetch(`${url}/images/img_${'A'.repeat(22)}`);
    expect([unknown.status, await unknown.json()]).toEqual([
      404,
      expect.objectContaining({ hint: expect.stringContaining('deleted') }),
    ]);
    expect(errors()).toHaveLength(1);
  });
});

describe('a store that fails', () => {
  const full = () => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });

  test('for a moment costs no image', async () => {
    const endpoint = await stubEndpoint();
    const disk = createDiskImageStore(temporaryDirectory());
    let failures = 2;
    const imageStore: ImageStore = {
      ...disk,
      put: async (record, bytes) => {
        failures -= 1;
        if (failures >= 0) throw full();
        await disk.put(record, bytes);
      },
    };
    const { graphql } = await testGateway(endpoint.url, { imageStore, storeAgainAfter: [1, 1] });
    const { data } = await graphql(generateImage, { input });
    expect(data['generateImage']).toMatchObject({ __typename: 'Image' });
    expect((await fetch(String(data['generateImage']?.['url']))).status).toBe(200);
    expect(endpoint.calls).toHaveLength(1);
  });

  test('when a job comes in does not accept it, and says so everywhere', async () => {
    const endpoint = await stubEndpoint();
    const database = createSqliteJobStore(path.join(temporaryDirectory(), 'tintype.db'));
    const jobStore: JobStore = { ...database, create: async () => Promise.reject(full()) };
    const { graphql, url } = await testGateway(endpoint.url, { jobStore });
    const { errors, text } = await graphql(generateImage, { input });
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('not accepted'),
        extensions: {
          code: 'STORAGE_FAILED',
          hint: expect.any(String),
          docs: expect.stringContaining('storage_failed.md'),
        },
      },
    ]);
    expect(text).not.toContain('ENOSPC');
    const predicted = await fetch(`${url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ inputs: 'a red fox', width: 64, height: 64, guidance_scale: 7.5 }),
    });
    expect(predicted.status).toBe(503);
    expect(await predicted.json()).toMatchObject({
      code: 'storage_failed',
      error: expect.stringContaining('not accepted'),
    });
    expect(endpoint.calls).toEqual([]);
  });
});

describe('/metrics', () => {
  test('tells jobs, queue, times, bytes and the last answer of the endpoint', async () => {
    const endpoint = await stubEndpoint();
    const { url, graphql } = await testGateway(endpoint.url);
    const { data } = await graphql(generateImage, { input });
    endpoint.handler = (_, response) => answerJson(response, 400, { error: 'broken' });
    await graphql(generateImage, { input });
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain');
    const lines = new Set((await response.text()).split('\n'));
    for (const line of [
      'tintype_jobs{status="SUCCEEDED"} 1',
      'tintype_jobs{status="FAILED"} 1',
      'tintype_jobs{status="QUEUED"} 0',
      'tintype_queue_depth 0',
      'tintype_jobs_running 0',
      'tintype_jobs_finished_total{status="SUCCEEDED",code=""} 1',
      'tintype_jobs_finished_total{status="FAILED",code="handler_failed"} 1',
      'tintype_job_wait_seconds_count 2',
      'tintype_generation_seconds_count 1',
      `tintype_image_bytes_total ${String(data['generateImage']?.['byteLength'])}`,
      'tintype_endpoint_last_status 400',
      'tintype_http_request_seconds_count{route="/graphql",method="POST",status="200"} 2',
    ]) {
      expect(lines).toContain(line);
    }
  });

  test('counts the wait of each job, also where the clock moves on while it is begun', async () => {
    let ticks = 0;
    const start = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => start + (ticks += 1));
    onTestFinished(() => void vi.restoreAllMocks());
    const { url, graphql } = await testGateway((await stubEndpoint()).url);
    await graphql(generateImage, { input });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('tintype_job_wait_seconds_count 1\n');
  });
});

describe('a slow caller', () => {
  test('that sends a byte a second is let go in the end, and holds up no one', async () => {
    const endpoint = await stubEndpoint();
    const { url, graphql } = await testGateway(endpoint.url, { receive: 300 });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{',
    );
    const drip = setInterval(() => socket.write(' '), 50);
    onTestFinished(() => clearInterval(drip));
    const answer = await new Promise<string>((resolve) => {
      socket.once('data', (data) => resolve(data.toString()));
      socket.once('close', () => resolve('closed'));
      // A drop that was on its way when the server closed is answered by a reset.
      socket.on('error', () => undefined);
    });
    expect(answer).toContain('408 Request Timeout');
    expect((await graphql(generateImage, { input })).data['generateImage']).toMatchObject({ __typename: 'Image' });
  });
});
