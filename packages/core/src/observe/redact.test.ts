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

it('knows a secret that a terminal or a page broke into lines', () => {
  expect(redact('got secre\r\n   t-12', ['secret-12'])).toBe('got [token]');
  expect(redact('got se\u0000cret\u0007-12.', ['secret-12'])).toBe('got [token].');
  const lines = Buffer.from(`Authorization: Bearer ${'secret-12 '.repeat(9)}`)
    .toString('base64')
    .replaceAll(/.{76}/g, '$&\n');
  expect(redact(lines, ['secret-12 '.repeat(9).trim()])).toMatch(/^\S{1,32}\[token\]\S{0,4}$/);
});

it('knows a secret that holds another one, or characters of a pattern', () => {
  expect(redact('secret-one-and-more', ['secret-one', 'secret-one-and-more'])).toBe('[token]');
  expect(redact('a token: token', ['token'])).toBe('a [token]: [token]');
  expect(redact('got (a+)+$[^b]{2}|.*^', ['(a+)+$[^b]{2}|.*^'])).toBe('got [token]');
  // As PHP writes JSON.
  expect(redact(String.raw`got one\/two`, ['one/two'])).toBe('got [token]');
});

it('leaves no half of a character where it cuts', () => {
  expect(redact(`${'x'.repeat(298)}🦊🦊`, [])).toBe(`${'x'.repeat(298)}…`);
  expect(redact('a\uD83Eb', [])).toBe('a\uFFFDb');
});

it.each([
  ['at 12:30:45, in c10::Error of torch::nn: 3::', 'at 12:30:45, in c10::Error of torch::nn: [address]'],
  ['::ffff:10.1.2.3, 2001:db8:: and fe80::1%eth0', '[address], [address] and [address]'],
  ['[fe80::1%eth0]:80 or 1:2:3:4:5:6:7:8', '[address] or [address]'],
  ['see ..db.svc.cluster.local, 10-0-0-1.ec2:80', 'see ..[address], [address]'],
  ['münchen.example:80 and ftp://münchen.example', '[address] and [address]'],
])('tells addresses from what looks like them: %s', (text, shown) => {
  expect(hideAddresses(text, 'https://a/')).toBe(shown);
});

it.each([
  ['http://my_service:9/', 'my_service:9 and my_service', '[address] and my_service'],
  ['http://gpu-07/', 'no gpu-07 here', 'no [address] here'],
  ['http://a/', 'a cat at a:9 of a:', 'a cat at [address] of a:'],
  ['http://a/k%C3%A9y%20one/', 'no /k%C3%A9y%20one and no /kéy one', 'no [address] and no [address]'],
  ['http://a/100%/', 'no /100%/x', 'no [address]'],
])('knows the address %s in other forms', (endpoint, text, shown) => {
  expect(hideAddresses(text, endpoint)).toBe(shown);
});

it.each([
  'a:',
  '1.',
  'a.',
  'a-',
  'a+',
  ':',
  '[:',
  '::1%',
  'a://',
  'bearer ',
  'bearer\t',
  'hf_a',
  '/predict',
  '\0s',
  's\0',
])('reads a long text of %j in little more time than a short one', (part) => {
  const text = part.repeat(50_000);
  redact(text, ['ssssssssssssssss', 'secret']);
  hideAddresses(text, 'https://x.example.com/predict/with-a-long-part');
});
