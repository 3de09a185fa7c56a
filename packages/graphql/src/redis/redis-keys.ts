/** All keys share what is in braces, so that a Redis Cluster keeps them on one node, where a script may touch several. */
export const keyPrefix = '{tintype}';

/** Where the store keeps what. The scripts of `job-scripts.ts` build the same names. */
export const redisKeys = {
  /** Hash: a job, each member of the record as JSON, so that a change leaves the members it does not know alone. */
  job: (id: string): string => `${keyPrefix}:job:${id}`,
  /** Hash: an idempotency claim. Goes by itself when it expires. */
  claim: (id: string): string => `${keyPrefix}:claim:${id}`,
  /** String: an image's record as JSON; it never changes. */
  image: (id: string): string => `${keyPrefix}:image:${id}`,
  /** Sorted set by creation: ids of all jobs in a state. */
  jobsIn: (status: string): string => `${keyPrefix}:jobs:${status}`,
  /** Sorted set by creation: ids of an owner's jobs, all of them or those in a state. */
  jobsOf: (owner: string, status?: string): string =>
    `${keyPrefix}:owner:${owner}:jobs${status === undefined ? '' : `:${status}`}`,
  /** Sorted set by creation: ids of an owner's images. */
  imagesOf: (owner: string): string => `${keyPrefix}:owner:${owner}:images`,
  /** Sorted set by creation: ids of all images. */
  images: `${keyPrefix}:images`,
  /** Hash: byte lengths by image. */
  imageSizes: `${keyPrefix}:image-sizes`,
  /** Integer: all images' bytes together. */
  imageBytes: `${keyPrefix}:image-bytes`,
} as const;
