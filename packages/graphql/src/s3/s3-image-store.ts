import { extensionOf } from '@tintype/core';
import { createFileImageStore, type ImageFiles } from '../images/file-image-store.ts';
import type { ImageStore } from '../images/image-store.ts';
import { ConfigurationError } from '../gateway/configuration-error.ts';
import { explainS3Error } from './explain-s3-error.ts';
import { loadS3 } from './load-s3.ts';
import { parseS3Url } from './s3-location.ts';

export interface S3ImageStoreOptions {
  /** `s3://bucket` or `s3://bucket/prefix`. */
  readonly url: string;
  /** @default what the AWS SDK finds: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, the machine's role */
  readonly credentials?:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
    | undefined;
  /** @default what the AWS SDK finds, such as AWS_REGION */
  readonly region?: string | undefined;
  /** Of a store that is not Amazon's, as `https://minio.example.com`. @default AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL */
  readonly endpoint?: string | undefined;
  /**
   * Whether the bucket is named in the path (`https://host/bucket/…`) rather than in the host.
   * @default where there is an `endpoint`, as MinIO and the like want it
   */
  readonly pathStyle?: boolean | undefined;
}

/** Longest wait for a connection, and for a connection that says nothing, in milliseconds. The SDK itself waits for ever. */
const connectMs = 5_000;
const silenceMs = 20_000;
/** Whoever asks for readiness does not wait longer. */
const checkMs = 5_000;
/** How often the right to write is tried; in between it is enough that the store answers. */
const writeEveryMs = 60_000;
/** How long an address that was given out is good, in seconds. */
const addressSeconds = 30 * 60;

/**
 * Images in S3, or in anything that speaks its protocol. Any number of gateways may share a bucket. Needs the packages
 * `@aws-sdk/client-s3` and `@aws-sdk/s3-request-presigner`.
 *
 * @throws ConfigurationError - the address is none, or the packages are not installed.
 * @example
 * const imageStore = createS3ImageStore({ url: 's3://images/shop' });
 */
export function createS3ImageStore(options: S3ImageStoreOptions): ImageStore {
  const { url, credentials, region, endpoint = endpointOfEnvironment(), pathStyle = endpoint !== undefined } = options;
  const location = parseS3Url(url);
  if (typeof location === 'string') throw new ConfigurationError([[`An object store's address: ${location}`]]);
  const { sdk, presigner } = loadS3();
  const { bucket, prefix } = location;
  const client = new sdk.S3Client({
    ...(credentials === undefined ? {} : { credentials }),
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: pathStyle,
    requestHandler: {
      connectionTimeout: connectMs,
      socketTimeout: silenceMs,
      // Large images are piped to their readers: slow ones must not keep the others, or new images, waiting.
      httpAgent: { maxSockets: 256, keepAlive: true },
      httpsAgent: { maxSockets: 256, keepAlive: true },
    },
  });
  const root = prefix === '' ? '' : `${prefix}/`;
  const object = (key: string) => ({ Bucket: bucket, Key: root + key });

  async function get(key: string) {
    const { Body } = await client.send(new sdk.GetObjectCommand(object(key)));
    if (Body === undefined) throw new Error(`The object store sent no bytes of ${key}`);
    return Body;
  }

  /** What was read; `undefined` where there is no such object. */
  async function unlessMissing<Result>(reading: Promise<Result>): Promise<Result | undefined> {
    try {
      return await reading;
    } catch (error) {
      if (error instanceof sdk.NoSuchKey || error instanceof sdk.NotFound) return undefined;
      throw error;
    }
  }

  const files: ImageFiles = {
    async put({ key, bytes, mediaType }) {
      await client.send(
        new sdk.PutObjectCommand({
          ...object(key),
          Body: bytes,
          ContentType: mediaType,
          CacheControl: 'private, max-age=31536000, immutable',
        }),
      );
    },
    read: async (key) => (await unlessMissing(get(key)))?.transformToByteArray(),
    stream: async (key) => (await get(key)).transformToWebStream(),
    byteLength: async (key) =>
      (await unlessMissing(client.send(new sdk.HeadObjectCommand(object(key)))))?.ContentLength,
    async delete(key) {
      await client.send(new sdk.DeleteObjectCommand(object(key)));
    },
    async *keys() {
      for await (const { Contents = [] } of sdk.paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
        for (const { Key = '' } of Contents) {
          // The prefix `shop` is one of `shopping`, too.
          if (Key.startsWith(root)) yield Key.slice(root.length);
        }
      }
    },
    // The file name is not made from the prompt here: URLs end up in logs.
    sign: async (key, { id, mediaType }) =>
      presigner.getSignedUrl(
        client,
        new sdk.GetObjectCommand({
          ...object(key),
          ResponseContentType: mediaType,
          ResponseContentDisposition: `inline; filename="${id}.${extensionOf(mediaType as Parameters<typeof extensionOf>[0])}"`,
        }),
        { expiresIn: addressSeconds },
      ),
  };
  // A listing then names whole images only, and a signed URL leads to one.
  const store = createFileImageStore(files, { recordLast: true });

  let writtenAt = Number.NEGATIVE_INFINITY;

  async function tryStore(): Promise<void> {
    const abortSignal = AbortSignal.timeout(checkMs);
    const isDue = performance.now() - writtenAt > writeEveryMs;
    // Someone may have emptied the bucket.
    const head = new sdk.HeadObjectCommand(object('writable'));
    if (!isDue && (await unlessMissing(client.send(head, { abortSignal }))) !== undefined) return;
    await client.send(new sdk.PutObjectCommand({ ...object('writable'), Body: new Uint8Array() }), { abortSignal });
    writtenAt = performance.now();
  }

  return {
    ...store,
    async check() {
      try {
        await tryStore();
      } catch (error) {
        throw explainS3Error(error, location);
      }
    },
  };
}

function endpointOfEnvironment(): string | undefined {
  return [process.env['AWS_ENDPOINT_URL_S3'], process.env['AWS_ENDPOINT_URL']].find(
    (url) => url !== undefined && url !== '',
  );
}
