/** What both entrances give. */
export * from './request.ts';
export type { BatchResult } from './client/batch.ts';
export type { CallOverrides, CommonClientOptions } from './client/options.ts';
export type { BatchOptions, ImageClient } from './client/client.ts';
export type { ImageStream } from './client/stream.ts';
export type { TimeoutOptions } from './client/options.ts';
export type { Readiness } from './client/wake.ts';
export type { Attempt } from './errors/attempt.ts';
export { errorPage, type ImageErrorCode } from './errors/codes.ts';
export { explain, type Audience, type ErrorData, type Explanation, type OptionNames } from './errors/explain.ts';
export type {
  EndpointFacts,
  ErrorFacts,
  InvalidResponseReason,
  OptionName,
  ResponseFacts,
  TimeoutPhase,
  UnavailableFacts,
} from './errors/facts.ts';
export { ImageError, type ImageErrorOptions, type KnownImageError } from './errors/image-error.ts';
export { imageErrorCodes, type Remedy } from './errors/remedy.ts';
export { GeneratedImage, type EncodeBase64, type ImageFacts } from './image/generated-image.ts';
export { extensionOf, sniffMediaType, type ImageMediaType } from './image/media-type.ts';
export { readImageSize, type ImageSize } from './image/image-size.ts';
export { hideAddresses } from './observe/redact.ts';
export type { ClientEvent, ClientEventBase } from './observe/client-event.ts';
export { protocolNames, type ProtocolName } from './protocols/index.ts';
export type { RetryOptions } from './retry/retry-policy.ts';
