import { describe, expect, it } from 'vitest';
import { roundHalfEven, spacedTimesteps } from './timestep-spacing.ts';

const spaced = { trained: 1000, steps: 5, offset: 0 };

describe('spacedTimesteps', () => {
  // Table 2 of Lin et al. 2023, arXiv:2305.08891, counted from 0 as diffusers does.
  it('spaces as published', () => {
    expect(spacedTimesteps({ ...spaced, spacing: 'leading' })).toEqual([800, 600, 400, 200, 0]);
    expect(spacedTimesteps({ ...spaced, spacing: 'leading', offset: 1 })).toEqual([801, 601, 401, 201, 1]);
    expect(spacedTimesteps({ ...spaced, spacing: 'linspace' })).toEqual([999, 749.25, 499.5, 249.75, 0]);
    expect(spacedTimesteps({ ...spaced, spacing: 'trailing' })).toEqual([999, 799, 599, 399, 199]);
  });

  it('never leaves the trained timesteps', () => {
    for (const spacing of ['leading', 'linspace', 'trailing'] as const) {
      for (const steps of [1, 2, 7, 333, 999, 1000]) {
        const timesteps = spacedTimesteps({ spacing, trained: 1000, steps, offset: 1 });
        expect(timesteps).toHaveLength(steps);
        expect(Math.max(...timesteps)).toBeLessThanOrEqual(999);
        expect(Math.min(...timesteps)).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('says so where there are more steps than timesteps', () => {
    expect(() => spacedTimesteps({ ...spaced, spacing: 'leading', steps: 1002 })).toThrow(
      /trained with 1000 timesteps, got 1002 inference steps/,
    );
  });
});

describe('roundHalfEven', () => {
  it('rounds a half to the even neighbour, as numpy does', () => {
    expect([0.5, 1.5, 2.5, 2.4, 2.6].map(roundHalfEven)).toEqual([0, 2, 2, 2, 3]);
  });
});
