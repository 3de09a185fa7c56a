/** For the default of a switch over a union: fails to compile where a member was forgotten. */
export function unreachable(value: never): never {
  throw new Error(`Not a known case: ${String(value)}.`);
}
