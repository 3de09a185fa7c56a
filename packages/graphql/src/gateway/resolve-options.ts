import { requestFields, validateRequest } from '@tintype/core';
import type { InputRules } from './input-checker.ts';
import { ConfigurationError } from './configuration-error.ts';
import type { ApiKey, EndpointOptions, GatewayOptions, GatewayRole } from './gateway-options.ts';
import type { OnInterrupted } from '../jobs/take-up.ts';
import { redisUrlProblem } from '../redis/redis-address.ts';
import { isS3Url, parseS3Url } from '../s3/s3-location.ts';

/** The options with every default filled in, but for the parts that are made from them. */
export interface ResolvedOptions {
  readonly endpoint: { readonly name: string; readonly url: URL; readonly rules: InputRules } & Pick<
    EndpointOptions,
    'token' | 'timeout' | 'retry'
  >;
  /** Of the jobs, and of the pictures unless they are elsewhere. */
  readonly directory: string;
  /** Where pictures are in an object store: its address. */
  readonly s3Url: string | undefined;
  readonly serveImages: 'proxy' | 'redirect';
  readonly adoptImages: boolean;
  readonly redisUrl: string | undefined;
  readonly role: GatewayRole;
  readonly lease: number;
  readonly publicUrl: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly apiKeys: readonly ApiKey[];
  readonly allowAnonymous: boolean;
  readonly corsOrigins: readonly string[];
  readonly wait: number;
  readonly concurrency: number;
  readonly concurrencyPerOwner: number;
  readonly queueLimit: number;
  readonly rateLimit: number;
  readonly onInterrupted: OnInterrupted;
  readonly keepFor: number | undefined;
  readonly keepBytes: number | undefined;
  readonly sweepEvery: number;
  readonly storeAgainAfter: readonly number[];
  readonly memoryForPictures: number;
  readonly drain: number;
  readonly abandonAfter: number;
  readonly receive: number;
  readonly tracePrompts: boolean;
  readonly introspection: boolean;
}

const limits = { maxPixels: 4 * 1024 * 1024, maxInferenceSteps: 150, maxPromptLength: 4_000 } as const;

/**
 * Fills in the defaults and looks at every option.
 *
 * @throws ConfigurationError - naming all problems at once.
 */
