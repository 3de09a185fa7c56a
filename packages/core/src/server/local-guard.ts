/** The parts of a request that tell whether a web page sent it, and under which name it reached this server. */
export interface GuardedRequest {
  readonly method: string;
  /** The `Host` header. Only HTTP/1.0 may leave it out, which no browser speaks. */
  readonly host: string | undefined;
  /** The `Origin` header. */
  readonly origin: string | undefined;
  /** The `Sec-Fetch-Site` header, which browsers send to addresses they trust and pages cannot set. */
  readonly secFetchSite: string | undefined;
  /** Whether the request makes the server do something. @default by its method: all but GET, HEAD and OPTIONS do */
  readonly doesWork?: boolean | undefined;
}

export interface LocalGuardOptions {
  /**
   * What protects the server. `token`: every request that does work needs a secret that no browser adds by itself. `none`:
   * whoever reaches it may use it, pages of other origins excepted. `local`: the same, and it must be addressed by a name
   * of this machine.
   */
  readonly protection: 'token' | 'none' | 'local';
  /** Where the server is reached through a proxy: one more name, and one more origin. @default none */
  readonly publicUrl?: string | undefined;
  /** Origins whose pages may call, such as `https://app.example.com`. @default none */
  readonly allowedOrigins?: readonly string[] | undefined;
}

/** A request that is not served, with the status and the reason. */
export interface GuardRefusal {
  readonly status: 400 | 403;
  readonly message: string;
  readonly hint: string;
}

/** Returns why a request is not served, or `undefined` for one that is. */
export type LocalGuard = (request: GuardedRequest) => GuardRefusal | undefined;

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Makes the guard of a server that may run without a token on a developer's machine. It stops web pages from using the
 * server behind the developer's back: by requests that browsers send to any origin (text, forms), and by a domain of the
 * page's own that resolves to this machine (DNS rebinding).
 *
 * @example
 * const guard = createLocalGuard({ protection: 'local' });
 * guard({ method: 'POST', host: 'evil.example:8080', origin: undefined, secFetchSite: undefined })?.status; // 403
 */
export function createLocalGuard({ protection, publicUrl, allowedOrigins = [] }: LocalGuardOptions): LocalGuard {
  const publicAddress = publicUrl === undefined ? undefined : new URL(publicUrl);
  const origins = new Set(allowedOrigins);
  if (publicAddress !== undefined) origins.add(publicAddress.origin);

  return (request) => {
    const host = request.host === undefined ? undefined : parseHost(request.host);
    if (host === null) return unreadableHost(request.host);
    if (protection === 'token') return undefined;
    const isOwnName = host === undefined || isLocalName(host) || host.hostname === publicAddress?.hostname;
    if (protection === 'local' && !isOwnName) return foreignHost(host);
    const doesWork = request.doesWork ?? !safeMethods.has(request.method);
    return doesWork && isFromOtherOrigin(request, origins) ? foreignOrigin(request) : undefined;
  };
}

/** Whether a name or an address, as one listens on it or as it stands in a URL, is of this machine alone. */
export function isLoopbackHost(host: string): boolean {
  const url = URL.parse(`http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}`);
  return url !== null && isLoopbackName(url);
}

/** The reading of RFC 9110, 7.2: a name or an address, and perhaps a port. `URL` alone would take much more. */
function parseHost(host: string): URL | null {
  return /^(\[[\da-f:.]+\]|[\w.-]+)(:\d*)?$/i.test(host) ? URL.parse(`http://${host}`) : null;
}

/** `URL` has brought letters to lower case and addresses to their one form by then. */
function isLoopbackName({ hostname }: URL): boolean {
  const name = hostname.replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return /^127(\.\d+){3}$/.test(name) || name === '[::1]' || /^\[::ffff:7f[\da-f]{2}:[\da-f]{1,4}\]$/.test(name);
}

/** How containers call the machine they run on. `.internal` is reserved, so no public domain can have these names. */
const containerNames: ReadonlySet<string> = new Set(['host.docker.internal', 'host.containers.internal']);

function isLocalName(host: URL): boolean {
  return isLoopbackName(host) || containerNames.has(host.hostname);
}

/**
 * The order of Go's `http.CrossOriginProtection`: `Sec-Fetch-Site` where there is one, otherwise `Origin` against `Host`.
 * A request with neither comes from no browser of today.
 */
function isFromOtherOrigin({ host, origin, secFetchSite }: GuardedRequest, allowed: ReadonlySet<string>): boolean {
  if (secFetchSite === 'same-origin' || secFetchSite === 'none') return false;
  if (origin !== undefined && allowed.has(origin)) return false;
  if (secFetchSite !== undefined) return true;
  if (origin === undefined) return false;
  const page = URL.parse(origin);
  return page === null || page.host === '' || URL.parse(`${page.protocol}//${host ?? ''}`)?.host !== page.host;
}

function unreadableHost(host: string | undefined): GuardRefusal {
  return {
    status: 400,
    message: `The Host header is not a host name or an IP address, with an optional port: got ${shown(host)}.`,
    hint: 'Send one such as "localhost:8080".',
  };
}

function foreignHost({ hostname }: URL): GuardRefusal {
  return {
    status: 403,
    message: `This server is for this machine only, and ${shown(hostname)} is not one of its names.`,
    hint: 'Address it as 127.0.0.1 or localhost, or start it with a token or API keys to use other names.',
  };
}

function foreignOrigin({ origin }: GuardedRequest): GuardRefusal {
  const page = origin === undefined || origin === 'null' ? 'another origin' : shown(origin);
  return {
    status: 403,
    message: `A web page of ${page} may not use this server.`,
    hint: 'Call it from your own server, or allow the origin where this server has an option for that.',
  };
}

function shown(value: string | undefined): string {
  return JSON.stringify((value ?? '').slice(0, 100));
}
