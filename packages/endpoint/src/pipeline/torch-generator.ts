import { MersenneTwister } from './mersenne-twister.ts';

/** From this length on torch fills whole blocks instead of drawing value by value. */
const blockSize = 16;

/**
 * The noise of `torch.Generator('cpu').manual_seed(seed)`: the same seed gives the latents that diffusers gives.
 * Follows pytorch `aten/src/ATen/native/cpu/DistributionTemplates.h` (`normal_fill`) and
 * `aten/src/ATen/core/DistributionsHelper.h` (`normal_distribution<double>`, `uniform_real_distribution`).
 *
 * As in torch, only the low 32 bits of the seed count on the CPU.
 *
 * @example
 * new TorchGenerator(0n).normal(4); // 1.5410, -0.2934, -2.1788, 0.5684
 */
export class TorchGenerator {
  readonly #engine: MersenneTwister;
  #spare: number | undefined;

  /** @param seed - a whole number, 0 to 2^64 - 1 */
  constructor(seed: bigint) {
    this.#engine = new MersenneTwister(seed);
  }

  /** `torch.randn(length)`: independent samples of mean 0 and variance 1. */
  normal(length: number): Float32Array {
    if (length < blockSize) return Float32Array.from({ length }, () => this.#nextNormal());
    const samples = new Float32Array(length);
    for (let index = 0; index < length; index++) samples[index] = this.#uniform24();
    for (let start = 0; start + blockSize <= length; start += blockSize) transformBlock(samples, start);
    if (length % blockSize !== 0) {
      // The last block overlaps its neighbour and is drawn afresh.
      const start = length - blockSize;
      for (let index = start; index < length; index++) samples[index] = this.#uniform24();
      transformBlock(samples, start);
    }
    return samples;
  }

  #uniform24(): number {
    return (this.#engine.uint32() & 0xffffff) / 2 ** 24;
  }

  #uniform53(): number {
    const high = BigInt(this.#engine.uint32());
    const low = BigInt(this.#engine.uint32());
    return Number(BigInt.asUintN(53, (high << 32n) | low)) / 2 ** 53;
  }

  #nextNormal(): number {
    if (this.#spare !== undefined) {
      const sample = this.#spare;
      this.#spare = undefined;
      return sample;
    }
    const angle = 2 * Math.PI * this.#uniform53();
    const radius = Math.sqrt(-2 * Math.log1p(-this.#uniform53()));
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

/** Box–Muller over one block: its first half holds the radii's uniforms, its second half the angles'. */
function transformBlock(samples: Float32Array, start: number): void {
  const half = blockSize / 2;
  for (let index = start; index < start + half; index++) {
    const radius = Math.fround(Math.sqrt(-2 * Math.log(Math.fround(1 - (samples[index] ?? 0)))));
    const angle = Math.fround(2 * Math.PI * (samples[index + half] ?? 0));
    samples[index] = radius * Math.cos(angle);
    samples[index + half] = radius * Math.sin(angle);
  }
}