export function resolveOptions(options: GatewayOptions, environment = process.env['NODE_ENV']): ResolvedOptions {
  const problems: string[] = [];
  const whole = (
    name: string,
    value: number | undefined,
    { fallback, least }: { readonly fallback: number; readonly least: number },
  ): number => {
    if (value === undefined) return fallback;
    if (Number.isSafeInteger(value) && value >= least) return value;
    problems.push(`${name} must be a whole number, ${least} or more; got ${value}.`);
    return fallback;
  };
  const concurrency = whole('concurrency', options.concurrency, { fallback: 1, least: 1 });
  const { store = './.tintype' } = options;
  const inS3 = isS3Url(store);
  const resolved: ResolvedOptions = {
    endpoint: resolveEndpoint(options.endpoint, problems),
    directory: inS3 ? './.tintype' : store,
    s3Url: inS3 ? store : undefined,
    serveImages: oneOf('serveImages', options.serveImages, ['proxy', 'redirect'], problems),
    adoptImages: options.adoptImages ?? (!inS3 || options.redisUrl !== undefined),
    redisUrl: options.redisUrl,
    role: oneOf('role', options.role, ['all', 'gateway', 'worker'], problems),
    lease: whole('lease', options.lease, { fallback: 15_000, least: 500 }),
    publicUrl:
      options.publicUrl === undefined
        ? undefined
        : httpUrl('publicUrl', options.publicUrl, problems)?.href.replace(/\/+$/, ''),
    host: options.host ?? '127.0.0.1',
    port: whole('port', options.port, { fallback: 4000, least: 0 }),
    apiKeys: options.apiKeys ?? [],
    allowAnonymous: options.allowAnonymous ?? false,
    corsOrigins: options.corsOrigins ?? [],
    wait: whole('wait', options.wait, { fallback: 55_000, least: 0 }),
    concurrency,
    concurrencyPerOwner: whole('concurrencyPerOwner', options.concurrencyPerOwner, { fallback: concurrency, least: 1 }),
    queueLimit: whole('queueLimit', options.queueLimit, { fallback: 100, least: 1 }),
    rateLimit: whole('rateLimit', options.rateLimit, { fallback: 120, least: 1 }),
    onInterrupted: oneOf('onInterrupted', options.onInterrupted, ['rerun', 'fail'], problems),
    keepFor: positive('keepFor', options.keepFor, problems),
    keepBytes: positive('keepBytes', options.keepBytes, problems),
    sweepEvery: whole('sweepEvery', options.sweepEvery, { fallback: 10 * 60 * 1_000, least: 1 }),
    storeAgainAfter: storeAgainAfter(options.storeAgainAfter, problems),
    memoryForPictures: whole('memoryForPictures', options.memoryForPictures, { fallback: 64 * 1024 * 1024, least: 0 }),
    drain: whole('drain', options.drain, { fallback: 10_000, least: 0 }),
    abandonAfter: whole('abandonAfter', options.abandonAfter, { fallback: 5_000, least: 0 }),
    receive: whole('receive', options.receive, { fallback: 30_000, least: 1 }),
    tracePrompts: options.tracePrompts ?? false,
    introspection: options.introspection ?? environment !== 'production',
  };
  if (inS3) problems.push(...s3Problems(store));
  const callersReachStore = options.imageStore === undefined ? inS3 : options.imageStore.address !== undefined;
  if (resolved.serveImages === 'redirect' && !callersReachStore) {
    problems.push(
      'serveImages: redirect sends callers to the store, which they cannot reach: set store to s3://…, or leave serveImages at proxy.',
    );
  }
  problems.push(
    ...sharedProblems(options),
    ...apiKeyProblems(resolved.apiKeys),
    ...originProblems(resolved.corsOrigins),
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
  return resolved;
}

/** The first choice is the default. Options from JavaScript or JSON may hold anything. */
function oneOf<Choice extends string>(
  name: string,
  value: Choice | undefined,
  choices: readonly [Choice, ...Choice[]],
  problems: string[],
): Choice {
  if (value === undefined) return choices[0];
  if (!choices.includes(value)) problems.push(`${name} must be ${choices.join(' or ')}; got ${value}.`);
  return value;
}

function s3Problems(store: string): readonly string[] {
  const location = parseS3Url(store);
  return typeof location === 'string' ? [`store: ${location}`] : [];
}

function sharedProblems({ redisUrl, role = 'all', jobStore }: GatewayOptions): readonly string[] {
  if (redisUrl === undefined) {
    if (role === 'all') return [];
    return [`role is ${role}, but redisUrl is not set: gateways and workers find each other through a Redis.`];
  }
  const problem = redisUrlProblem(redisUrl);
  return [
    ...(problem === undefined ? [] : [problem]),
    ...(jobStore === undefined ? [] : ['jobStore and redisUrl both say where jobs are kept: give one of them.']),
  ];
}

function positive(name: string, value: number | undefined, problems: string[]): number | undefined {
  if (value !== undefined && !(value > 0)) problems.push(`${name} must be a number above 0; got ${value}.`);
  return value;
}

function storeAgainAfter(
  waits: readonly number[] = [200, 1_000, 5_000, 15_000, 30_000, 60_000],
  problems: string[],
): readonly number[] {
  const wrong = waits.filter((ms) => !(ms >= 0));
  if (wrong.length > 0) problems.push(`storeAgainAfter must hold numbers, 0 or more; got ${wrong.join(', ')}.`);
  return waits;
}

function resolveEndpoint(options: EndpointOptions, problems: string[]): ResolvedOptions['endpoint'] {
  const url = httpUrl('endpoint.url', options.url, problems) ?? new URL('http://localhost');
  const rules = {
    defaults: options.defaults ?? {},
    limits: { ...limits, ...given(options.limits) },
    extraFields: options.extraFields ?? ['seed'],
  };
  // Defaults that the limits forbid would make every short request fail, and only then.
  const checked = validateRequest({ prompt: requestFields.prompt.example }, rules);
  if (!checked.ok) problems.push(...checked.issues.map(({ message }) => `endpoint.defaults: ${message}`));
  const { token, timeout, retry } = options;
  return { name: options.name ?? 'default', url, rules, token, timeout, retry: { mayRepeatWork: 0, ...retry } };
}

/** Without the members that are undefined, which would hide the defaults under them. */
function given<Options extends object>(options: Options | undefined): Partial<Options> {
  const entries = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<Options>;
}

function httpUrl(name: string, value: string | URL, problems: string[]): URL | undefined {
  const url = URL.parse(String(value));
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  problems.push(`${name} must be a URL that begins with http:// or https://; got ${JSON.stringify(String(value))}.`);
  return undefined;
}

function apiKeyProblems(keys: readonly ApiKey[]): readonly string[] {
  const names = keys.map(({ name }) => name);
  return keys.flatMap((key, index) => {
    const { name } = key;
    const problems: string[] = [];
    if (!/^[\w.-]{1,64}$/.test(name) || name === 'anonymous') {
      problems.push(
        `apiKeys[${index}]: a name must be 1 to 64 letters, digits, dots, dashes or underscores, and not anonymous; got ${JSON.stringify(name)}.`,
      );
    }
    if (names.indexOf(name) !== index) problems.push(`apiKeys[${index}]: the name ${name} is given twice.`);
    if ('key' in key && key.key.length < shortestKey) {
      problems.push(
        `apiKeys[${index}]: the key of ${name} is too short to be safe; use ${shortestKey} characters or more.`,
      );
    }
    if ('sha256' in key && !/^[\da-f]{64}$/i.test(key.sha256)) {
      problems.push(`apiKeys[${index}]: sha256 of ${name} must be 64 hexadecimal digits.`);
    }
    return problems;
  });
}

const shortestKey = 16;

function originProblems(origins: readonly string[]): readonly string[] {
  return origins
    .filter((origin) => URL.parse(origin)?.origin !== origin)
    .map((origin) => `corsOrigins: ${JSON.stringify(origin)} is no origin such as https://app.example.com.`);
}
