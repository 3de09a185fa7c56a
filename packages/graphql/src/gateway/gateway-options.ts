import type { ImageClientOptions, RequestDefaults, RequestLimits } from '@tintype/core';
import type { Logger } from 'pino';
import type { ImageStore } from '../images/image-store.ts';
import type { JobStore } from '../jobs/job-store.ts';
import type { OnInterrupted } from '../jobs/take-up.ts';

/** The inference endpoint behind the gateway. Its address and token are the operator's; no caller chooses or sees them. */
export interface EndpointOptions {
  /** Its name in the records of jobs and images. @default 'default' */
  readonly name?: string | undefined;
  readonly url: string | URL;
  readonly token?: string | undefined;
  /** What it speaks. @default 'inference-api' */
  readonly protocol?: ImageClientOptions['protocol'];
  /** The model that requests name, where the protocol has them name one. */
  readonly model?: string | undefined;
  /** What stands in for fields that a caller leaves out. @default core's: 512 × 512 pixels, guidance scale 7.5, 25 steps */
  readonly defaults?: RequestDefaults | undefined;
  /** What a caller may ask for at most. @default 4 megapixels, 150 steps, 4000 characters of prompt */
  readonly limits?: RequestLimits | undefined;
  /** The members of `extra` that are passed on. @default ['seed'] */
  readonly extraFields?: readonly string[] | undefined;
  /** @default core's; a call may take 15 minutes, waiting for a cold start included */
  readonly timeout?: ImageClientOptions['timeout'];
  /** @default core's, but what may have been billed is not asked for again by itself (`mayRepeatWork: 0`) */
  readonly retry?: ImageClientOptions['retry'];
}

/** An API key by its name: the owner of what is asked for with it. Give the key, or only its hash. */
export type ApiKey =
  | { readonly name: string; readonly key: string }
  /** `sha256`: of the key, in hexadecimal. */
  | { readonly name: string; readonly sha256: string };

/** What a process does: take requests, run jobs, or both. */
export type GatewayRole = 'all' | 'gateway' | 'worker';

