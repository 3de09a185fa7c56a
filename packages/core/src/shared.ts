/** What both entrances give. */
export * from './request.ts';
export type { BatchResult } from './client/batch.ts';
export type { CallOverrides, CommonClientOptions } from './client/client-options.ts';
export type { BatchOptions, ImageClient } from './client/image-client.ts';
export type { PictureStream } from './client/picture-stream.ts';
export type { TimeoutOptions } from './client/timeouts.ts';
export type { Readiness } from './client/wait-until-ready.ts';
export type { Attempt } from './errors/attempt.ts';
export { errorCodes, errorPage, type ErrorCodeFacts, type ImageErrorCode } from './errors/error-codes.ts';
export { ImageError, type ImageErrorOptions, type KnownImageError } from './errors/image-error.ts';
export { InvalidRequestError } from './errors/invalid-request-error.ts';
export { InvalidResponseError, type InvalidResponseReason } from './errors/invalid-response-error.ts';
export { TimeoutError, type TimeoutPhase } from './errors/timeout-error.ts';
export { GeneratedImage, type EncodeBase64, type PictureFacts } from './image/generated-image.ts';
export { extensionOf, sniffMediaType, type ImageMediaType } from './image/media-type.ts';
export { readPictureSize, type PictureSize } from './image/picture-size.ts';
export type { ClientEvent, ClientEventBase } from './observe/client-event.ts';
export type { RetryOptions } from './retry/retry-policy.ts';
