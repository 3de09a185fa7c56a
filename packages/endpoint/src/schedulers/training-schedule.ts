import * as v from 'valibot';
import { flag } from './read-config.ts';

/** How the model was trained to see noise; every scheduler's configuration has these members. */
export const trainingEntries = {
  num_train_timesteps: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(1)), 1000),
  beta_start: v.nullish(v.number(), 0.0001),
  beta_end: v.nullish(v.number(), 0.02),
  beta_schedule: v.nullish(v.picklist(['linear', 'scaled_linear', 'squaredcos_cap_v2']), 'linear'),
  trained_betas: v.nullish(v.pipe(v.array(v.number()), v.minLength(1))),
  rescale_betas_zero_snr: flag(false),
};

const trainingSchema = v.object(trainingEntries);
export type TrainingConfig = v.InferOutput<typeof trainingSchema>;

/**
 * Cumulative products of `1 - beta` over the training timesteps (ᾱ_t of Ho et al. 2020, arXiv:2006.11239, equation 4).
 */
export function alphasCumprod(config: TrainingConfig): Float64Array {
  const products: number[] = [];
  let product = 1;
  for (const beta of betas(config)) {
    product *= 1 - beta;
    products.push(product);
  }
  return Float64Array.from(config.rescale_betas_zero_snr ? rescaledToZeroSnr(products) : products);
}

/** Noise levels σ_t = √((1 - ᾱ_t) / ᾱ_t), rising with t (Karras et al. 2022, arXiv:2206.00364). */
export function trainingSigmas(config: TrainingConfig): Float64Array {
  const alphas = alphasCumprod(config);
  // Zero terminal SNR would mean an infinite sigma; diffusers caps the last alpha here.
  if (config.rescale_betas_zero_snr) alphas[alphas.length - 1] = 2 ** -24;
  return alphas.map((alpha) => Math.sqrt((1 - alpha) / alpha));
}

/** `count` evenly spaced numbers from `first` to `last`, both included (numpy's `linspace`). */
export function linspace(first: number, last: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) =>
    count === 1 ? first : first + ((last - first) * index) / (count - 1),
  );
}

function betas(config: TrainingConfig): readonly number[] {
  const { num_train_timesteps: count, beta_start: first, beta_end: last } = config;
  if (config.trained_betas) return config.trained_betas;
  switch (config.beta_schedule) {
    case 'linear':
      return linspace(first, last, count);
    case 'scaled_linear':
      return linspace(Math.sqrt(first), Math.sqrt(last), count).map((root) => root * root);
    case 'squaredcos_cap_v2':
      return Array.from({ length: count }, (_, index) =>
        Math.min(1 - alphaBar((index + 1) / count) / alphaBar(index / count), 0.999),
      );
    default:
      return config.beta_schedule satisfies never;
  }
}

/** ᾱ(t) of Nichol and Dhariwal 2021, arXiv:2102.09672, equation 17. */
function alphaBar(time: number): number {
  return Math.cos((((time + 0.008) / 1.008) * Math.PI) / 2) ** 2;
}

/** Algorithm 1 of Lin et al. 2023, arXiv:2305.08891. */
function rescaledToZeroSnr(products: readonly number[]): readonly number[] {
  const roots = products.map(Math.sqrt);
  const first = roots[0] ?? 1;
  const last = roots.at(-1) ?? 0;
  return roots.map((root) => (((root - last) * first) / (first - last)) ** 2);
}
