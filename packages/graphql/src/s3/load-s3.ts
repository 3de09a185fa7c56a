import type * as Sdk from '@aws-sdk/client-s3';
import type * as Driver from 'flydrive/drivers/s3';
import { requirePeers } from '../gateway/require-peers.ts';

const packages = ['@aws-sdk/client-s3', '@aws-sdk/s3-request-presigner'] as const;

/** The AWS SDK and flydrive's driver over it. */
export interface S3Libraries {
  readonly sdk: typeof Sdk;
  readonly driver: typeof Driver;
}

/**
 * Loads the AWS SDK, which takes a tenth of a second.
 *
 * @throws ConfigurationError - the packages are not installed.
 */
export function loadS3(from?: NodeJS.Require): S3Libraries {
  const require = requirePeers({ packages, what: 'Pictures in S3', install: packages }, from);
  return {
    sdk: require(packages[0]) as S3Libraries['sdk'],
    driver: require('flydrive/drivers/s3') as S3Libraries['driver'],
  };
}
