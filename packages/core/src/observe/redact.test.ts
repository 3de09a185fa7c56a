import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { redact } from './redact.ts';

it('takes the token out of a text, and whatever else looks like one', () => {
  expect(redact('wrong: secret-1!', 'secret-1')).toBe('wrong: [token]!');
  expect(redact('Authorization: Bearer abc.def', undefined)).toBe('Authorization: Bearer [token]');
  expect(redact('hf_AbCdEfGh12345 is not yours', undefined)).toBe('[token] is not yours');
});

it('shows no four characters of a token in a row, wherever the text around it was cut', () => {
  const tokens = fc.stringMatching(/^[!-~]{8,40}$/);
  fc.assert(
    fc.property(tokens, fc.nat(60), fc.nat(400), (token, before, length) => {
      const shown = redact(`${'ü'.repeat(before)}${token}${'ü'.repeat(200)}`.slice(0, length), token);
      const rest = shown.replaceAll(/ü|\[token\]|…/g, '');
      expect(rest.length).toBeLessThan(4);
    }),
  );
});

it('shows a text on one line, shortened, and without what a terminal would obey', () => {
  expect(redact('a\r\n\tb\u001B[31mc\u009Bd\u0000', undefined)).toBe('a b [31mc d');
  expect(redact('x'.repeat(1000), undefined)).toHaveLength(300);
});
