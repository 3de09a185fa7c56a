import { TorchGenerator } from './torch-generator.ts';
import { createScheduler, type SchedulerName } from '../schedulers/create-scheduler.ts';
import { guideUnet, hasGuidanceEmbedded } from './guide-unet.ts';
import type { ModelCard } from './model-card.ts';
import { Network, type Values } from './network.ts';
import { loadPromptTokenizer, type PromptTokenizer } from './prompt-tokenizer.ts';
import { readModelFolder, type ModelFolder } from './read-model-folder.ts';
import { loadRuntime, type Runtime } from './runtime.ts';
import { toPixels } from './to-pixels.ts';

/** One image to draw, at exactly the size the UNet samples at. */
export interface DiffusionJob {
  readonly prompt: string;
  readonly negativePrompt: string;
  /** Pixels, a multiple of the decoder's factor (8). */
  readonly width: number;
  readonly height: number;
  /** Above 1 the image is drawn away from the negative prompt. */
  readonly guidanceScale: number;
  readonly steps: number;
  /** 0 to 2^64 - 1. */
  readonly seed: bigint;
  readonly scheduler: SchedulerName;
}

/** A drawn image, three bytes a pixel. */
export interface DrawnImage {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly warnings: readonly string[];
}

export interface LoadOptions {
  /** Processor threads for one operation; 0 leaves it to the runtime. @default 2 for a small model, otherwise 0 */
  readonly threads?: number | undefined;
  /** @default the native library, or its WebAssembly sister */
  readonly runtime?: Runtime;
}

export interface DrawOptions {
  /** Asked between steps; once it says true, drawing ends with a `DrawingCancelled`. */
  readonly isCanceled: () => boolean;
  /** Told after each evaluation of the UNet: how many are done, and of how many. */
  readonly onStep: (done: number, total: number) => void;
}

export class DrawingCancelled extends Error {
  override readonly name = 'DrawingCancelled';
}

/**
 * A latent diffusion model from text to image: text encoder, UNet under classifier-free guidance, VAE decoder.
 * The order of operations is that of diffusers' `pipeline_stable_diffusion.py`.
 */
export class DiffusionPipeline {
  readonly card: ModelCard;
  readonly #folder: ModelFolder;
  readonly #tokenizer: PromptTokenizer;
  readonly #textEncoder: Network;
  readonly #unet: Network;
  readonly #vaeDecoder: Network;

  private constructor(parts: {
    readonly folder: ModelFolder;
    readonly tokenizer: PromptTokenizer;
    readonly networks: readonly [textEncoder: Network, unet: Network, vaeDecoder: Network];
    readonly runtime: Runtime;
  }) {
    const { folder, tokenizer, networks, runtime } = parts;
    this.#folder = folder;
    this.#tokenizer = tokenizer;
    [this.#textEncoder, this.#unet, this.#vaeDecoder] = networks;
    this.card = {
      name: folder.name,
      scheduler: folder.scheduler,
      defaults: folder.defaults,
      ...(folder.nativeSizes === undefined ? {} : { nativeSizes: folder.nativeSizes }),
      ...(folder.vocabulary === undefined ? {} : { vocabulary: folder.vocabulary }),
      sizeMultiple: folder.sizeMultiple,
      maxTokens: tokenizer.maxTokens,
      runtime: runtime.name,
      notes: folder.notes,
    };
  }

  /**
   * Loads a diffusers-style ONNX folder.
   *
   * @throws ModelError where the folder cannot be served
   */
  static async load(path: string, options: LoadOptions = {}): Promise<DiffusionPipeline> {
    const folder = await readModelFolder(path);
    const runtime = options.runtime ?? (await loadRuntime());
    const threads = options.threads ?? (folder.byteLength < smallModel ? 2 : 0);
    const load = async (file: string): Promise<Network> => Network.load({ file, runtime, threads });
    const { textEncoder, unet, vaeDecoder } = folder.networks;
    const networks = await Promise.all([load(textEncoder), load(unet), load(vaeDecoder)]);
    const declared = networks[0].input('input_ids')?.shape[1];
    const tokenizer = await loadPromptTokenizer(folder.path, typeof declared === 'number' ? declared : undefined);
    return new DiffusionPipeline({ folder, tokenizer, networks, runtime });
  }

  /**
   * Draws one image.
   *
   * @throws DrawingCancelled once `isCanceled` says so
   * @throws SchedulerError where the scheduler cannot go that many steps
   */
  async draw(job: DiffusionJob, { isCanceled, onStep }: DrawOptions): Promise<DrawnImage> {
    const { vaeScaleFactor: factor, latentChannels: channels } = this.#folder;
    const scheduler = createScheduler({ name: job.scheduler, config: this.#folder.schedulerConfig, steps: job.steps });
    const warnings: string[] = [];
    const predict = await guideUnet({
      unet: this.#unet,
      guidanceScale: job.guidanceScale,
      guidedTimesteps: this.#folder.guidedTimesteps,
      positive: await this.#encode(job.prompt, 'prompt', warnings),
      negative: async () => this.#encode(job.negativePrompt, 'negative prompt', warnings),
    });
    if (hasGuidanceEmbedded(this.#unet) && job.negativePrompt !== '') warnings.push(unheardNegative);
    const noise = new TorchGenerator(job.seed);
    const dims = [1, channels, job.height / factor, job.width / factor];
    const length = dims.reduce((product, side) => product * side, 1);
    let latents: Float32Array = noise.normal(length).map((value) => value * scheduler.initNoiseSigma);

    for (const [index, timestep] of scheduler.timesteps.entries()) {
      if (isCanceled()) throw new DrawingCancelled();
      const sample = { data: scheduler.scaleModelInput(latents), dims };
      const modelOutput = await predict(sample, timestep);
      latents = scheduler.step({ modelOutput, sample: latents, drawNoise: (count) => noise.normal(count) });
      onStep(index + 1, scheduler.timesteps.length);
    }
    if (isCanceled()) throw new DrawingCancelled();

    const unscaled = latents.map((value) => value / this.#folder.latentScale);
    const decoded = await this.#vaeDecoder.run({ latent_sample: { data: unscaled, dims } });
    const { isBroken, ...image } = toPixels(decoded);
    return { ...image, warnings: isBroken ? [...warnings, brokenImage] : warnings };
  }

  async release(): Promise<void> {
    await Promise.all([this.#textEncoder.release(), this.#unet.release(), this.#vaeDecoder.release()]);
  }

  async #encode(prompt: string, field: string, warnings: string[]): Promise<Values> {
    const { ids, isCut } = this.#tokenizer.encode(prompt);
    if (isCut) {
      warnings.push(
        `The ${field} is longer than the ${this.#tokenizer.maxTokens} tokens this model reads: its end was cut off.`,
      );
    }
    const encoded = await this.#textEncoder.run({ input_ids: { data: Float32Array.from(ids), dims: [1, ids.length] } });
    return { data: encoded.data.slice(), dims: encoded.dims };
  }
}

/** Below this many bytes of weights more threads cost more than they bring. */
const smallModel = 100_000_000;

const unheardNegative = 'The negative prompt has no effect: this consistency model has its guidance built in.';
const brokenImage =
  'The image is black in part: the model computed values that are no numbers, as 16-bit models do when they overflow. Try a lower guidance scale, or a 32-bit export of the model.';
