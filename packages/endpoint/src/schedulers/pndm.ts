import * as v from 'valibot';
import { combine, weightedSum } from './combine.ts';
import { predictedNoise, predictionType } from './prediction.ts';
import { flag, number, readConfig } from './read-config.ts';
import { SchedulerError } from './scheduler-error.ts';
import type { CreateScheduler } from './scheduler.ts';
import { roundHalfEven, spacedTimesteps, timestepSpacing } from './timestep-spacing.ts';
import { alphasCumprod, trainingEntries } from './training-schedule.ts';

// Members and defaults of diffusers' `scheduling_pndm.py`.
const schema = v.object({
  ...trainingEntries,
  prediction_type: predictionType,
  timestep_spacing: v.nullish(timestepSpacing, 'leading'),
  steps_offset: number(0),
  skip_prk_steps: flag(false),
  set_alpha_to_one: flag(false),
});

/** Adams–Bashforth weights for the newest prediction first (Liu et al. 2022, arXiv:2202.09778, equation 12). */
const multistepWeights = [[1], [3 / 2, -1 / 2], [23 / 12, -16 / 12, 5 / 12], [55 / 24, -59 / 24, 37 / 24, -9 / 24]];
const order = 4;

/**
 * Pseudo numerical methods for diffusion models (Liu et al. 2022, arXiv:2202.09778): pseudo Runge–Kutta steps to warm up
 * (left out with `skip_prk_steps`, as Stable Diffusion does), then pseudo linear multistep. As in diffusers, the UNet is
 * asked once more than there are steps, or nine times more with the warm-up.
 */
export const createPndmScheduler: CreateScheduler = ({ config: raw, steps }) => {
  const config = readConfig(schema, raw);
  const trained = config.num_train_timesteps;
  const stride = Math.floor(trained / steps);
  const alphas = alphasCumprod(config);
  const finalAlpha = config.set_alpha_to_one ? 1 : (alphas[0] ?? 1);
  const { warmUp, multistep } = plan();
  const timesteps = [...warmUp, ...multistep];

  let counter = 0;
  let predictions: Float32Array[] = [];
  let held: Float32Array | undefined;
  let sum: Float32Array | undefined;

  return {
    timesteps,
    initNoiseSigma: 1,
    scaleModelInput: (sample) => sample,
    step({ modelOutput, sample }) {
      const next = counter < warmUp.length ? warmUpStep(modelOutput, sample) : multistepStep(modelOutput, sample);
      counter++;
      return next;
    },
  };

  function plan(): { readonly warmUp: readonly number[]; readonly multistep: readonly number[] } {
    const { timestep_spacing: spacing, steps_offset: offset } = config;
    const rising = spacedTimesteps({ spacing, trained, steps, offset }).map(roundHalfEven).toReversed();
    if (config.skip_prk_steps) {
      return {
        warmUp: [],
        multistep: [...rising.slice(0, -1), ...rising.slice(-2, -1), ...rising.slice(-1)].toReversed(),
      };
    }
    if (steps < order) {
      throw new SchedulerError(
        `The PNDM scheduler with a Runge–Kutta warm-up needs at least ${order} steps, got ${steps}. Ask for more inference steps, or set skip_prk_steps in scheduler_config.json.`,
      );
    }
    const halves = rising.slice(-order).flatMap((timestep) => [timestep, timestep + Math.floor(stride / 2)]);
    const doubled = halves.slice(0, -1).flatMap((timestep) => [timestep, timestep]);
    return { warmUp: doubled.slice(1, -1).toReversed(), multistep: rising.slice(0, 1 - order).toReversed() };
  }

  /** A quarter of one pseudo Runge–Kutta step: four predictions, weighted 1/6, 1/3, 1/3, 1/6, make one. */
  function warmUpStep(modelOutput: Float32Array, sample: Float32Array): Float32Array {
    const stage = counter % order;
    const previous = (timesteps[counter] ?? 0) - (stage % 2 === 1 ? 0 : Math.floor(stride / 2));
    const timestep = warmUp[counter - stage] ?? 0;
    if (stage === 0) {
      predictions.push(modelOutput);
      held = sample;
    }
    const weight = stage === 0 || stage === order - 1 ? 1 / 6 : 1 / 3;
    sum =
      sum === undefined
        ? weightedSum([[weight, modelOutput]])
        : weightedSum([
            [1, sum],
            [weight, modelOutput],
          ]);
    const used = stage === order - 1 ? sum : modelOutput;
    if (stage === order - 1) sum = undefined;
    return transfer({ sample: held ?? sample, timestep, previous, modelOutput: used });
  }

  function multistepStep(modelOutput: Float32Array, sample: Float32Array): Float32Array {
    const timestep = timesteps[counter] ?? 0;
    if (counter === 1) {
      // Without warm-up the first step is taken again, with the mean of both predictions.
      const mean = weightedSum([
        [0.5, modelOutput],
        [0.5, predictions[0] ?? modelOutput],
      ]);
      return transfer({ sample: held ?? sample, timestep: timestep + stride, previous: timestep, modelOutput: mean });
    }
    if (counter === 0) held = sample;
    predictions = [...predictions.slice(1 - order), modelOutput];
    const weights = multistepWeights[predictions.length - 1] ?? [1];
    const terms = predictions.toReversed().map((prediction, index) => [weights[index] ?? 0, prediction] as const);
    return transfer({ sample, timestep, previous: timestep - stride, modelOutput: weightedSum(terms) });
  }

  /** Equation 9 of the paper, in the form of diffusers' `_get_prev_sample`. */
  function transfer(options: {
    readonly sample: Float32Array;
    readonly timestep: number;
    readonly previous: number;
    readonly modelOutput: Float32Array;
  }): Float32Array {
    const { sample, timestep, previous, modelOutput } = options;
    const alpha = alphas[timestep] ?? 1;
    const previousAlpha = alphas[previous] ?? finalAlpha;
    const signal = Math.sqrt(alpha);
    const noise = Math.sqrt(1 - alpha);
    const epsilon = predictedNoise({ type: config.prediction_type, modelOutput, sample, signal, noise });
    const keep = Math.sqrt(previousAlpha / alpha);
    const divisor = alpha * Math.sqrt(1 - previousAlpha) + Math.sqrt(alpha * (1 - alpha) * previousAlpha);
    const change = (previousAlpha - alpha) / divisor;
    return combine(sample, epsilon, (x, e) => keep * x - change * e);
  }
};
