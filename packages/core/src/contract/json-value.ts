/** Whether a value is an object with members, and no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const longestShown = 60;

/** A value as short JSON, for a message: never the whole of a long prompt. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch {
    // Circular, or it holds a bigint.
  }
  json ??= Array.isArray(value) ? 'a list' : 'an object';
  return json.length > longestShown ? `${json.slice(0, longestShown - 1)}…` : json;
}
