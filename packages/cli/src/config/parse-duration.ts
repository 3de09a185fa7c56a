const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration such as `500ms`, `2s`, `1.5m`, or plain seconds; `undefined` where it is none. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(text.trim());
  const unit = units[match?.[2] ?? 's'];
  return match === null || unit === undefined ? undefined : Math.round(Number(match[1]) * unit);
}
