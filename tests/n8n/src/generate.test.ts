import { describe, expect, inject, it } from 'vitest';
import { png } from './testing/png.ts';
import { loadNode } from './testing/run-node.ts';
import { startStubEndpoint, type Call } from './testing/stub-endpoint.ts';

const node = loadNode(inject('packed'));
const image = (call: Call) => ({
  body: { image: png(Number(call.body['width']), Number(call.body['height'])).toString('base64'), seed: 42 },
});

describe('Generate', () => {
  it('sends the contract and nothing else, with the token', async () => {
    await using endpoint = await startStubEndpoint(image);
    await node.run({
      url: endpoint.url,
      parameters: {
        prompt: 'a red fox',
        negativePrompt: 'blue',
        width: 64,
        height: 32,
        guidanceScale: 5.5,
        inferenceSteps: 12,
        options: { extra: '{"seed": 7}' },
      },
    });
    expect(endpoint.posts).toHaveLength(1);
    expect(endpoint.posts[0]?.headers.authorization).toBe('Bearer hf_test');
    expect(endpoint.posts[0]?.body).toEqual({
      inputs: 'a red fox',
      negative_prompt: 'blue',
      width: 64,
      height: 32,
      guidance_scale: 5.5,
      inference_steps: 12,
      seed: 7,
    });
  });

  it('fills in the defaults of the contract', async () => {
    await using endpoint = await startStubEndpoint(image);
    await node.run({ url: endpoint.url, parameters: { prompt: 'a red fox' } });
    expect(endpoint.posts[0]?.body).toEqual({
      inputs: 'a red fox',
      width: 512,
      height: 512,
      guidance_scale: 7.5,
      inference_steps: 25,
    });
  });

  it('puts the image out as a file, with small facts beside it', async () => {
    await using endpoint = await startStubEndpoint(image);
    const { items } = await node.run({
      url: endpoint.url,
      parameters: { prompt: 'a red fox', width: 64, height: 32, options: { fileName: 'fox.jpg' } },
    });
    const bytes = png(64, 32);
    expect(items).toEqual([
      {
        json: {
          prompt: 'a red fox',
          width: 64,
          height: 32,
          mediaType: 'image/png',
          // The name's own extension was wrong.
          fileName: 'fox.png',
          bytes: bytes.length,
          durationMs: expect.any(Number),
          attempts: 1,
          seed: 42,
          warnings: [],
        },
        binary: {
          data: expect.objectContaining({ data: bytes.toString('base64'), mimeType: 'image/png', fileName: 'fox.png' }),
        },
        pairedItem: { item: 0 },
      },
    ]);
  });

  it('knows the type of the image from its bytes, whatever the name says', async () => {
    const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffc0000b080008001001011100ffd9', 'hex');
    await using endpoint = await startStubEndpoint(() => ({ body: { image: jpeg.toString('base64') } }));
    const { items } = await node.run({
      url: endpoint.url,
      parameters: { prompt: 'a', width: 16, height: 16, options: { fileName: 'posters/red: "fox".png' } },
    });
    expect(items[0]?.binary?.['data']).toMatchObject({ mimeType: 'image/jpeg', fileName: 'posters-red- -fox-.jpg' });
    expect(items[0]?.json).toMatchObject({
      mediaType: 'image/jpeg',
      width: 16,
      height: 8,
      warnings: ['The image is 16 × 8 pixels, not the requested 16 × 16.'],
    });
  });

  it('puts it into the field that was asked for', async () => {
    await using endpoint = await startStubEndpoint(image);
    const { items } = await node.run({
      url: endpoint.url,
      parameters: { prompt: 'a red fox', width: 8, height: 8, binaryPropertyOutput: 'poster' },
    });
    expect(Object.keys(items[0]?.binary ?? {})).toEqual(['poster']);
  });

  it('reads the parameters of each item by itself, and pairs what comes out', async () => {
    await using endpoint = await startStubEndpoint(image);
    const { items } = await node.run({
      url: endpoint.url,
      items: 3,
      parameters: { prompt: (item: number) => `fox ${item}`, width: (item: number) => 8 * (item + 1), height: 8 },
    });
    expect(items.map(({ json, pairedItem }) => [json['prompt'], json['width'], pairedItem])).toEqual([
      ['fox 0', 8, { item: 0 }],
      ['fox 1', 16, { item: 1 }],
      ['fox 2', 24, { item: 2 }],
    ]);
  });

  it('takes a size from the list', async () => {
    await using endpoint = await startStubEndpoint(image);
    await node.run({ url: endpoint.url, parameters: { prompt: 'a', size: '768x512', width: 8, height: 8 } });
    expect(endpoint.posts[0]?.body).toMatchObject({ width: 768, height: 512 });
  });

  it('takes numbers that an expression hands over as text', async () => {
    await using endpoint = await startStubEndpoint(image);
    await node.run({
      url: endpoint.url,
      parameters: { prompt: 'a', width: '64', height: ' 64 ', guidanceScale: '7.5', inferenceSteps: '' },
    });
    expect(endpoint.posts[0]?.body).toMatchObject({ width: 64, height: 64, guidance_scale: 7.5, inference_steps: 25 });
  });

  it('makes several images of one item, each with the next seed', async () => {
    await using endpoint = await startStubEndpoint(image);
    const { items } = await node.run({
      url: endpoint.url,
      parameters: { prompt: 'a', width: 8, height: 8, options: { numberOfImages: 3, extra: { seed: 7 } } },
    });
    expect(endpoint.posts.map((call) => call.body['seed'])).toEqual([7, 8, 9]);
    expect(items.map(({ json, pairedItem }) => [json['fileName'], pairedItem])).toEqual([
      ['image-1.png', { item: 0 }],
      ['image-2.png', { item: 0 }],
      ['image-3.png', { item: 0 }],
    ]);
  });

  it('sends one item at a time unless Batching says else', async () => {
    for (const [batching, most] of [
      [undefined, 1],
      [{ batch: { batchSize: 2 } }, 2],
      [{ batch: { batchSize: -1 } }, 5],
    ] as const) {
      let running = 0;
      let mostAtOnce = 0;
      const gate = Promise.withResolvers<void>();
      await using endpoint = await startStubEndpoint(async (call) => {
        running += 1;
        mostAtOnce = Math.max(mostAtOnce, running);
        if (running === most) gate.resolve();
        // Nobody is answered before as many are here as may be: fewer would hang.
        await gate.promise;
        running -= 1;
        return image(call);
      });
      const { items } = await node.run({
        url: endpoint.url,
        items: 5,
        parameters: { prompt: 'a', width: 8, height: 8, options: batching === undefined ? {} : { batching } },
      });
      expect(items).toHaveLength(5);
      expect(mostAtOnce).toBe(most);
    }
  });
});
