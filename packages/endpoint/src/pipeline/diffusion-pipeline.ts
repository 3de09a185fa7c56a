import { TorchGenerator } from '../random/torch-generator.ts';
import { createScheduler, type SchedulerName } from '../schedulers/create-scheduler.ts';
import { guidanceEmbedding } from './guidance-embedding.ts';
import type { ModelCard } from './model-card.ts';
import { ModelError } from './model-error.ts';
import { Network, type Values } from './network.ts';
import { loadPromptTokenizer, type PromptTokenizer } from './prompt-tokenizer.ts';
import { readModelFolder, type ModelFolder } from './read-model-folder.ts';
import { loadRuntime, type Runtime } from './runtime.ts';
import { toPixels } from './to-pixels.ts';

/** One picture to draw, at exactly the size the UNet samples at. */
export interface DiffusionJob {
  readonly prompt: string;
  readonly negativePrompt: string;
  /** Pixels, a multiple of the decoder's factor (8). */
  readonly width: number;
  readonly height: number;
  /** Above 1 the picture is drawn away from the negative prompt. */
  readonly guidanceScale: number;
  readonly steps: number;
  /** 0 to 2^64 - 1. */
  readonly seed: bigint;
  readonly scheduler: SchedulerName;
}

/** A drawn picture, three bytes a pixel. */
export interface DrawnPicture {
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
  readonly isCancelled: () => boolean;
  /** Told after each evaluation of the UNet: how many are done, and of how many. */
  readonly onStep: (done: number, total: number) => void;
}

export class DrawingCancelled extends Error {
  override readonly name = 'DrawingCancelled';
}

/**
 * A latent diffusion model from text to picture: text encoder, UNet under classifier-free guidance, VAE decoder.
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
   * Draws one picture.
   *
   * @throws DrawingCancelled once `isCancelled` says so
   * @throws SchedulerError where the scheduler cannot go that many steps
   */
  async draw(job: DiffusionJob, { isCancelled, onStep }: DrawOptions): Promise<DrawnPicture> {
    const { vaeScaleFactor: factor, latentChannels: channels } = this.#folder;
    const scheduler = createScheduler({ name: job.scheduler, config: this.#folder.schedulerConfig, steps: job.steps });
    const conditioning = await this.#condition(job);
    const noise = new TorchGenerator(job.seed);
    const dims = [1, channels, job.height / factor, job.width / factor];
    const length = dims.reduce((product, side) => product * side, 1);
    let latents: Float32Array = noise.normal(length).map((value) => value * scheduler.initNoiseSigma);

    for (const [index, timestep] of scheduler.timesteps.entries()) {
      if (isCancelled()) throw new DrawingCancelled();
      const sample = { data: scheduler.scaleModelInput(latents), dims };
      const modelOutput = await conditioning.predict(sample, timestep);
      latents = scheduler.step({ modelOutput, sample: latents, drawNoise: (count) => noise.normal(count) });
      onStep(index + 1, scheduler.timesteps.length);
    }
    if (isCancelled()) throw new DrawingCancelled();

    const unscaled = latents.map((value) => value / this.#folder.latentScale);
    const decoded = await this.#vaeDecoder.run({ latent_sample: { data: unscaled, dims } });
    const { isBroken, ...picture } = toPixels(decoded);
    return { ...picture, warnings: isBroken ? [...conditioning.warnings, brokenPicture] : conditioning.warnings };
  }

  async release(): Promise<void> {
    await Promise.all([this.#textEncoder.release(), this.#unet.release(), this.#vaeDecoder.release()]);
  }

  /** Encodes the prompts, and answers how the UNet is asked under them. */
  async #condition(job: DiffusionJob): Promise<{
    readonly warnings: readonly string[];
    readonly predict: (sample: Values, timestep: number) => Promise<Float32Array>;
  }> {
    const embedded = this.#unet.input('timestep_cond');
    const warnings: string[] = [];
    const positive = await this.#encode(job.prompt, 'prompt', warnings);
    if (embedded !== undefined) {
      if (job.negativePrompt !== '') {
        warnings.push('The negative prompt has no effect: this consistency model has its guidance built in.');
      }
      const declared = embedded.shape[1];
      const size = typeof declared === 'number' ? declared : 256;
      const timestepCond = { data: guidanceEmbedding(job.guidanceScale, size), dims: [1, size] };
      return {
        warnings,
        predict: async (sample, timestep) =>
          this.#ask({ sample, timestep, batch: 1, text: positive, timestep_cond: timestepCond }),
      };
    }
    if (job.guidanceScale <= 1) {
      return {
        warnings,
        predict: async (sample, timestep) => this.#ask({ sample, timestep, batch: 1, text: positive }),
      };
    }
    const negative = await this.#encode(job.negativePrompt, 'negative prompt', warnings);
    const isSingle = this.#unet.input('sample')?.shape[0] === 1;
    return {
      warnings,
      predict: async (sample, timestep) => {
        const pair = { sample, timestep, negative, positive };
        const [away, towards] = await (isSingle ? this.#oneByOne(pair) : this.#together(pair));
        return away.map((value, index) => value + job.guidanceScale * ((towards[index] ?? 0) - value));
      },
    };
  }

  /** Both prompts in one batch, `[negative, positive]`, as diffusers does. */
  async #together(options: PairOptions): Promise<readonly [away: Float32Array, towards: Float32Array]> {
    const { sample, timestep, negative, positive } = options;
    const both = await this.#ask({
      sample: stack(sample, sample),
      timestep,
      batch: 2,
      text: stack(negative, positive),
    });
    const length = sample.data.length;
    return [both.subarray(0, length), both.subarray(length)];
  }

  /** For networks that were exported for one picture at a time. */
  async #oneByOne(options: PairOptions): Promise<readonly [away: Float32Array, towards: Float32Array]> {
    const { sample, timestep, negative, positive } = options;
    const away = await this.#ask({ sample, timestep, batch: 1, text: negative });
    return [away.slice(), await this.#ask({ sample, timestep, batch: 1, text: positive })];
  }

  async #ask(options: {
    readonly sample: Values;
    readonly timestep: number;
    readonly batch: number;
    readonly text: Values;
    readonly timestep_cond?: Values;
  }): Promise<Float32Array> {
    const { sample, timestep, batch, text, timestep_cond } = options;
    const declared = this.#unet.input('timestep')?.shape ?? [1];
    // Exports differ: no dimension at all, a fixed one, or a free one, which takes one timestep per sample.
    const dims = declared.map((side) => (typeof side === 'number' ? side : batch));
    const count = dims.reduce((product, side) => product * side, 1);
    const output = await this.#unet.run({
      sample,
      timestep: { data: new Float32Array(count).fill(timestep), dims },
      encoder_hidden_states: text,
      ...(timestep_cond === undefined ? {} : { timestep_cond }),
    });
    if (output.data.length !== sample.data.length) {
      throw new ModelError(`The UNet answered ${output.dims.join('×')} to latents of ${sample.dims.join('×')}.`);
    }
    return output.data;
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

const brokenPicture =
  'The picture is black in part: the model computed values that are no numbers, as 16-bit models do when they overflow. Try a lower guidance scale, or a 32-bit export of the model.';

interface PairOptions {
  readonly sample: Values;
  readonly timestep: number;
  readonly negative: Values;
  readonly positive: Values;
}

function stack(first: Values, second: Values): Values {
  const data = new Float32Array(first.data.length + second.data.length);
  data.set(first.data);
  data.set(second.data, first.data.length);
  return { data, dims: [2, ...first.dims.slice(1)] };
}
