import { describe, expect, it } from 'vitest';
import { createEulerScheduler } from './euler.ts';
import { dummyRun } from './testing/dummy-run.ts';

// diffusers `tests/schedulers/test_scheduler_euler.py`
const base = { num_train_timesteps: 1100, beta_start: 0.0001, beta_end: 0.02, beta_schedule: 'linear' };
const published = [
  { case: 'noise prediction', config: {}, sum: 10.0807, mean: 0.0131 },
  { case: 'v prediction', config: { prediction_type: 'v_prediction' }, sum: 0.0002, mean: 2.2676e-6 },
  { case: 'Karras sigmas', config: { use_karras_sigmas: true }, sum: 124.52299, mean: 0.162139 },
];

describe('Euler', () => {
  it.each(published)('gives the numbers that diffusers publishes for $case', ({ config, sum, mean }) => {
    const result = dummyRun(createEulerScheduler, { config: { ...base, ...config } });
    expect(Math.abs(result.sum - sum)).toBeLessThan(1e-2);
    expect(Math.abs(result.mean - mean)).toBeLessThan(1e-3);
  });

  it('keeps the first noise finite when the terminal signal-to-noise ratio is zero', () => {
    const config = { rescale_betas_zero_snr: true, timestep_spacing: 'trailing', beta_schedule: 'scaled_linear' };
    expect(createEulerScheduler({ config, steps: 4 }).initNoiseSigma).toBeCloseTo(Math.sqrt(2 ** 24 - 1), 0);
  });
});
