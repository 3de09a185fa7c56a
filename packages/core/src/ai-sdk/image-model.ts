import type {
  ImageModelV4,
  ImageModelV4CallOptions,
  ImageModelV4ProviderMetadata,
  SharedV4Warning,
} from '@ai-sdk/provider';
import type { ImageClient } from '../client/client.ts';
import type { ImageRequest } from '../contract/image-request.ts';
import { requestFields } from '../contract/request-fields.ts';
import type { RequestDefaults } from '../contract/request-rules.ts';
import { ImageError } from '../errors/image-error.ts';
import type { GeneratedImage } from '../image/generated-image.ts';

/** So many images of one call come to us at once: otherwise the AI SDK drops all of them when one fails. */
const mostAtOnce = 1000;

type Metadata = ImageModelV4ProviderMetadata[string]['images'][number];

export interface ImageModelOptions {
  readonly client: ImageClient;
  readonly modelId: string;
  readonly defaults: RequestDefaults | undefined;
}

/** The endpoint's model as the AI SDK knows models. */
export function createImageModel({ client, modelId, defaults }: ImageModelOptions): ImageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'tintype',
    modelId,
    maxImagesPerCall: mostAtOnce,
    supportsFileInputs: false,
    supportsMaskInputs: false,
    async doGenerate(options) {
      const timestamp = new Date();
      const images: (GeneratedImage | undefined)[] = [];
      const warnings: SharedV4Warning[] = [];
      const requests = requestsOf(options, defaults);
      const failures: ImageError[] = [];
      for await (const result of client.batch(requests, { signal: options.abortSignal })) {
        if (result.status === 'fulfilled') images[result.index] = result.image;
        else failures.push(result.error);
      }
      const made = images.filter((image) => image !== undefined);
      const [failure] = failures;
      if (made.length === 0) {
        if (failure !== undefined) throw failure;
        options.abortSignal?.throwIfAborted();
      }
      for (const { message, hint } of failures)
        warnings.push({ type: 'other', message: `One image is missing: ${message} ${hint}` });
      // Images of one prompt mostly share their warnings.
      for (const message of new Set(made.flatMap((image) => image.warnings))) warnings.push({ type: 'other', message });
      return {
        images: made.map((image) => image.bytes),
        warnings,
        providerMetadata: { tintype: { images: made.map(metadataOf) } },
        response: { timestamp, modelId, headers: undefined },
      };
    },
  };
}

function requestsOf(options: ImageModelV4CallOptions, defaults: RequestDefaults | undefined): readonly ImageRequest[] {
  const { prompt = '', n, seed, files, mask, providerOptions } = options;
  if ((files?.length ?? 0) > 0 || mask !== undefined) {
    const got = mask === undefined ? 'files' : 'a mask';
    const allowed = 'left out: the endpoint makes images from text, and takes no files and no mask';
    const issue = { path: ['files'], message: `files and mask must be ${allowed}.`, got, allowed };
    throw new ImageError({ code: 'invalid_request', facts: { issues: [issue] } });
  }
  const { extra, ...fields } = (providerOptions['tintype'] ?? {}) as Partial<ImageRequest>;
  return Array.from({ length: n }, (_, index) => ({
    ...fields,
    ...sizeOf(options, defaults),
    prompt,
    // The same seed would give the same image each time.
    extra: { ...extra, ...(seed === undefined ? {} : { seed: seed + index }) },
  }));
}

function sizeOf(
  { size, aspectRatio }: ImageModelV4CallOptions,
  defaults: RequestDefaults | undefined,
): Partial<ImageRequest> {
  if (size !== undefined) {
    const [width, height] = size.split('x').map(Number);
    return { width, height };
  }
  if (aspectRatio === undefined) return {};
  const [across = 1, down = 1] = aspectRatio.split(':').map(Number);
  const { width, height } = requestFields;
  const area = (defaults?.width ?? width.default) * (defaults?.height ?? height.default);
  const onGrid = (pixels: number, grid: number): number => Math.max(grid, Math.round(pixels / grid) * grid);
  return {
    width: onGrid(Math.sqrt((area * across) / down), width.multipleOf),
    height: onGrid(Math.sqrt((area * down) / across), height.multipleOf),
  };
}

/** Only what is certainly JSON. */
function metadataOf({ width, height, mediaType, meta, attempts }: GeneratedImage): Metadata {
  const seed = typeof meta['seed'] === 'number' ? { seed: meta['seed'] } : {};
  return {
    mediaType,
    attempts: attempts.length,
    ...(width === undefined || height === undefined ? {} : { width, height }),
    ...seed,
  };
}
