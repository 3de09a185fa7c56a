import { join } from 'node:path';

/** Asks for one image and does with it what the variant is about; settles with the number of bytes it got. */
export type Ask = () => Promise<number>;

export interface VariantContext {
  readonly url: string;
  readonly concurrency: number;
  readonly folder: string;
}

const prompt = 'a red circle';

/** What is measured; each loads only what it needs, in a process of its own. */
export const variants = {
  floor: async ({ url, concurrency }) => {
    const { Agent } = await import('undici');
    const agent = new Agent({ connections: concurrency, pipelining: 1, allowH2: false });
    const { origin, pathname } = new URL(url);
    const body = JSON.stringify({ inputs: prompt, height: 512, width: 512, guidance_scale: 7.5 });
    return async () =>
      new Promise((resolve, reject) => {
        let bytes = 0;
        agent.dispatch(
          { origin, path: pathname, method: 'POST', headers: { 'content-type': 'application/json' }, body },
          {
            onRequestStart: () => undefined,
            onResponseStart: () => undefined,
            onResponseData: (_controller, chunk) => {
              bytes += chunk.length;
            },
            onResponseEnd: () => resolve(Math.floor((bytes * 3) / 4)),
            onResponseError: (_controller, error) => reject(error),
          },
        );
      });
  },
  stream: async ({ url, concurrency }) => {
    const { createImageClient } = await import('@tintype/core');
    const client = createImageClient({ endpoint: url, concurrency });
    return async () => {
      let bytes = 0;
      for await (const piece of await client.stream({ prompt })) bytes += piece.length;
      return bytes;
    };
  },
  save: async ({ url, concurrency, folder }) => {
    const { createImageClient } = await import('@tintype/core');
    const client = createImageClient({ endpoint: url, concurrency });
    let count = 0;
    return async () => {
      count += 1;
      const { byteLength } = await client.save({ prompt }, join(folder, `${count}.png`));
      return byteLength;
    };
  },
  buffer: async ({ url, concurrency }) => {
    const { createImageClient } = await import('@tintype/core');
    const client = createImageClient({ endpoint: url, concurrency });
    return async () => (await client.generate({ prompt })).bytes.length;
  },
  '@huggingface/inference': async ({ url }) => {
    const { InferenceClient } = await import('@huggingface/inference');
    const client = new InferenceClient('hf_x');
    return async () => {
      // The only output that lets this contract through; the caller decodes.
      const answer: unknown = await client.textToImage({ endpointUrl: url, inputs: prompt }, { outputType: 'json' });
      return Buffer.from((answer as { image: string }).image, 'base64').length;
    };
  },
  openai: async ({ url }) => {
    const { default: OpenAI } = await import('openai');
    const client = new OpenAI({ apiKey: 'x', baseURL: url });
    return async () => {
      const { data } = await client.images.generate({ prompt, model: 'x' });
      return Buffer.from(data?.[0]?.b64_json ?? '', 'base64').length;
    };
  },
  ai: async ({ url }) => {
    const { generateImage } = await import('ai');
    const { createOpenAI } = await import('@ai-sdk/openai');
    const model = createOpenAI({ apiKey: 'x', baseURL: url }).image('gpt-image-1');
    return async () => (await generateImage({ model, prompt })).image.uint8Array.length;
  },
} as const satisfies Record<string, (context: VariantContext) => Promise<Ask>>;

export type VariantName = keyof typeof variants;
export const variantNames = Object.keys(variants) as readonly VariantName[];
