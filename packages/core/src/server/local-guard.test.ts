import { describe, expect, it } from 'vitest';
import { createLocalGuard, type GuardedRequest, isLoopbackHost } from './local-guard.ts';

const post: GuardedRequest = { method: 'POST', host: '127.0.0.1:8080', origin: undefined, secFetchSite: undefined };

describe('a server of this machine only', () => {
  const guard = createLocalGuard({ protection: 'local' });

  it.each([
    '127.0.0.1',
    '127.0.0.1:8080',
    '127.8.9.10:8080',
    'localhost',
    'localhost:65535',
    'LOCALHOST:4000',
    'localhost.',
    'localhost.:4000',
    'localhost:',
    'tintype.localhost:4000',
    '[::1]',
    '[::1]:4000',
    '[0:0:0:0:0:0:0:1]:4000',
    '[::ffff:127.0.0.1]:4000',
    'host.docker.internal:4000',
    'host.containers.internal',
  ])('is reached as %s', (host) => {
    expect(guard({ ...post, host })).toBeUndefined();
    expect(guard({ ...post, method: 'GET', host })).toBeUndefined();
  });

  it('serves HTTP/1.0, which needs no Host', () => {
    expect(guard({ ...post, host: undefined })).toBeUndefined();
  });

  it.each([
    'evil.example',
    'evil.example:8080',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evillocalhost',
    'localhost.localdomain',
    'docker.internal',
    'my_gateway:8080',
    '0.0.0.0:8080',
    '[::]:8080',
    '192.168.1.7:8080',
    '128.0.0.1',
    '[fe80::1]:8080',
    '[::ffff:192.168.1.7]',
  ])('is not reached as %s, by whatever method', (host) => {
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
      expect(guard({ ...post, method, host, secFetchSite: 'same-origin' })).toMatchObject({ status: 403 });
    }
  });

  it('names what was wrong and what to do', () => {
    expect(guard({ ...post, host: 'EVIL.example:8080' })).toEqual({
      status: 403,
      message: 'This server is for this machine only, and "evil.example" is not one of its names.',
      hint: 'Address it as 127.0.0.1 or localhost, or start it with a token or API keys to use other names.',
    });
  });

  it('is reached by the name of its proxy too, whose pages may call it', () => {
    const proxied = createLocalGuard({ protection: 'local', publicUrl: 'https://images.example.com/tintype' });
    expect(proxied({ ...post, host: 'images.example.com' })).toBeUndefined();
    expect(proxied({ ...post, origin: 'https://images.example.com' })).toBeUndefined();
    expect(proxied({ ...post, host: 'evil.example' })).toMatchObject({ status: 403 });
    expect(proxied({ ...post, origin: 'https://evil.example' })).toMatchObject({ status: 403 });
  });
});

describe('a Host that cannot be parsed', () => {
  it.each([
    '',
    ' ',
    'a b',
    '[',
    '[::1',
    '::1',
    '[::1]x',
    'localhost:port',
    'localhost:99999',
    'user@localhost',
    'localhost/path',
    'localhost?query',
    'localhost#part',
    'localhost\\x',
    'local%68ost',
    'localhost, evil.example',
    'xn--é',
    '127.0.0.256',
    '1.2.3.4.5',
  ])('is 400 whatever protects the server: %j', (host) => {
    for (const protection of ['local', 'none', 'token'] as const) {
      const refusal = createLocalGuard({ protection })({ ...post, method: 'GET', host });
      expect(refusal).toMatchObject({ status: 400, message: expect.stringContaining(JSON.stringify(host)) });
    }
  });
});

