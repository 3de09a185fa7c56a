import { base64Of, pngBytes } from '@tintype/png-like';
import { generateImage } from 'ai';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { ImageError } from '../errors/image-error.ts';
import { tintype } from './tintype-provider.ts';

type Respond = (body: Record<string, unknown>, count: number) => { readonly status: number; readonly body: unknown };

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

async function endpoint(respond: Respond) {
  const asked: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      if (request.method === 'GET') {
        response.end('Ok');
        return;
      }
      const body = JSON.parse(text) as Record<string, unknown>;
      asked.push(body);
      const { status, body: said } = respond(body, asked.length);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  open.push(() => server.close().closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const sendImage: Respond = ({ width, height, seed }) => ({
  status: 200,
  body: { image: base64Of(pngBytes({ width: Number(width), height: Number(height) })), seed },
});

it('makes images for generateImage of the AI SDK, each with a seed of its own', async () => {
  const { url, asked } = await endpoint(sendImage);
  const { images, warnings } = await generateImage({
    model: tintype({ endpoint: url }).image(),
    prompt: 'a red circle',
    size: '256x128',
    n: 3,
    seed: 7,
    providerOptions: { tintype: { negativePrompt: 'blue', inferenceSteps: 4 } },
  });
  expect(images.map((image) => [image.mediaType, image.uint8Array.length])).toEqual(
    Array.from({ length: 3 }, () => ['image/png', 3000]),
  );
  expect(warnings).toEqual([]);
  expect(asked[0]).toEqual({
    inputs: 'a red circle',
    negative_prompt: 'blue',
    width: 256,
    height: 128,
    guidance_scale: 7.5,
    inference_steps: 4,
    seed: 7,
  });
  expect(asked.map(({ seed }) => seed)).toEqual([7, 8, 9]);
});

it('turns an aspect ratio into a size that the model can draw', async () => {
  const { url, asked } = await endpoint(sendImage);
  await generateImage({ model: tintype({ endpoint: url }).image(), prompt: 'x', aspectRatio: '16:9' });
  expect(asked[0]).toMatchObject({ width: 680, height: 384 });
});

it('keeps the images that were made when one fails, and says which is missing', async () => {
  const { url } = await endpoint((body, count) =>
    count === 2 ? { status: 400, body: { error: 'CUDA out of memory' } } : sendImage(body, count),
  );
  const { images, warnings } = await generateImage({ model: tintype({ endpoint: url }).image(), prompt: 'x', n: 3 });
  expect(images).toHaveLength(2);
  expect(warnings).toEqual([{ type: 'other', message: expect.stringContaining('ran out of memory') as string }]);
});

it('is not repeated once more by the AI SDK where Tintype has given up', async () => {
  const { url, asked } = await endpoint(() => ({ status: 429, body: { error: 'slow down' } }));
  const failed = generateImage({
    model: tintype({ endpoint: url, retry: { max: 1 } }).image(),
    prompt: 'x',
    maxRetries: 5,
  });
  await expect(failed).rejects.toSatisfy((error) => ImageError.isInstance(error) && error.code === 'rate_limited');
  expect(asked).toHaveLength(2);
});

it('takes a signal that has aborted for no image, not for none wanted', async () => {
  const { url, asked } = await endpoint(sendImage);
  const reason = new Error('changed my mind');
  const made = tintype({ endpoint: url })
    .image()
    .doGenerate({
      prompt: 'x',
      n: 2,
      size: undefined,
      aspectRatio: undefined,
      seed: undefined,
      files: undefined,
      mask: undefined,
      providerOptions: {},
      abortSignal: AbortSignal.abort(reason),
    });
  await expect(made).rejects.toBe(reason);
  expect(asked).toEqual([]);
});

it('refuses what it cannot do', async () => {
  const { url } = await endpoint(sendImage);
  const failed = generateImage({
    model: tintype({ endpoint: url }).image(),
    prompt: { text: 'make it blue', images: [pngBytes()] },
  });
  await expect(failed).rejects.toThrow('takes no files');
});
