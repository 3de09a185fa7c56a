import { describe, expect, it } from 'vitest';
import { parsePythonJson } from './parse-python-json.ts';

describe('parsePythonJson', () => {
  it('reads the numbers that only Python writes', () => {
    expect(parsePythonJson('{"low": -Infinity, "high": [Infinity,\n1], "none":NaN}')).toEqual({
      low: -Infinity,
      high: [Infinity, 1],
      none: Number.NaN,
    });
    expect(parsePythonJson('-Infinity')).toBe(-Infinity);
  });

  it('leaves strings and members of those names alone', () => {
    const value = { Infinity: 'NaN', text: 'a "quoted" -Infinity, \\', 'NaN"': '\n', last: [] };
    const text = JSON.stringify(value).replace('[]', 'NaN');
    expect(parsePythonJson(text)).toEqual({ ...value, last: Number.NaN });
  });

  it.each(['{"a": -NaN}', '{"a": Infinity', '{"a": infinity}', '{"a": xInfinity}', '{"a": NaNa}', '{"a": "Infinity}'])(
    'refuses what Python refuses too: %s',
    (text) => {
      expect(() => parsePythonJson(text)).toThrow(SyntaxError);
    },
  );

  it('takes a vocabulary of a megabyte', () => {
    const words = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`\\"word${index}\n`, index]));
    const text = JSON.stringify({ words, limit: 0 }).replace('"limit":0', '"limit":Infinity');
    expect(parsePythonJson(text)).toEqual({ words, limit: Infinity });
  });
});
