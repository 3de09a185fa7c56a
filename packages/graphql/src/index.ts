/**
 * A GraphQL gateway before an inference endpoint: jobs, images and safety on one machine.
 * @module
 */
import './require-node.ts';
export { createGateway, type Gateway } from './gateway/create-gateway.ts';
export type { Listening } from './gateway/listen.ts';
export type { ApiKey, EndpointOptions, GatewayOptions, GatewayRole } from './gateway/gateway-options.ts';
export {
  ConfigurationError,
  MissingPackagesError,
  type OptionNaming,
  type OptionProblem,
  type OptionReference,
} from './gateway/configuration-error.ts';
export { optionProblems } from './gateway/option-problems.ts';
export { StoreError } from './gateway/store-error.ts';
export { exampleMutation } from './http/graphiql-page.ts';
export type { ErrorCode, GatewayErrorCode } from './jobs/error-codes.ts';
export type { OnInterrupted } from './jobs/take-up.ts';
export type { EndpointErrorData, Problem, StoreFailure, StoreTask } from './problems/problem.ts';

// For stores of your own.
export type { ImageRecord } from './images/image-record.ts';
export type { ImageStore, ImageAddress, StoredImage } from './images/image-store.ts';
export { createDiskImageStore } from './images/disk-image-store.ts';
export {
  createFileImageStore,
  type FileImageStoreOptions,
  type ImageFiles,
  type WholeFile,
} from './images/file-image-store.ts';
export { createS3ImageStore, type S3ImageStoreOptions } from './s3/s3-image-store.ts';
export type { EndpointAnswer, JobRecord, JobStatus } from './jobs/job-record.ts';
export type {
  ChangeCondition,
  IdempotencyClaim,
  JobChange,
  JobStore,
  NewJob,
  NewJobOutcome,
  Page,
  PageRequest,
  Retention,
} from './jobs/job-store.ts';
export { createSqliteJobStore } from './sqlite/sqlite-job-store.ts';
