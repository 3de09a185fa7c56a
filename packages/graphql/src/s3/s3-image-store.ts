import { extensionOf } from '@tintype/core';
import { Disk } from 'flydrive';
import { createDriveImageStore } from '../images/drive-image-store.ts';
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
 * Pictures in S3, or in anything that speaks its protocol. Any number of gateways may share a bucket. Needs the packages
 * `@aws-sdk/client-s3` and `@aws-sdk/s3-request-presigner`.
 *
 * @throws ConfigurationError - the address is none, or the packages are not installed.
 * @example
 * const imageStore = createS3ImageStore({ url: 's3://pictures/shop' });
 */
export function createS3ImageStore(options: S3ImageStoreOptions): ImageStore {
  const { url, credentials, region, endpoint = endpointOfEnvironment(), pathStyle = endpoint !== undefined } = options;
  const location = parseS3Url(url);
  if (typeof location === 'string') throw new ConfigurationError([`An object store's address: ${location}`]);
  const { sdk, driver } = loadS3();
  const { bucket, prefix } = location;
  const client = new sdk.S3Client({
    ...(credentials === undefined ? {} : { credentials }),
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: pathStyle,
    requestHandler: {
      connectionTimeout: connectMs,
      socketTimeout: silenceMs,
      // Large pictures are piped to their readers: slow ones must not keep the others, or new pictures, waiting.
      httpAgent: { maxSockets: 256, keepAlive: true },
      httpsAgent: { maxSockets: 256, keepAlive: true },
    },
  });
  const s3 = new driver.S3Driver({ client, bucket, visibility: 'private', supportsACL: false });
  const disk = new Disk(s3);
  const store = createDriveImageStore({
    disk,
    folder: prefix,
    // A listing then names whole pictures only, and an address that is given out leads to one.
    recordLast: true,
    putWhole: async ({ key, bytes, mediaType }) =>
      disk.put(key, bytes, { contentType: mediaType, cacheControl: 'private, max-age=31536000, immutable' }),
    // The name is not made from the prompt here: addresses end up in logs.
    sign: async (key, { id, mediaType }) =>
      disk.getSignedUrl(key, {
        expiresIn: addressSeconds,
        contentType: mediaType,
        contentDisposition: `inline; filename="${id}.${extensionOf(mediaType as Parameters<typeof extensionOf>[0])}"`,
      }),
  });

  let writtenAt = Number.NEGATIVE_INFINITY;

  async function tryStore(): Promise<void> {
    const abortSignal = AbortSignal.timeout(checkMs);
    const object = { Bucket: bucket, Key: prefix === '' ? 'writable' : `${prefix}/writable` };
    const isDue = performance.now() - writtenAt > writeEveryMs;
    if (!isDue && (await isThere(object, abortSignal))) return;
    await client.send(new sdk.PutObjectCommand({ ...object, Body: new Uint8Array() }), { abortSignal });
    writtenAt = performance.now();
  }

  /** It may not be: someone may have emptied the bucket. */
  async function isThere(object: { readonly Bucket: string; readonly Key: string }, abortSignal: AbortSignal) {
    try {
      await client.send(new sdk.HeadObjectCommand(object), { abortSignal });
      return true;
    } catch (error) {
      if (error instanceof sdk.NotFound) return false;
      throw error;
    }
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
