import * as v from 'valibot';
import { weightedSum } from './combine.ts';
import { eulerEntries, eulerSigmas, initialSigma, originalFromSigma, scaledBySigma } from './euler-sigmas.ts';
import { readConfig } from './read-config.ts';
import type { CreateScheduler } from './scheduler.ts';

const schema = v.object(eulerEntries);

/** Euler's method along the sigmas: algorithm 2 of Karras et al. 2022, arXiv:2206.00364, without churn. */
export const createEulerScheduler: CreateScheduler = ({ config: raw, steps }) => {
  const config = readConfig(schema, raw);
  const { timesteps, sigmas } = eulerSigmas(config, steps);
  let position = 0;

  return {
    timesteps,
    initNoiseSigma: initialSigma(config, sigmas),
    scaleModelInput: (sample) => scaledBySigma(sample, sigmas[position] ?? 0),
    step({ modelOutput, sample }) {
      const sigma = sigmas[position] ?? 1;
      const next = sigmas[position + 1] ?? 0;
      position++;
      const original = originalFromSigma({ type: config.prediction_type, modelOutput, sample, sigma });
      // sample + derivative · (next - sigma), where derivative = (sample - original) / sigma
      const share = (next - sigma) / sigma;
      return weightedSum([
        [1 + share, sample],
        [-share, original],
      ]);
    },
  };
};
