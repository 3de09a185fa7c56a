import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { findScheduler, type SchedulerName } from '../schedulers/create-scheduler.ts';
import { findNetwork, networkBytes } from './find-network.ts';
import type { ModelDefaults } from './model-card.ts';
import type { Size } from '../image/size.ts';
import { ModelError } from './model-error.ts';
import { readEndpointFile } from './read-endpoint-file.ts';
import { readJsonFile, type JsonObject } from './read-json-file.ts';

/** What the files of a model folder say, before any of its networks is loaded. */
export interface ModelFolder {
  readonly name: string;
  readonly path: string;
  readonly networks: { readonly textEncoder: string; readonly unet: string; readonly vaeDecoder: string };
  /** Bytes of the three networks, weights beside them included. */
  readonly byteLength: number;
  readonly scheduler: SchedulerName;
  readonly schedulerConfig: JsonObject;
  /** Pixels per latent along one side. */
  readonly vaeScaleFactor: number;
  /** What latents were multiplied with in training (`scaling_factor`). */
  readonly latentScale: number;
  readonly latentChannels: number;
  /** What width and height must be multiples of, in pixels. */
  readonly sizeMultiple: number;
  readonly defaults: ModelDefaults;
  readonly nativeSizes?: readonly Size[];
  /** The timesteps at which guidance holds, both included; all where absent. */
  readonly guidedTimesteps?: readonly [first: number, last: number];
  readonly vocabulary?: readonly string[];
  readonly notes: readonly string[];
}

const readable =
  'Tintype serves Stable Diffusion 1.x and 2.x, SD-Turbo and LCM models that were exported to ONNX, for example by `optimum-cli export onnx --model <id> <folder>`.';

/** Architectures that look alike and are not. By `_class_name`. */
const refused: readonly (readonly [prefix: RegExp, name: string])[] = [
  [/^(ORT|Onnx)?StableDiffusionXL/, 'Stable Diffusion XL'],
  [/^(ORT|Onnx)?StableDiffusion3/, 'Stable Diffusion 3'],
  [/^(ORT|Onnx)?Flux/, 'Flux'],
];
/** The contract's default in pixels. (Not imported: in the worker thread core may not be there as sources.) */
const resampledSide = 512;
const served = /^(ORT|Onnx)?(StableDiffusion|LatentConsistencyModel)Pipeline$/;

/**
 * Reads and checks a diffusers-style ONNX folder without loading its networks.
 *
 * @throws ModelError where the folder is none, is incomplete, or holds another architecture
 */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  const path = resolve(folder);
  const index = await readIndex(path);
  const [unetConfig, vaeConfig, schedulerConfig, endpoint] = await Promise.all([
    readJsonFile(join(path, 'unet', 'config.json')),
    readJsonFile(join(path, 'vae_decoder', 'config.json')),
    readJsonFile(join(path, 'scheduler', 'scheduler_config.json')),
    readEndpointFile(join(path, 'endpoint.json')),
  ]);
  refuseOtherArchitectures(path, index, unetConfig);
  if (schedulerConfig === undefined) throw incomplete(path, 'scheduler/scheduler_config.json');
  await requireTokenizer(path);
  const networks = {
    textEncoder: await findNetwork(path, 'text_encoder'),
    unet: await findNetwork(path, 'unet'),
    vaeDecoder: await findNetwork(path, 'vae_decoder'),
  };

  const decoder = vaeConfig ?? (await readJsonFile(join(path, 'vae', 'config.json'))) ?? {};
  const blocks = decoder['block_out_channels'];
  const vaeScaleFactor = Array.isArray(blocks) && blocks.length > 0 ? 2 ** (blocks.length - 1) : 8;
  // A model that is resampled has no size of its own: it gets the contract's default.
  const side =
    endpoint.nativeSizes === undefined ? numberOr(unetConfig?.['sample_size'], 64) * vaeScaleFactor : resampledSide;
  const guidance = endpoint.guidanceInterval;
  const timesteps = numberOr(schedulerConfig['num_train_timesteps'], 1000);
  const { scheduler, notes } = chooseScheduler(index, schedulerConfig);
  return {
    name: basename(path),
    path,
    networks,
    byteLength: await networkBytes(path),
    scheduler,
    schedulerConfig,
    vaeScaleFactor,
    latentScale: numberOr(decoder['scaling_factor'], 0.18215),
    latentChannels: numberOr(decoder['latent_channels'], 4),
    sizeMultiple: vaeScaleFactor * halvings(unetConfig),
    defaults: { width: side, height: side, ...endpoint.defaults },
    ...(endpoint.nativeSizes === undefined ? {} : { nativeSizes: endpoint.nativeSizes }),
    ...(guidance === undefined ? {} : { guidedTimesteps: [guidance[0] * timesteps, guidance[1] * timesteps] }),
    ...(endpoint.vocabulary === undefined ? {} : { vocabulary: endpoint.vocabulary }),
    notes,
  };
}

