import type { RequestLimits } from '@tintype/core';
import type { ApiKey, GatewayOptions } from '@tintype/graphql';
import { graphiqlPage } from './own-package.ts';
import type { SettingReader } from './setting-reader.ts';

export interface ServeFlags {
  readonly port?: string;
  readonly host?: string;
  readonly allowAnonymous?: boolean;
  readonly json?: boolean;
}

/** All of the gateway's options but the endpoint's address, which may have to be started first. */
export interface GatewayConfig {
  readonly options: Omit<GatewayOptions, 'endpoint' | 'log'>;
  readonly log: 'pretty' | 'json' | 'silent';
  readonly limits: RequestLimits;
  readonly extraFields: readonly string[] | undefined;
  readonly store: string;
}

/** The variables of `tintype serve`, for its help. */
export const gatewayVariables: Readonly<Record<string, string>> = {
  TINTYPE_ENDPOINT_URL: 'your endpoint; without it, the local one is started',
  TINTYPE_ENDPOINT_TOKEN: 'its token (default: HF_TOKEN)',
  TINTYPE_ENDPOINT_PROTOCOL: 'inference-api, hugging-face or openai: what it speaks (default: inference-api)',
  TINTYPE_ENDPOINT_MODEL: 'the model that requests name, for the protocol openai',
  TINTYPE_MODEL: 'model folder of the local endpoint',
  TINTYPE_PORT: 'port (default: 4000)',
  TINTYPE_HOST: 'address (default: 127.0.0.1)',
  TINTYPE_PUBLIC_URL: "where callers reach the gateway, for the images' URLs",
  TINTYPE_API_KEYS: 'name:key,name:key; callers show one as Authorization: Bearer <key>',
  TINTYPE_STORE: 'folder for jobs and images, or s3://bucket/prefix for images (default: ./.tintype)',
  'AWS_*': 'credentials, region and endpoint of the store in S3, as the AWS SDK reads them',
  TINTYPE_SERVE_IMAGES: 'proxy or redirect: images in S3 through the gateway, or at signed addresses (default: proxy)',
  TINTYPE_ADOPT_IMAGES: 'true or false: look for images without a record (default: true for a folder, or with a Redis)',
  TINTYPE_REDIS_URL: 'redis://host:6379/0; any number of gateways and workers on it behave as one',
  TINTYPE_ROLE: 'gateway takes requests, worker runs jobs, all does both (default: all)',
  TINTYPE_LEASE: 'how long a worker may be silent before another resumes its jobs (default: 15s)',
  TINTYPE_WAIT: 'how long generateImage waits for the image (default: 55s)',
  TINTYPE_CONCURRENCY: 'images made at a time, by all workers together (default: 1)',
  TINTYPE_QUEUE_LIMIT: 'most jobs waiting (default: 100)',
  TINTYPE_RATE_LIMIT: 'images a minute for each key (default: 120)',
  TINTYPE_MAX_PIXELS: 'most pixels of one image, width × height',
  TINTYPE_MAX_STEPS: 'most inference steps',
  TINTYPE_EXTRA_FIELDS: 'members of extra that are passed on, as seed,scheduler (default: seed)',
  TINTYPE_CONCURRENCY_PER_KEY: 'images made at a time for one key',
  TINTYPE_CORS_ORIGINS: 'origins whose pages may call the gateway, as https://app.example.com,https://…',
  TINTYPE_KEEP_FOR: 'how long jobs and images are kept, as 720h (default: forever)',
  TINTYPE_KEEP_BYTES: 'most bytes of images kept; the oldest go first (default: no limit)',
  TINTYPE_STORE_AGAIN_AFTER:
    'waits between tries to store a finished image, as 1s,10s,2m; then it is lost (default: two minutes of them)',
  TINTYPE_MEMORY_FOR_IMAGES: 'bytes of images held in memory, 0 for none (default: 67108864)',
  TINTYPE_ON_INTERRUPTED: 'rerun or fail: jobs in flight when the gateway went down (default: rerun)',
  TINTYPE_DRAIN: 'how long running jobs may go on when it stops (default: 10s)',
  TINTYPE_GRAPHIQL: 'true or false: GraphiQL in the browser (default: unless NODE_ENV is production)',
  TINTYPE_INTROSPECTION: 'true or false: whether the schema may be asked for (default: the same)',
  TINTYPE_TRACE_PROMPTS: "true or false: whether OpenTelemetry's spans hold the prompts (default: false)",
  TINTYPE_LOG: 'pretty, json or silent (default: pretty on a terminal, else json)',
};

