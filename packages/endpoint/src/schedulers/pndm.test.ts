import { describe, expect, it } from 'vitest';
import { createPndmScheduler } from './pndm.ts';
import { dummyRun } from './testing/dummy-run.ts';

// diffusers `tests/schedulers/test_scheduler_pndm.py`
const base = { num_train_timesteps: 1000, beta_start: 0.0001, beta_end: 0.02, beta_schedule: 'linear' };
const published = [
  { case: 'noise prediction', config: {}, sum: 198.1318, mean: 0.258 },
  { case: 'v prediction', config: { prediction_type: 'v_prediction' }, sum: 67.3986, mean: 0.0878 },
  { case: 'a final alpha of one', config: { set_alpha_to_one: true, beta_start: 0.01 }, sum: 230.0399, mean: 0.2995 },
  {
    case: 'the first alpha as final',
    config: { set_alpha_to_one: false, beta_start: 0.01 },
    sum: 186.9482,
    mean: 0.2434,
  },
];

describe('PNDM', () => {
  it.each(published)('gives the numbers that diffusers publishes for $case', ({ config, sum, mean }) => {
    const result = dummyRun(createPndmScheduler, { config: { ...base, ...config } });
    expect(Math.abs(result.sum - sum)).toBeLessThan(1e-2);
    expect(Math.abs(result.mean - mean)).toBeLessThan(1e-3);
  });

  it('asks once more than there are steps without a warm-up, the second timestep twice', () => {
    const config = { skip_prk_steps: true, steps_offset: 1 };
    expect(createPndmScheduler({ config, steps: 4 }).timesteps).toEqual([751, 501, 501, 251, 1]);
    expect(createPndmScheduler({ config, steps: 1 }).timesteps).toEqual([1]);
  });

  it('says what to do when there are too few steps for the warm-up', () => {
    expect(() => createPndmScheduler({ config: {}, steps: 3 })).toThrow(/at least 4 steps, got 3/);
  });
});