async function readIndex(path: string): Promise<JsonObject> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new ModelError(`The model folder ${path} does not exist. ${readable}`);
  if (!found.isDirectory()) throw new ModelError(`The model ${path} is a file, not a folder. ${readable}`);
  const index = await readJsonFile(join(path, 'model_index.json'));
  if (index === undefined) {
    throw new ModelError(`The folder ${path} is no diffusers model: it has no model_index.json. ${readable}`);
  }
  return index;
}

function refuseOtherArchitectures(path: string, index: JsonObject, unetConfig: JsonObject | undefined): void {
  const className = typeof index['_class_name'] === 'string' ? index['_class_name'] : 'nothing';
  const known = refused.find(([pattern]) => pattern.test(className));
  const name =
    known?.[1] ??
    ('text_encoder_2' in index || unetConfig?.['addition_embed_type'] === 'text_time'
      ? 'Stable Diffusion XL'
      : 'transformer' in index
        ? 'a diffusion transformer'
        : undefined);
  if (name !== undefined) {
    throw new ModelError(`The model in ${path} is ${name} (${className}), which is not supported. ${readable}`);
  }
  if (!served.test(className)) {
    throw new ModelError(
      `The model in ${path} is a ${className}, which makes no image from a prompt alone. ${readable}`,
    );
  }
  const channels = unetConfig?.['in_channels'];
  if (channels !== undefined && channels !== 4) {
    throw new ModelError(
      `The UNet in ${path} takes ${JSON.stringify(channels)} channels, as inpainting and image-to-image models do; 4 are needed. ${readable}`,
    );
  }
}

function chooseScheduler(
  index: JsonObject,
  config: JsonObject,
): { readonly scheduler: SchedulerName; readonly notes: readonly string[] } {
  const listed = Array.isArray(index['scheduler']) ? index['scheduler'][1] : undefined;
  const className = [config['_class_name'], listed].find((value) => typeof value === 'string') ?? 'none';
  const scheduler = findScheduler(className);
  if (scheduler !== undefined) return { scheduler, notes: [] };
  // What handlers of the Inference API do as well: `EulerDiscreteScheduler.from_config(…)`.
  const note = `The model's own scheduler, ${className}, is not implemented here; Euler is used instead.`;
  return { scheduler: 'euler', notes: [note] };
}

async function requireTokenizer(path: string): Promise<void> {
  const files = await readdir(join(path, 'tokenizer')).catch((): readonly string[] => []);
  const complete = files.includes('tokenizer.json') || (files.includes('vocab.json') && files.includes('merges.txt'));
  if (!complete) throw incomplete(path, 'tokenizer/tokenizer.json (or tokenizer/vocab.json and tokenizer/merges.txt)');
}

function incomplete(path: string, missing: string): ModelError {
  return new ModelError(`The model folder ${path} is incomplete: ${missing} is missing. Fetch or export it again.`);
}

/**
 * How often a UNet halves its latents on the way down, as a power of two. Exports lose what PyTorch does about sides that do
 * not divide evenly, so such sizes would fail in the middle of an image.
 */
function halvings(unetConfig: JsonObject | undefined): number {
  const blocks = unetConfig?.['down_block_types'] ?? unetConfig?.['block_out_channels'];
  return Array.isArray(blocks) && blocks.length > 0 ? 2 ** (blocks.length - 1) : 1;
}

function numberOr(value: unknown, fallback: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}
