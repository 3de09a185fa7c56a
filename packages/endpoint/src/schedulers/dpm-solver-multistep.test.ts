import { describe, expect, it } from 'vitest';
import { createDpmSolverMultistepScheduler } from './dpm-solver-multistep.ts';
import { dummyRun } from './testing/dummy-run.ts';

// diffusers `tests/schedulers/test_scheduler_dpm_multi.py`
const base = {
  num_train_timesteps: 1000,
  beta_start: 0.0001,
  beta_end: 0.02,
  beta_schedule: 'linear',
  solver_order: 2,
  lower_order_final: false,
  final_sigmas_type: 'sigma_min',
};
const published = [
  { case: 'noise prediction', config: {}, mean: 0.3301 },
  { case: 'v prediction', config: { prediction_type: 'v_prediction' }, mean: 0.2251 },
  {
    case: 'v prediction with Karras sigmas',
    config: { prediction_type: 'v_prediction', use_karras_sigmas: true },
    mean: 0.2096,
  },
];

describe('DPM++ 2M', () => {
  it.each(published)('gives the numbers that diffusers publishes for $case', ({ config, mean }) => {
    const result = dummyRun(createDpmSolverMultistepScheduler, { config: { ...base, ...config } });
    expect(Math.abs(result.mean - mean)).toBeLessThan(1e-3);
  });

  it('ends on finite latents when the final sigma is zero', () => {
    expect(dummyRun(createDpmSolverMultistepScheduler, { config: {}, steps: 20 }).sum).toBeGreaterThan(0);
  });
});
