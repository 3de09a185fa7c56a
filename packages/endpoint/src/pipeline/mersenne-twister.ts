const stateSize = 624;
const shiftSize = 397;

/**
 * MT19937 as torch seeds and reads it: the 32-bit seeding of Matsumoto and Nishimura (1998), from the low 32 bits of a
 * 64-bit seed (pytorch `aten/src/ATen/core/MT19937RNGEngine.h`).
 */
export class MersenneTwister {
  readonly #state = new Uint32Array(stateSize);
  #next = stateSize;

  constructor(seed: bigint) {
    const state = this.#state;
    state[0] = Number(BigInt.asUintN(32, seed));
    for (let index = 1; index < stateSize; index++) {
      const previous = at(state, index - 1);
      state[index] = Math.imul(1812433253, previous ^ (previous >>> 30)) + index;
    }
  }

  /** The next 32 random bits, as an unsigned number. */
  uint32(): number {
    if (this.#next === stateSize) this.#refill();
    let bits = at(this.#state, this.#next++);
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    bits ^= bits >>> 18;
    return bits >>> 0;
  }

  #refill(): void {
    const state = this.#state;
    for (let index = 0; index < stateSize; index++) {
      const bits = (at(state, index) & 0x80000000) | (at(state, (index + 1) % stateSize) & 0x7fffffff);
      const odd = bits & 1 ? 0x9908b0df : 0;
      state[index] = at(state, (index + shiftSize) % stateSize) ^ (bits >>> 1) ^ odd;
    }
    this.#next = 0;
  }
}

function at(state: Uint32Array, index: number): number {
  return state[index] ?? 0;
}
