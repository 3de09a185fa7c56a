/** A time as a sentence says it: to a tenth where it is short, since a deadline of 1.5 s is not one of 2 s. */
export function inWords(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${rounded(ms / 1000)} s`;
  return `${rounded(ms / 60_000)} min`;
}

function rounded(amount: number): number {
  return amount < 10 ? Math.round(amount * 10) / 10 : Math.round(amount);
}
