import { linspace } from './training-schedule.ts';

/** The sigma of a fractional timestep, linearly between its neighbours (numpy's `interp`). */
export function sigmaAt(timestep: number, sigmas: Float64Array): number {
  const below = Math.min(Math.floor(timestep), sigmas.length - 1);
  const low = sigmas[below] ?? 0;
  const high = sigmas[below + 1] ?? low;
  return low + (high - low) * (timestep - below);
}

/** The fractional timestep of a sigma, linearly in log sigma (diffusers' `_sigma_to_t`). */
export function timestepOf(sigma: number, sigmas: Float64Array): number {
  const target = Math.log(Math.max(sigma, 1e-10));
  const above = sigmas.findIndex((candidate) => Math.log(candidate) > target);
  const low = Math.min(Math.max((above === -1 ? sigmas.length : above) - 1, 0), sigmas.length - 2);
  const logLow = Math.log(sigmas[low] ?? 1);
  const logHigh = Math.log(sigmas[low + 1] ?? 1);
  const weight = Math.min(Math.max((logLow - target) / (logLow - logHigh), 0), 1);
  return low + weight;
}

/** Sigmas spaced after equation 5 of Karras et al. 2022, arXiv:2206.00364, with ρ = 7. */
export function karrasSigmas(options: {
  readonly highest: number;
  readonly lowest: number;
  readonly steps: number;
}): readonly number[] {
  const rho = 7;
  const from = options.highest ** (1 / rho);
  const to = options.lowest ** (1 / rho);
  return linspace(0, 1, options.steps).map((ramp) => (from + ramp * (to - from)) ** rho);
}