export interface GatewayOptions {
  readonly endpoint: EndpointOptions;
  /**
   * Directory for jobs and images, made if it is not there; or `s3://bucket/prefix` for images in an object store, with the
   * jobs in ./.tintype. @default './.tintype'
   */
  readonly store?: string | undefined;
  /**
   * Address of a Redis (7 or later, or a Valkey), as `redis://host:6379/0` or `rediss://user:password@host:6380/0`: any number
   * of gateways and workers on it behave as one. Needs `ioredis` and `bullmq` installed. Images then have to be where every
   * process sees them: a shared folder, or a store of their own. @default none: everything is on this machine
   */
  readonly redisUrl?: string | undefined;
  /** `gateway` takes requests, `worker` runs jobs, `all` does both. The first two need `redisUrl`. @default 'all' */
  readonly role?: GatewayRole | undefined;
  /**
   * With `redisUrl`: how long a worker may be silent before its jobs are taken up elsewhere, in milliseconds. Shorter finds a
   * dead worker sooner, and may take a busy one for dead. @default 15_000
   */
  readonly lease?: number | undefined;
  /** Your own store of jobs, instead of SQLite in `store`. */
  readonly jobStore?: JobStore | undefined;
  /** Your own store of images, instead of files in `store`. */
  readonly imageStore?: ImageStore | undefined;
  /**
   * How callers get an image's bytes: through the gateway, or sent to the object store with an address that it signs and that
   * is good for half an hour. @default 'proxy'
   */
  readonly serveImages?: 'proxy' | 'redirect' | undefined;
  /**
   * Whether images are looked for at start that no record names, as after a loss of the database. In a bucket that takes two
   * thousand requests for a million images. With a Redis one process does it, once, and again when all Redis held was lost.
   * @default unless images are in an object store and jobs are not in a Redis
   */
  readonly adoptImages?: boolean | undefined;
  /** Where callers reach the gateway, as `https://images.example.com`. @default what each request was addressed to */
  readonly publicUrl?: string | URL | undefined;
  /** Address that `listen()` binds. Any but a loopback address needs `apiKeys` or `allowAnonymous`. @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** Port that `listen()` binds; 0 picks a free one. @default 4000 */
  readonly port?: number | undefined;
  /** Keys that callers must show as `Authorization: Bearer …`. @default none: everyone is `anonymous` */
  readonly apiKeys?: readonly ApiKey[] | undefined;
  /** Whether anyone may use a gateway that others can reach. @default false */
  readonly allowAnonymous?: boolean | undefined;
  /** Origins whose pages may call the gateway, as `https://app.example.com`. @default none */
  readonly corsOrigins?: readonly string[] | undefined;
  /** How long `generateImage` waits for the image, in milliseconds; proxies commonly cut at 60 s. @default 55_000 */
  readonly wait?: number | undefined;
  /** Images asked of the endpoint at once, over all workers. A handler makes one at a time. @default 1 */
  readonly concurrency?: number | undefined;
  /** Images asked of the endpoint at once for one owner. @default as many as `concurrency` */
  readonly concurrencyPerOwner?: number | undefined;
  /** Most jobs waiting their turn, over all gateways; more are refused. @default 100 */
  readonly queueLimit?: number | undefined;
  /** Images an owner may ask for in a minute. @default 120 */
  readonly rateLimit?: number | undefined;
  /** What becomes of jobs that were in flight when the gateway went down; a rerun may be billed twice. @default 'rerun' */
  readonly onInterrupted?: OnInterrupted | undefined;
  /** How long records and images are kept, in milliseconds. @default for ever */
  readonly keepFor?: number | undefined;
  /** Most bytes of images kept; the oldest go first. @default no limit */
  readonly keepBytes?: number | undefined;
  /** How often old records and images are looked for, in milliseconds. @default 10 minutes */
  readonly sweepEvery?: number | undefined;
  /**
   * Waits between tries to store an image, which is paid for already, in milliseconds; then its job fails. What passes by
   * itself, such as a Redis that is being restarted, is tried for as long as it takes, every five seconds at least.
   * @default [200, 1_000, 5_000, 15_000, 30_000, 60_000], about two minutes
   */
  readonly storeAgainAfter?: readonly number[] | undefined;
  /** Bytes of images held in memory. @default 64 MiB */
  readonly memoryForImages?: number | undefined;
  /** How long `close()` lets running jobs go on, in milliseconds; then they are handed back to the store. @default 10_000 */
  readonly drain?: number | undefined;
  /**
   * How long a job that was not begun waits for a caller who went away, in milliseconds; then it is canceled. Jobs with an
   * `idempotencyKey` and those of `enqueueImage` stay. @default 5_000
   */
  readonly abandonAfter?: number | undefined;
  /** How long `listen()` waits for a request to arrive, body included, in milliseconds. @default 30_000 */
  readonly receive?: number | undefined;
  /**
   * The HTML of the page that browsers get at `/graphql`, such as GraphiQL's; called once, at the first visit. The policy sent
   * with it allows its own scripts and styles and requests to the gateway, and nothing from anywhere else.
   *
   * @example
   * graphiql: () => renderGraphiQL({ endpoint: '/graphql', defaultQuery: exampleMutation }) // of @graphql-yoga/render-graphiql
   * @default none
   */
  readonly graphiql?: (() => string | Promise<string>) | undefined;
  /** Whether callers can query the schema itself. @default unless NODE_ENV is 'production' */
  readonly introspection?: boolean | undefined;
  /** Whether OpenTelemetry's spans hold the prompts. @default false */
  readonly tracePrompts?: boolean | undefined;
  /**
   * Log lines as JSON on stderr, your own pino logger, or none. Never a key, a token, a prompt or an image's id.
   * Errors are plain objects called `err`. @default 'silent'
   */
  readonly log?: 'json' | 'silent' | Logger | undefined;
}
