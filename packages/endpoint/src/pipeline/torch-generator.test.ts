import { describe, expect, it } from 'vitest';
import { TorchGenerator } from './torch-generator.ts';

// Printed by torch 1.13 on a CPU: `torch.randn(n, generator=torch.Generator().manual_seed(seed))`.
const short: readonly (readonly [seed: bigint, values: readonly number[]])[] = [
  [0n, [1.540996, -0.293429, -2.178789, 0.568431, -1.084522]],
  [42n, [0.33669, 0.128809, 0.234462, 0.230333, -1.122856]],
  [123456789n, [0.110278, 2.20077, -0.896997, -0.385615, -0.606252]],
  [2n ** 53n + 1n, [0.661352, 0.266924, 0.061677, 0.621317, -0.451906]],
  [2n ** 64n - 1n, [1.219763, -0.392979, 1.023075, -0.373421, -0.07551]],
];
const blockwise: readonly (readonly [seed: bigint, values: readonly number[]])[] = [
  [
    0n,
    [
      -1.12584, -1.15236, -0.250579, -0.433879, 0.598839, -1.555095, -0.34136, 1.853006, 0.468096, -0.157712, 1.44366,
      0.266049, 1.389366, 1.586334, 0.946298, -0.843677, 0.931827, 1.259009, 2.004981, 0.053737,
    ],
  ],
  [
    2n ** 64n - 1n,
    [
      -2.664298, -1.091049, 0.451447, 0.228361, 0.306219, 0.424003, 0.265636, -3.149295, -2.843764, 0.94632, -1.044257,
      0.551072, -0.029645, 0.383217, -0.160953, 1.967891, 1.624383, -1.113765, 0.655748, -1.20969,
    ],
  ],
];

describe('TorchGenerator', () => {
  it.each(short)('draws what torch draws one by one for seed %s', (seed, values) => {
    expectClose(new TorchGenerator(seed).normal(values.length), values);
  });

  it.each(blockwise)('draws what torch draws in blocks of 16, the ragged end included, for seed %s', (seed, values) => {
    expectClose(new TorchGenerator(seed).normal(values.length), values);
  });

  it('goes on where it stopped, the spare half of a pair included', () => {
    const generator = new TorchGenerator(0n);
    generator.normal(5);
    expectClose(generator.normal(3), [-1.398595, 0.403347, 0.838026]);
  });

  it('reads the low 32 bits of a seed, as torch does on a CPU', () => {
    expect(new TorchGenerator(2n ** 32n + 42n).normal(64)).toEqual(new TorchGenerator(42n).normal(64));
  });

  it('fills the latents of a 512 × 512 image as torch does', () => {
    const latents = new TorchGenerator(7n).normal(4 * 64 * 64);
    expectClose(latents.subarray(0, 4), [-0.82013452, 0.39563116, 0.89890849, -1.38840389]);
    expectClose(latents.subarray(-4), [-0.79329222, 0.32648817, -0.15291516, -0.25150964]);
    expect(latents.reduce((sum, value) => sum + Math.abs(value), 0)).toBeCloseTo(13055.2715, 2);
  });
});

function expectClose(actual: Float32Array, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, 5);
}
