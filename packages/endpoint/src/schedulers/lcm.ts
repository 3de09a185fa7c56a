import * as v from 'valibot';
import { combine, weightedSum } from './combine.ts';
import { clip, predictedOriginal, predictionType } from './prediction.ts';
import { flag, number, off, readConfig } from './read-config.ts';
import { SchedulerError } from './scheduler-error.ts';
import type { CreateScheduler } from './scheduler.ts';
import { alphasCumprod, trainingEntries } from './training-schedule.ts';

// Members and defaults of diffusers' `scheduling_lcm.py`.
const schema = v.object({
  ...trainingEntries,
  beta_start: number(0.00085),
  beta_end: number(0.012),
  beta_schedule: v.nullish(v.picklist(['linear', 'scaled_linear', 'squaredcos_cap_v2']), 'scaled_linear'),
  prediction_type: predictionType,
  original_inference_steps: number(50),
  timestep_scaling: number(10),
  clip_sample: flag(false),
  clip_sample_range: number(1),
  set_alpha_to_one: flag(true),
  thresholding: off(),
});

/** σ_data of the boundary condition, section C of Song et al. 2023, arXiv:2303.01469. */
const sigmaData = 0.5;

/** Multistep sampling of latent consistency models: algorithm 4 of Luo et al. 2023, arXiv:2310.04378. */
export const createLcmScheduler: CreateScheduler = ({ config: raw, steps }) => {
  const config = readConfig(schema, raw);
  const { original_inference_steps: distilled, num_train_timesteps: trained } = config;
  if (steps > distilled) {
    throw new SchedulerError(
      `The LCM scheduler goes at most ${distilled} steps, got ${steps}. Ask for 1 to ${distilled} inference steps; 4 to 8 are usual.`,
    );
  }
  const alphas = alphasCumprod(config);
  const stride = Math.floor(trained / distilled);
  const timesteps = Array.from({ length: steps }, (_, index) => {
    const skipped = Math.floor((index * distilled) / steps);
    return (distilled - skipped) * stride - 1;
  });
  let position = 0;

  return {
    timesteps,
    initNoiseSigma: 1,
    scaleModelInput: (sample) => sample,
    step({ modelOutput, sample, drawNoise }) {
      const timestep = timesteps[position++] ?? 0;
      const next = timesteps[position];
      const alpha = alphas[timestep] ?? 1;
      const predicted = predictedOriginal({
        type: config.prediction_type,
        modelOutput,
        sample,
        signal: Math.sqrt(alpha),
        noise: Math.sqrt(1 - alpha),
      });
      const original = config.clip_sample ? clip(predicted, config.clip_sample_range) : predicted;
      const scaled = timestep * config.timestep_scaling;
      const skip = sigmaData ** 2 / (scaled ** 2 + sigmaData ** 2);
      const out = scaled / Math.sqrt(scaled ** 2 + sigmaData ** 2);
      const denoised = combine(original, sample, (x0, x) => out * x0 + skip * x);
      if (next === undefined) return denoised;
      const nextAlpha = alphas[next] ?? 1;
      return weightedSum([
        [Math.sqrt(nextAlpha), denoised],
        [Math.sqrt(1 - nextAlpha), drawNoise(sample.length)],
      ]);
    },
  };
};
