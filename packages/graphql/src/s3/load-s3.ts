import { createRequire } from 'node:module';
import type * as Sdk from '@aws-sdk/client-s3';
import type * as Driver from 'flydrive/drivers/s3';
import { ConfigurationError } from '../gateway/configuration-error.ts';

const packages = ['@aws-sdk/client-s3', '@aws-sdk/s3-request-presigner'] as const;

/** The AWS SDK and flydrive's driver over it. */
export interface S3Libraries {
  readonly sdk: typeof Sdk;
  readonly driver: typeof Driver;
}

/**
 * Loads the AWS SDK, which is heavy and only needed where pictures are in S3. At once rather than by `import()`, so that a
 * gateway without it is told so when it is made.
 *
 * @throws ConfigurationError - the packages are not installed.
 */
export function loadS3(require: NodeJS.Require = createRequire(import.meta.url)): S3Libraries {
  const missing = packages.filter((name) => !isInstalled(require, name));
  if (missing.length > 0) {
    throw new ConfigurationError([
      `Pictures in S3 need the ${missing.length === 1 ? 'package' : 'packages'} ${missing.join(' and ')}, which ${missing.length === 1 ? 'is' : 'are'} not installed here: npm install ${packages.join(' ')}`,
    ]);
  }
  return {
    sdk: require(packages[0]) as S3Libraries['sdk'],
    driver: require('flydrive/drivers/s3') as S3Libraries['driver'],
  };
}

function isInstalled(require: NodeJS.Require, name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
