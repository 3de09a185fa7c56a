import * as v from 'valibot';
import { combine } from './combine.ts';

/** What the UNet was trained to tell: the noise, the velocity (Salimans and Ho 2022, arXiv:2202.00512), or the image. */
export const predictionType = v.nullish(v.picklist(['epsilon', 'v_prediction', 'sample']), 'epsilon');
export type PredictionType = v.InferOutput<typeof predictionType>;

export interface PredictionOptions {
  readonly type: PredictionType;
  readonly modelOutput: Float32Array;
  readonly sample: Float32Array;
  /** √ᾱ_t, the share of image in the sample. */
  readonly signal: number;
  /** √(1 - ᾱ_t), the share of noise in the sample. */
  readonly noise: number;
}

/** The clean latents x₀ that the UNet's answer stands for, where sample = signal · x₀ + noise · ε. */
export function predictedOriginal({ type, modelOutput, sample, signal, noise }: PredictionOptions): Float32Array {
  switch (type) {
    case 'epsilon':
      return combine(sample, modelOutput, (x, epsilon) => (x - noise * epsilon) / signal);
    case 'v_prediction':
      return combine(sample, modelOutput, (x, velocity) => signal * x - noise * velocity);
    case 'sample':
      return modelOutput;
    default:
      return type satisfies never;
  }
}

/** The noise ε that the UNet's answer stands for. */
export function predictedNoise({ type, modelOutput, sample, signal, noise }: PredictionOptions): Float32Array {
  switch (type) {
    case 'epsilon':
      return modelOutput;
    case 'v_prediction':
      return combine(sample, modelOutput, (x, velocity) => signal * velocity + noise * x);
    case 'sample':
      return combine(sample, modelOutput, (x, original) => (x - signal * original) / noise);
    default:
      return type satisfies never;
  }
}

/** Latents held within ±range. */
export function clip(values: Float32Array, range: number): Float32Array {
  return values.map((value) => Math.min(Math.max(value, -range), range));
}
