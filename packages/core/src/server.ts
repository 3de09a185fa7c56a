/**
 * What the servers of the Inference API share: who may call them, how a body is read, and how the image goes out. Pure
 * functions over plain values, for Node or any other runtime.
 * @module
 */
export {
  createLocalGuard,
  isLoopbackHost,
  type GuardedRequest,
  type GuardRefusal,
  type LocalGuard,
  type LocalGuardOptions,
} from './server/local-guard.ts';
export { bodyTooLarge, maxBodyBytes, parseJsonBody, type BodyRefusal, type ParsedBody } from './server/json-body.ts';
export {
  dialectOf,
  mostIssues,
  readInferenceRequest,
  type Dialect,
  type BodyMember,
  type InferenceRules,
} from './server/inference-request.ts';
export { showValue } from './contract/json-value.ts';
export { preferredResponse, type PreferredResponse, type ResponseFormat } from './server/preferred-response.ts';
export { warningsHeader } from './server/warnings-header.ts';
export { markImage } from './image/mark-image.ts';
