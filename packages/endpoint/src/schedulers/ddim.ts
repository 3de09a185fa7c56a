import * as v from 'valibot';
import { combine } from './combine.ts';
import { clip, predictedNoise, predictedOriginal, predictionType } from './prediction.ts';
import { flag, number, off, readConfig } from './read-config.ts';
import type { CreateScheduler } from './scheduler.ts';
import { roundHalfEven, spacedTimesteps, timestepSpacing } from './timestep-spacing.ts';
import { alphasCumprod, trainingEntries } from './training-schedule.ts';

// Members and defaults of diffusers' `scheduling_ddim.py`.
const schema = v.object({
  ...trainingEntries,
  prediction_type: predictionType,
  timestep_spacing: v.nullish(timestepSpacing, 'leading'),
  steps_offset: number(0),
  clip_sample: flag(true),
  clip_sample_range: number(1),
  set_alpha_to_one: flag(true),
  thresholding: off(),
});

/**
 * Denoising diffusion implicit models, without added noise (η = 0): equation 12 of Song et al. 2020, arXiv:2010.02502.
 */
export const createDdimScheduler: CreateScheduler = ({ config: raw, steps }) => {
  const config = readConfig(schema, raw);
  const trained = config.num_train_timesteps;
  const alphas = alphasCumprod(config);
  const finalAlpha = config.set_alpha_to_one ? 1 : (alphas[0] ?? 1);
  const timesteps = spacedTimesteps({
    spacing: config.timestep_spacing,
    trained,
    steps,
    offset: config.steps_offset,
  }).map(roundHalfEven);
  let position = 0;

  return {
    timesteps,
    initNoiseSigma: 1,
    scaleModelInput: (sample) => sample,
    step({ modelOutput, sample }) {
      const timestep = timesteps[position++] ?? 0;
      const alpha = alphas[timestep] ?? 1;
      const previousAlpha = alphas[timestep - Math.floor(trained / steps)] ?? finalAlpha;
      const prediction = {
        type: config.prediction_type,
        modelOutput,
        sample,
        signal: Math.sqrt(alpha),
        noise: Math.sqrt(1 - alpha),
      };
      const original = predictedOriginal(prediction);
      const clipped = config.clip_sample ? clip(original, config.clip_sample_range) : original;
      const signal = Math.sqrt(previousAlpha);
      const noise = Math.sqrt(1 - previousAlpha);
      return combine(clipped, predictedNoise(prediction), (x0, epsilon) => signal * x0 + noise * epsilon);
    },
  };
};
