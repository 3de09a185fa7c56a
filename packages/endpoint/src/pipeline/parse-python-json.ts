/** A JSON string, which may hold these words, or one of the numbers that JSON has no way to write. */
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\bInfinity\b|\bNaN\b/gs;
/** Longer than any exponent that a double can hold, so it reads as infinite. */
const spellings: Readonly<Record<string, string>> = { Infinity: '1e999', '-Infinity': '-1e999', NaN: '"\\u0000NaN"' };

/**
 * Parses JSON as Python's `json` module writes it: `NaN`, `Infinity` and `-Infinity` are numbers. diffusers saves every
 * DPM-Solver++ scheduler with `"lambda_min_clipped": -Infinity`.
 *
 * @throws SyntaxError if the text is not valid JSON even so
 */
export function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const spelled = text.replaceAll(stringOrNumber, (token) => spellings[token] ?? token);
    // The first error names the fault in the file as it is.
    if (spelled === text) throw error;
    return JSON.parse(spelled, (_key, value: unknown) => (value === '\u0000NaN' ? Number.NaN : value));
  }
}
