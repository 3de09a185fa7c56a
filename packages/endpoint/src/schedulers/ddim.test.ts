import { describe, expect, it } from 'vitest';
import { createDdimScheduler } from './ddim.ts';
import { dummyRun } from './testing/dummy-run.ts';

// diffusers `tests/schedulers/test_scheduler_ddim.py`
const base = { num_train_timesteps: 1000, beta_start: 0.0001, beta_end: 0.02, beta_schedule: 'linear' };
const published = [
  { case: 'noise prediction', config: { clip_sample: true }, sum: 172.0067, mean: 0.223967 },
  { case: 'v prediction', config: { prediction_type: 'v_prediction' }, sum: 52.5302, mean: 0.0684 },
  { case: 'a final alpha of one', config: { set_alpha_to_one: true, beta_start: 0.01 }, sum: 149.8295, mean: 0.1951 },
  {
    case: 'the first alpha as final',
    config: { set_alpha_to_one: false, beta_start: 0.01 },
    sum: 149.0784,
    mean: 0.1941,
  },
];

describe('DDIM', () => {
  it.each(published)('gives the numbers that diffusers publishes for $case', ({ config, sum, mean }) => {
    const result = dummyRun(createDdimScheduler, { config: { ...base, ...config } });
    expect(Math.abs(result.sum - sum)).toBeLessThan(1e-2);
    expect(Math.abs(result.mean - mean)).toBeLessThan(1e-3);
  });

  it('visits the last trained timestep when trailing', () => {
    const { timesteps } = createDdimScheduler({ config: { timestep_spacing: 'trailing' }, steps: 4 });
    expect(timesteps).toEqual([999, 749, 499, 249]);
  });

  it('refuses a setting whose mathematics it lacks, by name', () => {
    expect(() => createDdimScheduler({ config: { thresholding: true }, steps: 4 })).toThrow(
      /thresholding must be false/,
    );
  });
});
