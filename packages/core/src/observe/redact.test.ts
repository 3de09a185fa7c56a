import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { hideAddresses, redact } from './redact.ts';

it('takes the token out of a text, and whatever else looks like one', () => {
  expect(redact('wrong: secret-1!', ['secret-1'])).toBe('wrong: [token]!');
  expect(redact('Authorization: Bearer abc.def', [])).toBe('Authorization: Bearer [token]');
  expect(redact('hf_AbCdEfGh12345 is not yours', [])).toBe('[token] is not yours');
});

it('shows no four characters of a token in a row, wherever the text around it was cut', () => {
  const tokens = fc.stringMatching(/^[!-~]{8,40}$/);
  fc.assert(
    fc.property(tokens, fc.nat(60), fc.nat(400), (token, before, length) => {
      const shown = redact(`${'ü'.repeat(before)}${token}${'ü'.repeat(200)}`.slice(0, length), [token]);
      const rest = shown.replaceAll(/ü|\[token\]|…/g, '');
      expect(rest.length).toBeLessThan(4);
    }),
  );
});

it('shows a text on one line, shortened, and without what a terminal would obey', () => {
  expect(redact('a\r\n\tb\u001B[31mc\u009Bd\u0000', [])).toBe('a b [31mc d');
  expect(redact('x'.repeat(1000), [])).toHaveLength(300);
});

it.each([
  ['upper case', (token: string) => token.toUpperCase()],
  ['base64', (token: string) => Buffer.from(token).toString('base64')],
  ['base64 of a whole header', (token: string) => Buffer.from(`Authorization: Bearer ${token}!`).toString('base64')],
  ['base64 behind a user’s name', (token: string) => Buffer.from(`u:${token}`).toString('base64url')],
  ['a URL', (token: string) => encodeURIComponent(token)],
  ['a URL, letter by letter', (token: string) => Buffer.from(token).toString('hex').replaceAll(/../g, '%$&')],
  ['JSON', (token: string) => JSON.stringify(token)],
])('knows a secret in %s', (_name, write) => {
  for (const token of ['plain-Secret+of/mine', 'k3y"with\\all%', 'twelve chars']) {
    const echo = write(token);
    const shown = redact(`got <${echo}> from you`, [token]);
    expect(shown).toContain('[token]');
    // What is left of base64 holds the neighbors' bits only.
    expect(shown.length).toBeLessThan(`got <${echo}> from you`.length - token.length + 8 + '[token]'.length);
    expect(shown).not.toContain(echo);
  }
});

it('takes addresses out of a text, and no words', () => {
  const endpoint = 'https://model:8443/v1/predict';
  const hide = (text: string): string => hideAddresses(text, endpoint);
  expect(hide('at https://model:8443/v1/predict?key=s, model:8443 or 10.1.2.3')).toBe(
    'at [address], [address] or [address]',
  );
  expect(hide('[::1]:80 and fe80::1 and db.svc.cluster.local')).toBe('[address] and [address] and [address]');
  expect(hide('The model wants a width: 512. See torch.OutOfMemoryError at 12:30')).toBe(
    'The model wants a width: 512. See torch.OutOfMemoryError at 12:30',
  );
  expect(hide('POST /v1/predict?key=s failed')).toBe('POST [address] failed');
});
