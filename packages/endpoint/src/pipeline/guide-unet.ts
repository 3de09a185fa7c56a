import { guidanceEmbedding } from './guidance-embedding.ts';
import { ModelError } from './model-error.ts';
import type { Network, Values } from './network.ts';

/** Asks the UNet, guidance worked in: its answer for one sample of latents at a timestep. */
export type Predict = (sample: Values, timestep: number) => Promise<Float32Array>;

export interface GuideOptions {
  readonly unet: Network;
  readonly guidanceScale: number;
  /** The timesteps at which guidance holds, both included; at the others the prompt is asked alone. @default all, as in diffusers */
  readonly guidedTimesteps?: readonly [first: number, last: number] | undefined;
  /** The prompt's hidden states. */
  readonly positive: Values;
  /** The negative prompt's; only called for where it counts. */
  readonly negative: () => Promise<Values>;
}

/** Whether a UNet takes its guidance as an embedding, as distilled consistency models do. It hears no negative prompt then. */
export function hasGuidanceEmbedded(unet: Network): boolean {
  return unet.input('timestep_cond') !== undefined;
}

/**
 * How a UNet is asked under a guidance scale: with the scale as an embedding where it takes one; plainly at 1 or less; else
 * with both prompts, by classifier-free guidance (Ho and Salimans 2022, arXiv:2207.12598, equation 6, in diffusers' form
 * `u + scale · (c - u)`), where it holds (a limited interval: Kynkäänniemi et al. 2024, arXiv:2404.07724).
 */
export async function guideUnet(options: GuideOptions): Promise<Predict> {
  const { unet, guidanceScale, guidedTimesteps: [first, last] = [0, Infinity], positive, negative } = options;
  if (hasGuidanceEmbedded(unet)) {
    const declared = unet.input('timestep_cond')?.shape[1];
    const size = typeof declared === 'number' ? declared : 256;
    const timestep_cond = { data: guidanceEmbedding(guidanceScale, size), dims: [1, size] };
    return async (sample, timestep) => ask(unet, { sample, timestep, text: positive, timestep_cond });
  }
  const askPlainly: Predict = async (sample, timestep) => ask(unet, { sample, timestep, text: positive });
  if (guidanceScale <= 1) return askPlainly;
  const askBoth = unet.input('sample')?.shape[0] === 1 ? askOneByOne : askTogether;
  const texts = { positive, negative: await negative() };
  return async (sample, timestep) => {
    if (timestep < first || timestep > last) return askPlainly(sample, timestep);
    const [away, towards] = await askBoth(unet, { sample, timestep, ...texts });
    return away.map((value, index) => value + guidanceScale * ((towards[index] ?? 0) - value));
  };
}

interface Question {
  readonly sample: Values;
  readonly timestep: number;
  readonly text: Values;
  readonly timestep_cond?: Values;
}
type QuestionForBoth = Omit<Question, 'text'> & { readonly positive: Values; readonly negative: Values };
type BothAnswers = Promise<readonly [away: Float32Array, towards: Float32Array]>;

/** Both prompts in one batch, `[negative, positive]`, as diffusers does. */
async function askTogether(unet: Network, question: QuestionForBoth): BothAnswers {
  const { sample, timestep, negative, positive } = question;
  const both = await ask(unet, { sample: stack(sample, sample), timestep, text: stack(negative, positive) });
  return [both.subarray(0, sample.data.length), both.subarray(sample.data.length)];
}

/** For networks that were exported for one image at a time. */
async function askOneByOne(unet: Network, question: QuestionForBoth): BothAnswers {
  const { sample, timestep, negative, positive } = question;
  const away = await ask(unet, { sample, timestep, text: negative });
  return [away, await ask(unet, { sample, timestep, text: positive })];
}

async function ask(unet: Network, { sample, timestep, text, ...condition }: Question): Promise<Float32Array> {
  const [batch = 1] = sample.dims;
  // Exports differ: no dimension at all, a fixed one, or a free one, which takes one timestep per sample.
  const dims = (unet.input('timestep')?.shape ?? [1]).map((side) => (typeof side === 'number' ? side : batch));
  const count = dims.reduce((product, side) => product * side, 1);
  const output = await unet.run({
    sample,
    timestep: { data: new Float32Array(count).fill(timestep), dims },
    encoder_hidden_states: text,
    ...condition,
  });
  if (output.data.length !== sample.data.length) {
    throw new ModelError(`The UNet answered ${output.dims.join('×')} to latents of ${sample.dims.join('×')}.`);
  }
  return output.data;
}

function stack(first: Values, second: Values): Values {
  const data = new Float32Array(first.data.length + second.data.length);
  data.set(first.data);
  data.set(second.data, first.data.length);
  return { data, dims: [2, ...first.dims.slice(1)] };
}
