import { describe, expect, it } from 'vitest';
import { createEulerAncestralScheduler } from './euler-ancestral.ts';
import { dummyRun } from './testing/dummy-run.ts';

// diffusers `tests/schedulers/test_scheduler_euler_ancestral.py`
const base = { num_train_timesteps: 1100, beta_start: 0.0001, beta_end: 0.02, beta_schedule: 'linear' };
const published = [
  { case: 'noise prediction', config: {}, sum: 152.3192, mean: 0.1983 },
  { case: 'v prediction', config: { prediction_type: 'v_prediction' }, sum: 108.4439, mean: 0.1412 },
];

describe('Euler ancestral', () => {
  it.each(published)(
    'gives the numbers that diffusers publishes for $case, noise included',
    ({ config, sum, mean }) => {
      const result = dummyRun(createEulerAncestralScheduler, { config: { ...base, ...config } });
      expect(Math.abs(result.sum - sum)).toBeLessThan(1e-2);
      expect(Math.abs(result.mean - mean)).toBeLessThan(1e-3);
    },
  );
});
