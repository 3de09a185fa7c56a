/** Clients take 16 kB of headers in all. */
const longestHeader = 12_000;

/**
 * `X-Warnings`, beside an image that is sent as bytes: a JSON list, of as many of the warnings as a header may hold.
 *
 * @example
 * warningsHeader(['It knows no "ß".']); // { 'x-warnings': '["It knows no \\"\\u00df\\"."]' }
 */
export function warningsHeader(warnings: readonly string[]): { readonly 'x-warnings'?: string } {
  for (let count = warnings.length; count > 0; count -= 1) {
    const text = escaped(JSON.stringify(warnings.slice(0, count)));
    if (text.length <= longestHeader) return { 'x-warnings': text };
  }
  return {};
}

/** A header holds one line of printable ASCII. */
function escaped(json: string): string {
  return json.replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${(unit.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}
