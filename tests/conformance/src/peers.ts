import { createImageClient } from '@tintype/core';
import { openAiDialect } from './openai-dialect.ts';

export interface PeerContext {
  readonly url: string;
  readonly token: string;
  readonly signal: AbortSignal;
}

/** Asks for one image as the client's own documentation shows it, all options as they come. */
export type Peer = (context: PeerContext) => Promise<Uint8Array>;

const prompt = 'a red circle';

export const peers: Readonly<Record<string, Peer>> = {
  '@tintype/core': async ({ url, token, signal }) => {
    const client = createImageClient({ endpoint: url, token });
    try {
      return (await client.generate({ prompt, width: 64, height: 64 }, { signal })).bytes;
    } finally {
      await client.close();
    }
  },
  '@huggingface/inference': async ({ url, token, signal }) => {
    const { InferenceClient } = await import('@huggingface/inference');
    const client = new InferenceClient(token);
    // Of its outputs the only one that lets this contract through; the caller decodes.
    const answer: unknown = await client.textToImage(
      { endpointUrl: url, inputs: prompt },
      { outputType: 'json', signal },
    );
    return Buffer.from((answer as { image: string }).image, 'base64');
  },
  openai: async ({ url, token, signal }) => {
    const { default: OpenAI } = await import('openai');
    const client = new OpenAI({ apiKey: token, baseURL: url, fetch: openAiDialect });
    const { data } = await client.images.generate({ prompt, model: 'x' }, { signal });
    return Buffer.from(data?.[0]?.b64_json as string, 'base64');
  },
  ai: async ({ url, token, signal }) => {
    const { generateImage } = await import('ai');
    const { createOpenAI } = await import('@ai-sdk/openai');
    const model = createOpenAI({ apiKey: token, baseURL: url, fetch: openAiDialect }).image('gpt-image-1');
    return (await generateImage({ model, prompt, abortSignal: signal })).image.uint8Array;
  },
};
