/** A new array, each value made from the two values at its place. */
export function combine(
  first: Float32Array,
  second: Float32Array,
  make: (first: number, second: number) => number,
): Float32Array {
  const result = new Float32Array(first.length);
  for (let index = 0; index < result.length; index++) result[index] = make(first[index] ?? 0, second[index] ?? 0);
  return result;
}

/** The sum of arrays, each times its weight. */
export function weightedSum(terms: readonly (readonly [weight: number, values: Float32Array])[]): Float32Array {
  const result = new Float32Array(terms[0]?.[1].length ?? 0);
  for (let index = 0; index < result.length; index++) {
    let sum = 0;
    for (const [weight, values] of terms) sum += weight * (values[index] ?? 0);
    result[index] = sum;
  }
  return result;
}
