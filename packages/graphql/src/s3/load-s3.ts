import type * as Sdk from '@aws-sdk/client-s3';
import type * as Presigner from '@aws-sdk/s3-request-presigner';
import { requirePeers } from '../gateway/require-peers.ts';

const packages = ['@aws-sdk/client-s3', '@aws-sdk/s3-request-presigner'] as const;

/** The two packages of the AWS SDK. */
export interface S3Libraries {
  readonly sdk: typeof Sdk;
  readonly presigner: typeof Presigner;
}

/**
 * Loads the AWS SDK, which takes a tenth of a second.
 *
 * @throws ConfigurationError - the packages are not installed.
 */
export function loadS3(from?: NodeJS.Require): S3Libraries {
  const require = requirePeers({ packages, what: 'Images in S3', install: packages }, from);
  return {
    sdk: require(packages[0]) as S3Libraries['sdk'],
    presigner: require(packages[1]) as S3Libraries['presigner'],
  };
}