describe('a page', () => {
  const guard = createLocalGuard({ protection: 'local', allowedOrigins: ['https://app.example.com'] });
  const own = 'http://127.0.0.1:8080';

  const mayWork: readonly (readonly [string, Partial<GuardedRequest>])[] = [
    ['no browser: curl, n8n, an SDK', {}],
    ['of the server itself', { origin: own, secFetchSite: 'same-origin' }],
    ['of the server itself, in a browser without Sec-Fetch-Site', { origin: own }],
    ['of the server itself, by another name', { host: 'LocalHost:8080', origin: 'http://localhost:8080' }],
    ['of the server itself, at the default port', { host: 'localhost:80', origin: 'http://localhost' }],
    ['of the server itself, behind TLS', { host: 'localhost:443', origin: 'https://localhost' }],
    ['that is no page: an extension, or typed by hand', { origin: 'chrome-extension://abc', secFetchSite: 'none' }],
    ['that is allowed', { origin: 'https://app.example.com', secFetchSite: 'cross-site' }],
    ['that is allowed, in a browser without Sec-Fetch-Site', { origin: 'https://app.example.com' }],
  ];
  it.each(mayWork)('may make it work: %s', (_case, facts) => {
    expect(guard({ ...post, ...facts })).toBeUndefined();
  });

  const mayNotWork: readonly (readonly [string, Partial<GuardedRequest>])[] = [
    ['of another site', { origin: 'https://evil.example', secFetchSite: 'cross-site' }],
    ['of another site, in a browser without Sec-Fetch-Site', { origin: 'https://evil.example' }],
    ['of another port of this machine', { origin: 'http://127.0.0.1:3000', secFetchSite: 'same-site' }],
    ['of another port, in a browser without Sec-Fetch-Site', { origin: 'http://127.0.0.1:3000' }],
    ['that is sandboxed, or a file', { origin: 'null', secFetchSite: 'cross-site' }],
    ['that is sandboxed, in a browser without Sec-Fetch-Site', { origin: 'null' }],
    ['that hides its origin', { secFetchSite: 'cross-site' }],
    ['with a Sec-Fetch-Site that nobody knows yet', { secFetchSite: 'cross-galaxy' }],
    ['with an origin like an allowed one', { origin: 'https://app.example.com.evil.example' }],
    ['with an allowed origin over plain HTTP', { origin: 'http://app.example.com' }],
    ['with an Origin that is none', { origin: '127.0.0.1:8080' }],
    ['that is a local file, to a server without a Host', { host: undefined, origin: 'file://' }],
  ];
  it.each(mayNotWork)('may not make it work: %s', (_case, facts) => {
    for (const method of ['POST', 'PUT', 'DELETE', 'post']) {
      expect(guard({ ...post, method, ...facts })).toMatchObject({ status: 403 });
    }
  });

  it.each(mayNotWork)('may read what every page may, without seeing it: %s', (_case, facts) => {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) expect(guard({ ...post, method, ...facts })).toBeUndefined();
    expect(guard({ ...post, method: 'GET', doesWork: true, ...facts })).toMatchObject({ status: 403 });
  });

  it('is named in the refusal, as far as it names itself', () => {
    expect(guard({ ...post, origin: 'https://evil.example' })?.message).toBe(
      'A web page of "https://evil.example" may not use this server.',
    );
    expect(guard({ ...post, origin: 'null' })?.message).toBe('A web page of another origin may not use this server.');
  });
});

describe('a server of others', () => {
  it('has any name', () => {
    const guard = createLocalGuard({ protection: 'none' });
    for (const host of ['gateway:4000', 'my_gateway', 'images.example.com', '192.168.1.7:4000', '[fe80::1]:4000']) {
      expect(guard({ ...post, host })).toBeUndefined();
      expect(guard({ ...post, host, origin: `http://${host}` })).toBeUndefined();
      expect(guard({ ...post, host, origin: 'https://evil.example' })).toMatchObject({ status: 403 });
    }
  });

  it('leaves it to the token where one is asked for: no page can know it', () => {
    const guard = createLocalGuard({ protection: 'token' });
    expect(
      guard({ ...post, host: 'gateway', origin: 'https://evil.example', secFetchSite: 'cross-site' }),
    ).toBeUndefined();
  });
});

describe('an address to listen on', () => {
  it.each(['localhost', 'LOCALHOST', 'a.localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]', '::ffff:127.0.0.1'])(
    'is of this machine alone: %s',
    (host) => expect(isLoopbackHost(host)).toBe(true),
  );

  it.each([
    '0.0.0.0',
    '::',
    '',
    '192.168.1.7',
    'fe80::1',
    'gateway',
    'host.docker.internal',
    'a b',
    '127.0.0.1.example',
  ])('is not: %j', (host) => expect(isLoopbackHost(host)).toBe(false));
});