/** Reads the gateway's options from flags and environment. */
export function gatewayConfig(read: SettingReader, flags: ServeFlags, isTerminal: boolean): GatewayConfig {
  const store = read.text({ variable: 'TINTYPE_STORE' }) ?? './.tintype';
  const options: GatewayConfig['options'] = {
    store,
    port:
      read.integer(
        { variable: 'TINTYPE_PORT', flag: { name: '--port', value: flags.port } },
        { least: 0, most: 65_535 },
      ) ?? 4000,
    host: read.text({ variable: 'TINTYPE_HOST', flag: { name: '--host', value: flags.host } }),
    serveImages: read.choice({ variable: 'TINTYPE_SERVE_IMAGES' }, ['proxy', 'redirect'] as const),
    adoptImages: read.flag({ variable: 'TINTYPE_ADOPT_IMAGES' }),
    publicUrl: read.url({ variable: 'TINTYPE_PUBLIC_URL' }),
    apiKeys: readApiKeys(read),
    allowAnonymous: flags.allowAnonymous,
    redisUrl: read.text({ variable: 'TINTYPE_REDIS_URL' }),
    role: read.choice({ variable: 'TINTYPE_ROLE' }, ['all', 'gateway', 'worker'] as const),
    lease: read.duration({ variable: 'TINTYPE_LEASE' }),
    wait: read.duration({ variable: 'TINTYPE_WAIT' }),
    concurrency: read.integer({ variable: 'TINTYPE_CONCURRENCY' }),
    queueLimit: read.integer({ variable: 'TINTYPE_QUEUE_LIMIT' }),
    rateLimit: read.integer({ variable: 'TINTYPE_RATE_LIMIT' }),
    concurrencyPerOwner: read.integer({ variable: 'TINTYPE_CONCURRENCY_PER_KEY' }),
    corsOrigins: read.list({ variable: 'TINTYPE_CORS_ORIGINS' }),
    keepFor: read.duration({ variable: 'TINTYPE_KEEP_FOR' }),
    keepBytes: read.integer({ variable: 'TINTYPE_KEEP_BYTES' }),
    storeAgainAfter: read.durations({ variable: 'TINTYPE_STORE_AGAIN_AFTER' }),
    memoryForImages: read.integer({ variable: 'TINTYPE_MEMORY_FOR_IMAGES' }, { least: 0 }),
    onInterrupted: read.choice({ variable: 'TINTYPE_ON_INTERRUPTED' }, ['rerun', 'fail'] as const),
    drain: read.duration({ variable: 'TINTYPE_DRAIN' }),
    graphiql:
      (read.flag({ variable: 'TINTYPE_GRAPHIQL' }) ?? read.text({ variable: 'NODE_ENV' }) !== 'production')
        ? graphiqlPage
        : undefined,
    introspection: read.flag({ variable: 'TINTYPE_INTROSPECTION' }),
    tracePrompts: read.flag({ variable: 'TINTYPE_TRACE_PROMPTS' }),
  };
  const log =
    read.choice({ variable: 'TINTYPE_LOG' }, ['pretty', 'json', 'silent'] as const) ?? (isTerminal ? 'pretty' : 'json');
  const limits: RequestLimits = {
    maxPixels: read.integer({ variable: 'TINTYPE_MAX_PIXELS' }),
    maxInferenceSteps: read.integer({ variable: 'TINTYPE_MAX_STEPS' }),
  };
  return { options, log, limits, extraFields: read.list({ variable: 'TINTYPE_EXTRA_FIELDS' }), store };
}

function readApiKeys(read: SettingReader): readonly ApiKey[] | undefined {
  const text = read.text({ variable: 'TINTYPE_API_KEYS' });
  if (text === undefined) return undefined;
  return text.split(',').flatMap((pair, index) => {
    const [name = '', ...rest] = pair.trim().split(':');
    const key = rest.join(':');
    if (name !== '' && key !== '') return [{ name, key }];
    // The pair itself may hold a key: it is not shown.
    read.problem(`TINTYPE_API_KEYS must read name:key,name:key; number ${index + 1} does not.`);
    return [];
  });
}
