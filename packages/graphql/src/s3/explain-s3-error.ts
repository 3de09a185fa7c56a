import { ConfigurationError, option, wrong, type OptionProblem } from '../gateway/configuration-error.ts';
import { StoreError } from '../gateway/store-error.ts';
import type { S3Location } from './s3-location.ts';

/** What the operator has to fix, by the codes of the SDK (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html). */
const mistakes: Readonly<Record<string, string>> = {
  AccessDenied:
    'these credentials may not write there. They need s3:PutObject, s3:GetObject, s3:DeleteObject on the objects and s3:ListBucket on the bucket',
  InvalidAccessKeyId: 'the store does not know this access key. Look at AWS_ACCESS_KEY_ID',
  SignatureDoesNotMatch: 'the secret does not belong to the access key. Look at AWS_SECRET_ACCESS_KEY',
  CredentialsProviderError:
    'no credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role',
  PermanentRedirect: 'the bucket is in another region. Look at AWS_REGION',
  AuthorizationHeaderMalformed: 'the bucket is in another region. Look at AWS_REGION',
};

/** Tells a wrong setting, which stays wrong, from a store that is out of reach for now. */
export function explainS3Error(error: unknown, { bucket, prefix }: S3Location): ConfigurationError | StoreError {
  const place = prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const mistake = message === 'Region is missing' ? 'the region is not known. Set AWS_REGION' : mistakes[name];
  const problem: OptionProblem | undefined =
    name === 'NoSuchBucket'
      ? wrong`there is no such bucket. Make it, or name another in ${option('store')}`
      : mistake === undefined
        ? undefined
        : [mistake];
  if (problem !== undefined) return new ConfigurationError([[`${place} cannot be used: `, ...problem, '.']]);
  const code = error instanceof Error && 'code' in error ? String(error.code) : name;
  return new StoreError({ reason: 'unreachable', place, detail: code }, { cause: error });
}
