import * as v from 'valibot';
import { weightedSum } from './combine.ts';
import { eulerEntries, eulerSigmas, initialSigma, originalFromSigma, scaledBySigma } from './euler-sigmas.ts';
import { off, readConfig } from './read-config.ts';
import type { CreateScheduler } from './scheduler.ts';

// diffusers' ancestral scheduler knows neither Karras sigmas nor another final sigma, and ignores them in a configuration.
const { use_karras_sigmas: _karras, final_sigmas_type: _final, ...ancestralEntries } = eulerEntries;
const schema = v.object({ ...ancestralEntries, thresholding: off() });

/**
 * Euler steps that overshoot downwards and add fresh noise back: `sample_euler_ancestral` of k-diffusion
 * (crowsonkb/k-diffusion, `sampling.py`).
 */
export const createEulerAncestralScheduler: CreateScheduler = ({ config: raw, steps }) => {
  const config = { ...readConfig(schema, raw), use_karras_sigmas: false, final_sigmas_type: 'zero' as const };
  const { timesteps, sigmas } = eulerSigmas(config, steps);
  let position = 0;

  return {
    timesteps,
    initNoiseSigma: initialSigma(config, sigmas),
    scaleModelInput: (sample) => scaledBySigma(sample, sigmas[position] ?? 0),
    step({ modelOutput, sample, drawNoise }) {
      const sigma = sigmas[position] ?? 1;
      const next = sigmas[position + 1] ?? 0;
      position++;
      const original = originalFromSigma({ type: config.prediction_type, modelOutput, sample, sigma });
      const up = Math.sqrt((next ** 2 * (sigma ** 2 - next ** 2)) / sigma ** 2);
      const down = Math.sqrt(next ** 2 - up ** 2);
      const share = (down - sigma) / sigma;
      return weightedSum([
        [1 + share, sample],
        [-share, original],
        [up, drawNoise(sample.length)],
      ]);
    },
  };
};
