/**
 * The contract of the Inference API: its fields, how a request is checked, and how it goes over the wire.
 * @module
 */
export * from './request.ts';
export { wireRules } from './contract/request-rules.ts';
export { requestChecker, type RequestChecker } from './contract/request-checker.ts';
export { requestSchema, type StandardResult, type StandardSchema } from './contract/request-schema.ts';
export { validateWireRequest } from './contract/validate-request.ts';
export { toWireRequest, type WireRequest } from './contract/wire-request.ts';
export { openApiDocument } from './contract/open-api-document.ts';
export { requestJsonSchema, type JsonObjectSchema } from './contract/request-json-schema.ts';
export { requestWarnings } from './contract/request-issue.ts';
