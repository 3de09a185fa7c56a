import * as v from 'valibot';
import { combine, weightedSum } from './combine.ts';
import { predictionType, type PredictionType } from './prediction.ts';
import { flag, number, off } from './read-config.ts';
import { karrasSigmas, sigmaAt, timestepOf } from './sigmas.ts';
import { spacedTimesteps, timestepSpacing } from './timestep-spacing.ts';
import { trainingEntries, trainingSigmas } from './training-schedule.ts';

/** Members and defaults that diffusers' `scheduling_euler_discrete.py` and its ancestral sister share. */
export const eulerEntries = {
  ...trainingEntries,
  prediction_type: predictionType,
  timestep_spacing: v.nullish(timestepSpacing, 'linspace'),
  steps_offset: number(0),
  use_karras_sigmas: flag(false),
  final_sigmas_type: v.nullish(v.picklist(['zero', 'sigma_min']), 'zero'),
  use_exponential_sigmas: off(),
  use_beta_sigmas: off(),
  interpolation_type: v.nullish(v.literal('linear'), 'linear'),
  timestep_type: v.nullish(v.literal('discrete'), 'discrete'),
};
const schema = v.object(eulerEntries);
export type EulerConfig = v.InferOutput<typeof schema>;

/** The timesteps to visit, and their sigmas with the final one after them. */
export function eulerSigmas(
  config: EulerConfig,
  steps: number,
): { readonly timesteps: readonly number[]; readonly sigmas: readonly number[] } {
  const trainedSigmas = trainingSigmas(config);
  const spaced = spacedTimesteps({
    spacing: config.timestep_spacing,
    trained: config.num_train_timesteps,
    steps,
    offset: config.steps_offset,
  });
  const visited = spaced.map((timestep) => sigmaAt(timestep, trainedSigmas));
  const final = config.final_sigmas_type === 'sigma_min' ? (trainedSigmas[0] ?? 0) : 0;
  if (!config.use_karras_sigmas) return { timesteps: spaced, sigmas: [...visited, final] };
  const karras = karrasSigmas({ highest: visited[0] ?? 1, lowest: visited.at(-1) ?? 0, steps });
  return { timesteps: karras.map((sigma) => timestepOf(sigma, trainedSigmas)), sigmas: [...karras, final] };
}

/** The standard deviation of the first latents. */
export function initialSigma(config: EulerConfig, sigmas: readonly number[]): number {
  const highest = Math.max(...sigmas);
  return config.timestep_spacing === 'leading' ? Math.sqrt(highest ** 2 + 1) : highest;
}

/** The clean latents x₀ that the UNet's answer stands for, where sample = x₀ + sigma · ε. */
export function originalFromSigma(options: {
  readonly type: PredictionType;
  readonly modelOutput: Float32Array;
  readonly sample: Float32Array;
  readonly sigma: number;
}): Float32Array {
  const { type, modelOutput, sample, sigma } = options;
  const scale = sigma ** 2 + 1;
  switch (type) {
    case 'epsilon':
      return combine(sample, modelOutput, (x, epsilon) => x - sigma * epsilon);
    case 'v_prediction':
      return combine(sample, modelOutput, (x, velocity) => x / scale - (velocity * sigma) / Math.sqrt(scale));
    case 'sample':
      return modelOutput;
    default:
      return type satisfies never;
  }
}

/** What the UNet takes: the sample at unit variance, as it was trained on. */
export function scaledBySigma(sample: Float32Array, sigma: number): Float32Array {
  return weightedSum([[1 / Math.sqrt(sigma ** 2 + 1), sample]]);
}
