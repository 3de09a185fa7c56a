import type { Worker } from 'node:worker_threads';
import { createImageClient } from '@tintype/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { quickModel } from '../testing/model-folders.ts';
import { draw, errorOf, post, quickRequest } from '../testing/post.ts';
import { startEndpoint } from '../testing/start-endpoint.ts';

const longRequest = { ...quickRequest, inference_steps: 500 };

/**
 * An endpoint whose thread can be killed: the real one, by a message that makes it throw between two steps. In the middle of a
 * step it cannot be: onnxruntime-node aborts the whole process when its thread is terminated there.
 */
async function endpointWithThread() {
  const threads: Worker[] = [];
  const collect = (thread: Worker): void => void threads.push(thread);
  process.on('worker', collect);
  onTestFinished(() => void process.off('worker', collect));
  const kill = async (): Promise<void> => {
    const thread = threads.at(-1);
    if (thread === undefined) return;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window, is written to
    thread.postMessage(null);
    await new Promise((resolve) => {
      thread.once('exit', resolve);
    });
  };
  let killWhenDrawing = false;
  const running = await startEndpoint({
    model: await quickModel(),
    onEvent: ({ type }) => {
      if (type !== 'progress' || !killWhenDrawing) return;
      killWhenDrawing = false;
      void kill();
    },
  });
  const killAtNextStep = (): void => {
    killWhenDrawing = true;
  };
  return { ...running, kill, killAtNextStep, threads };
}

describe('a thread that dies', () => {
  it('is started again, and the image it was drawing may be asked for again', async () => {
    const { url, events, killAtNextStep } = await endpointWithThread();
    killAtNextStep();
    const drawing = post(url, longRequest);
    const waiting = post(url, quickRequest);
    const lost = await drawing;
    expect(lost.status).toBe(503);
    expect(Number(lost.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await errorOf(lost)).toMatch(/thread that draws died.*started again.*Try again/);
    // Who stood in line behind it does not notice.
    expect((await waiting).status).toBe(200);
    expect((await draw(url, quickRequest)).bytes.length).toBeGreaterThan(100);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(events.filter(({ type }) => type === 'thread-lost')).toEqual([
      { type: 'thread-lost', message: expect.stringContaining('started again'), isStartedAgain: true },
    ]);
    expect(events.filter(({ type }) => type === 'model-loaded')).toHaveLength(2);
  });

  it('is started again when nothing was being drawn, too', async () => {
    const { url, kill, threads } = await endpointWithThread();
    await kill();
    await expect.poll(() => threads.length).toBe(2);
    await expect.poll(async () => (await fetch(`${url}/health`)).status).toBe(200);
    await draw(url, quickRequest);
  });

  it('goes unnoticed by a client that asks again by itself', async () => {
    const { url, killAtNextStep } = await endpointWithThread();
    killAtNextStep();
    await using client = createImageClient({ endpoint: url });
    const { attempts, mediaType } = await client.generate({ prompt: 'a red circle', width: 128, height: 128 });
    expect(mediaType).toBe('image/png');
    expect(attempts.map(({ status }) => status)).toEqual([503, 200]);
  });

  it('twice, with no image in between, is not started a third time, and says so', async () => {
    const { url, kill, threads, events } = await endpointWithThread();
    await kill();
    await expect.poll(() => events.filter(({ type }) => type === 'model-loaded')).toHaveLength(2);
    await kill();
    await expect.poll(async () => (await fetch(`${url}/health`)).status).toBe(500);
    const answer = await post(url, quickRequest);
    expect(answer.status).toBe(500);
    expect(await errorOf(answer)).toMatch(/died again.*Start the endpoint again/);
    expect(threads).toHaveLength(2);
  });

  it('twice, with an image in between, is started each time', async () => {
    const { url, kill, threads } = await endpointWithThread();
    for (const count of [2, 3]) {
      await kill();
      await expect.poll(() => threads.length).toBe(count);
      await expect.poll(async () => (await post(url, quickRequest)).status).toBe(200);
    }
  });
});
