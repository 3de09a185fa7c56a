import type { ImageModelV4 } from '@ai-sdk/provider';
import { createImageClient, type ImageClientOptions } from '../platform/node/create-image-client.ts';
import { createImageModel } from './image-model.ts';

/** The same as the Node client's. */
export type TintypeProviderOptions = ImageClientOptions;

/** What `model` of the AI SDK's functions is taken from. */
export interface TintypeProvider {
  /** Of the AI SDK's interface between providers and functions. */
  readonly specificationVersion: 'v4';
  /** The endpoint's model. It serves one; the name is for your logs. @default the endpoint's host */
  image(modelId?: string): ImageModelV4;
  /** The same, by the name that the AI SDK's registries call. */
  imageModel(modelId: string): ImageModelV4;
  /** Closes the connections once the calls under way are done. */
  close(): Promise<void>;
}

/**
 * Makes a provider for one endpoint. Cold starts are waited out and safe repeats made by Tintype; its errors are not
 * repeated once more by the AI SDK. Fields that the AI SDK has no name for go into `providerOptions.tintype`.
 *
 * @throws {ImageError} `invalid_request` where the endpoint's URL or the token cannot be one.
 * @example
 * const provider = tintype({ endpoint: 'http://127.0.0.1:8080' });
 * const { image } = await generateImage({
 *   model: provider.image(),
 *   prompt: 'a fox in the snow at night',
 *   size: '512x512',
 *   providerOptions: { tintype: { negativePrompt: 'blue', inferenceSteps: 10 } },
 * });
 */
export function tintype(options: TintypeProviderOptions): TintypeProvider {
  const client = createImageClient(options);
  const named = (modelId: string): ImageModelV4 => createImageModel({ client, modelId, defaults: options.defaults });
  return {
    specificationVersion: 'v4',
    image: (modelId = new URL(options.endpoint).host) => named(modelId),
    imageModel: named,
    close: async () => client.close(),
  };
}
