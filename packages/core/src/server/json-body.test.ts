import { describe, expect, it } from 'vitest';
import { parseJsonBody } from './json-body.ts';

const json = 'application/json';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function refusalOf(...given: Parameters<typeof parseJsonBody>) {
  const parsed = parseJsonBody(...given);
  return parsed.ok ? undefined : parsed.refusal;
}

describe('a body', () => {
  it.each([json, 'application/json;charset=utf-8', 'Application/JSON ; charset="utf-8"'])('is JSON as %s', (type) => {
    expect(parseJsonBody(type, bytes('\uFEFF{"inputs": "ä"}'))).toEqual({ ok: true, body: { inputs: 'ä' } });
  });

  it.each([
    undefined,
    '',
    'text/plain',
    'text/plain;charset=UTF-8',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=application/json',
    'application/jsonx',
    'application/json-seq',
    'text/json',
    'application/x-www-form-urlencoded, application/json',
  ])('is not read as %j, which a page might send without asking', (type) => {
    expect(refusalOf(type, bytes('{}'))).toMatchObject({
      status: 415,
      message: expect.stringContaining(`got ${type === undefined ? 'none' : JSON.stringify(type)}.`),
      hint: 'Send the header Content-Type: application/json.',
    });
  });

  it.each([
    ['nothing', '', 'The body is empty.'],
    ['blank', ' \n', 'The body is empty.'],
    ['a list', '[]', 'The body must be a JSON object.'],
    ['null', 'null', 'The body must be a JSON object.'],
    ['a string', '"a"', 'The body must be a JSON object.'],
    ['cut off', '{"inputs": "a', /^The body is not valid JSON \(Unterminated string.*\)\.$/],
    ['NaN', '{"width": NaN}', /^The body is not valid JSON \(Unexpected token 'N'\)\.$/],
    ['nested without an end', '{"a":'.repeat(40_000), /^The body is not valid JSON/],
    ['nested too deep', `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`, 'The body is nested too deeply.'],
  ] as const)('that is %s is refused with an example', (_case, text, message) => {
    expect(refusalOf(json, bytes(text))).toMatchObject({
      status: 400,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
      hint: expect.stringContaining('{"inputs": "a red fox"'),
    });
  });

  it('that is not UTF-8 is refused', () => {
    expect(refusalOf(json, Uint8Array.of(0x7b, 0xff, 0x7d))).toMatchObject({
      status: 400,
      hint: 'Send JSON in UTF-8.',
    });
  });

  it('keeps the prompt out of the message about it', () => {
    expect(JSON.stringify(refusalOf(json, bytes('{"inputs": "my secret prompt", oh no}')))).not.toMatch(/secret/);
  });

  it('keeps all digits of a seed, and of nothing else', () => {
    const parsed = parseJsonBody(
      json,
      bytes('{"seed": 18446744073709551615, "parameters": {"seed": 7}, "width": 1e999}'),
    );
    expect(parsed).toEqual({
      ok: true,
      body: { seed: '18446744073709551615', parameters: { seed: 7 }, width: Infinity },
    });
  });
});
