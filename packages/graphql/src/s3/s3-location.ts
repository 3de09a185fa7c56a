/** A place in an object store, as `s3://bucket/prefix` names it. */
export interface S3Location {
  readonly bucket: string;
  /** Without slashes at its ends; empty for the bucket itself. */
  readonly prefix: string;
}

/** Whether a store's name means an object store rather than a directory. */
export function isS3Url(store: string): boolean {
  return /^s3:/i.test(store);
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Keys of these letters mean the same in every object store, and in addresses. */
const prefixName = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/;

/** The bucket and prefix of `s3://bucket/prefix`, or what is wrong with it in a sentence. */
export function parseS3Url(store: string): S3Location | string {
  const shown = JSON.stringify(store);
  const [, bucket, path = ''] = /^s3:\/\/([^/]*)(\/.*)?$/i.exec(store) ?? [];
  if (bucket === undefined || bucket === '') return `it must read s3://bucket or s3://bucket/prefix; got ${shown}.`;
  if (!bucketName.test(bucket)) {
    return `a bucket's name is 3 to 63 small letters, digits, dots and dashes; got ${JSON.stringify(bucket)} in ${shown}. Keys belong into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`;
  }
  const prefix = path.replaceAll(/^\/+|\/+$/g, '');
  if (prefix !== '' && !prefixName.test(prefix)) {
    return `a prefix is made of letters, digits, dots, dashes and underscores, with single slashes between; got ${JSON.stringify(prefix)} in ${shown}.`;
  }
  return { bucket, prefix };
}
