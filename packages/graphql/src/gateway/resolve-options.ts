import { requestFields, validateRequest } from '@tintype/core';
import type { InputRules } from './input-checker.ts';
import { ConfigurationError, option, wrong, type OptionProblem } from './configuration-error.ts';
import type { ApiKey, EndpointOptions, GatewayOptions, GatewayRole } from './gateway-options.ts';
import type { OnInterrupted } from '../jobs/take-up.ts';
import { redisUrlProblem } from '../redis/redis-address.ts';
import { isS3Url, parseS3Url } from '../s3/s3-location.ts';

/** The options with every default filled in, but for the parts that are made from them. */
export interface ResolvedOptions {
  readonly endpoint: { readonly name: string; readonly url: URL; readonly rules: InputRules } & Pick<
    EndpointOptions,
    'token' | 'protocol' | 'model' | 'timeout' | 'retry'
  >;
  /** Of the jobs, and of the images unless they are elsewhere. */
  readonly directory: string;
  /** Where images are in an object store: its address. */
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
  readonly memoryForImages: number;
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
  const problems: OptionProblem[] = [];
  const whole = (
    name: string,
    value: number | undefined,
    { fallback, least }: { readonly fallback: number; readonly least: number },
  ): number => {
    if (value === undefined) return fallback;
    if (Number.isSafeInteger(value) && value >= least) return value;
    problems.push(wrong`${option(name)} must be a whole number, ${least} or more; got ${value}.`);
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
    memoryForImages: whole('memoryForImages', options.memoryForImages, { fallback: 64 * 1024 * 1024, least: 0 }),
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
      wrong`${option('serveImages')}: redirect sends callers to the store, which they cannot reach: set ${option('store')} to s3://…, or leave ${option('serveImages')} at proxy.`,
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
  problems: OptionProblem[],
): Choice {
  if (value === undefined) return choices[0];
  if (!choices.includes(value)) problems.push(wrong`${option(name)} must be ${choices.join(' or ')}; got ${value}.`);
  return value;
}

function s3Problems(store: string): readonly OptionProblem[] {
  const location = parseS3Url(store);
  return typeof location === 'string' ? [wrong`${option('store')}: ${location}`] : [];
}

function sharedProblems({ redisUrl, role = 'all', jobStore }: GatewayOptions): readonly OptionProblem[] {
  if (redisUrl === undefined) {
    if (role === 'all') return [];
    return [
      wrong`${option('role')} is ${role}, but ${option('redisUrl')} is not set: gateways and workers find each other through a Redis.`,
    ];
  }
  const problem = redisUrlProblem(redisUrl);
  return [
    ...(problem === undefined ? [] : [problem]),
    ...(jobStore === undefined
      ? []
      : [wrong`${option('jobStore')} and ${option('redisUrl')} both say where jobs are kept: give one of them.`]),
  ];
}

function positive(name: string, value: number | undefined, problems: OptionProblem[]): number | undefined {
  if (value !== undefined && !(value > 0))
    problems.push(wrong`${option(name)} must be a number above 0; got ${value}.`);
  return value;
}

function storeAgainAfter(
  waits: readonly number[] = [200, 1_000, 5_000, 15_000, 30_000, 60_000],
  problems: OptionProblem[],
): readonly number[] {
  const negative = waits.filter((ms) => !(ms >= 0));
  if (negative.length > 0)
    problems.push(wrong`${option('storeAgainAfter')} must hold numbers, 0 or more; got ${negative.join(', ')}.`);
  return waits;
}

function resolveEndpoint(options: EndpointOptions, problems: OptionProblem[]): ResolvedOptions['endpoint'] {
  const url = httpUrl('endpoint.url', options.url, problems) ?? new URL('http://localhost');
  const rules = {
    defaults: options.defaults ?? {},
    limits: { ...limits, ...given(options.limits) },
    extraFields: options.extraFields ?? ['seed'],
  };
  // Defaults that the limits forbid would make every short request fail, and only then.
  const checked = validateRequest({ prompt: requestFields.prompt.example }, rules);
  if (!checked.ok)
    problems.push(...checked.issues.map(({ message }) => wrong`${option('endpoint.defaults')}: ${message}`));
  const { token, protocol, model, timeout, retry } = options;
  return {
    name: options.name ?? 'default',
    url,
    rules,
    token,
    protocol,
    model,
    timeout,
    retry: { mayRepeatWork: 0, ...retry },
  };
}

/** Without the members that are undefined, which would hide the defaults under them. */
function given<Options extends object>(options: Options | undefined): Partial<Options> {
  const entries = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<Options>;
}

function httpUrl(name: string, value: string | URL, problems: OptionProblem[]): URL | undefined {
  const url = URL.parse(String(value));
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  problems.push(
    wrong`${option(name)} must be a URL that begins with http:// or https://; got ${JSON.stringify(String(value))}.`,
  );
  return undefined;
}

function apiKeyProblems(keys: readonly ApiKey[]): readonly OptionProblem[] {
  const names = keys.map(({ name }) => name);
  return keys.flatMap((key, index) => {
    const { name } = key;
    const problems: OptionProblem[] = [];
    if (!/^[\w.-]{1,64}$/.test(name) || name === 'anonymous') {
      problems.push(
        wrong`${option('apiKeys')}[${index}]: a name must be 1 to 64 letters, digits, dots, dashes or underscores, and not anonymous; got ${JSON.stringify(name)}.`,
      );
    }
    if (names.indexOf(name) !== index)
      problems.push(wrong`${option('apiKeys')}[${index}]: the name ${name} is given twice.`);
    if ('key' in key && key.key.length < shortestKey) {
      problems.push(
        wrong`${option('apiKeys')}[${index}]: the key of ${name} is too short to be safe; use ${shortestKey} characters or more.`,
      );
    }
    if ('sha256' in key && !/^[\da-f]{64}$/i.test(key.sha256)) {
      problems.push(wrong`${option('apiKeys')}[${index}]: sha256 of ${name} must be 64 hexadecimal digits.`);
    }
    return problems;
  });
}

const shortestKey = 16;

function originProblems(origins: readonly string[]): readonly OptionProblem[] {
  return origins
    .filter((origin) => URL.parse(origin)?.origin !== origin)
    .map(
      (origin) =>
        wrong`${option('corsOrigins')}: ${JSON.stringify(origin)} is not an origin such as https://app.example.com.`,
    );
}
