import * as v from 'valibot';
import { weightedSum } from './combine.ts';
import { predictedOriginal, predictionType } from './prediction.ts';
import { flag, number, off, readConfig } from './read-config.ts';
import type { CreateScheduler } from './scheduler.ts';
import { karrasSigmas, sigmaAt, timestepOf } from './sigmas.ts';
import { roundHalfEven, spacedTimesteps, timestepSpacing } from './timestep-spacing.ts';
import { trainingEntries, trainingSigmas } from './training-schedule.ts';

// Members and defaults of diffusers' `scheduling_dpmsolver_multistep.py`.
const schema = v.object({
  ...trainingEntries,
  prediction_type: predictionType,
  timestep_spacing: v.nullish(timestepSpacing, 'linspace'),
  steps_offset: number(0),
  solver_order: v.nullish(v.picklist([1, 2]), 2),
  algorithm_type: v.nullish(v.literal('dpmsolver++'), 'dpmsolver++'),
  solver_type: v.nullish(v.picklist(['midpoint', 'heun']), 'midpoint'),
  lower_order_final: flag(true),
  euler_at_final: flag(false),
  use_karras_sigmas: flag(false),
  final_sigmas_type: v.nullish(v.picklist(['zero', 'sigma_min']), 'zero'),
  thresholding: off(),
  use_exponential_sigmas: off(),
  use_beta_sigmas: off(),
  use_lu_lambdas: off(),
  use_flow_sigmas: off(),
});
type Config = v.InferOutput<typeof schema>;

/** The greatest number of steps at which diffusers ends with a first-order step for stability. */
const fewSteps = 15;

/**
 * DPM-Solver++(2M): algorithm 2 of Lu et al. 2022, arXiv:2211.01095, with the spacing of Karras et al. 2022,
 * arXiv:2206.00364, on request. Symbols as in the paper: α and σ are the shares of image and noise, λ = ln(α / σ).
 */
export const createDpmSolverMultistepScheduler: CreateScheduler = ({ config: raw, steps }) => {
  const config = readConfig(schema, raw);
  const { timesteps, sigmas } = visitedSigmas(config, steps);
  let position = 0;
  let previousOriginal: Float32Array | undefined;

  return {
    timesteps,
    initNoiseSigma: 1,
    scaleModelInput: (sample) => sample,
    step({ modelOutput, sample }) {
      const from = shares(sigmas[position] ?? 1);
      const to = shares(sigmas[position + 1] ?? 0);
      const original = predictedOriginal({
        type: config.prediction_type,
        modelOutput,
        sample,
        signal: from.alpha,
        noise: from.sigma,
      });
      const h = to.lambda - from.lambda;
      const decay = Math.exp(-h) - 1;
      const firstOrder: readonly (readonly [number, Float32Array])[] = [
        [to.sigma / from.sigma, sample],
        [-to.alpha * decay, original],
      ];
      const older = previousOriginal;
      const isLast = position === timesteps.length - 1;
      const before = shares(sigmas[position - 1] ?? 1);
      previousOriginal = original;
      position++;

      const endsLow =
        config.euler_at_final ||
        (config.lower_order_final && timesteps.length < fewSteps) ||
        config.final_sigmas_type === 'zero';
      if (older === undefined || config.solver_order === 1 || (isLast && endsLow)) return weightedSum(firstOrder);

      // D₁ = (x₀(s) - x₀(r)) · h / (λ_s - λ_r): the slope of the prediction, in units of this step.
      const inverseRatio = h / (from.lambda - before.lambda);
      const slope = config.solver_type === 'heun' ? to.alpha * (decay / h + 1) : -0.5 * to.alpha * decay;
      return weightedSum([...firstOrder, [slope * inverseRatio, original], [-slope * inverseRatio, older]]);
    },
  };
};

function shares(sigma: number): { readonly alpha: number; readonly sigma: number; readonly lambda: number } {
  const alpha = 1 / Math.sqrt(sigma ** 2 + 1);
  // λ = ln(α / (σ·α)); infinite at the end, where the noise is gone.
  return { alpha, sigma: sigma * alpha, lambda: -Math.log(sigma) };
}

function visitedSigmas(
  config: Config,
  steps: number,
): { readonly timesteps: readonly number[]; readonly sigmas: readonly number[] } {
  const trainedSigmas = trainingSigmas(config);
  const lowest = trainedSigmas[0] ?? 0;
  const final = config.final_sigmas_type === 'sigma_min' ? lowest : 0;
  if (config.use_karras_sigmas) {
    const karras = karrasSigmas({ highest: trainedSigmas.at(-1) ?? 1, lowest, steps });
    const timesteps = karras.map((sigma) => roundHalfEven(timestepOf(sigma, trainedSigmas)));
    return { timesteps, sigmas: [...karras, final] };
  }
  const timesteps = visitedTimesteps(config, steps);
  return { timesteps, sigmas: [...timesteps.map((timestep) => sigmaAt(timestep, trainedSigmas)), final] };
}

/** This solver divides the way into one part more than it visits, and leaves the last out, except when trailing. */
function visitedTimesteps(config: Config, steps: number): readonly number[] {
  const { timestep_spacing: spacing, num_train_timesteps: trained, steps_offset: offset } = config;
  const parts = spacing === 'trailing' ? steps : steps + 1;
  return spacedTimesteps({ spacing, trained, steps: parts, offset: 0 })
    .slice(0, steps)
    .map((timestep) => roundHalfEven(timestep) + (spacing === 'leading' ? offset : 0));
}
