/**
 * The contract of the Inference API: its fields, how a request is checked, and how it goes over the wire.
 * @module
 */
export {
  extraField,
  requestFieldNames,
  requestFields,
  type FieldDeclaration,
  type RequestFieldName,
} from './contract/request-fields.ts';
export type { ExtraFields, ImageRequest, ResolvedRequest } from './contract/image-request.ts';
export { wireRules, type RequestDefaults, type RequestLimits, type RequestRules } from './contract/request-rules.ts';
export { summarizeIssues, type RequestIssue } from './contract/request-issue.ts';
export { requestChecker, type RequestChecker, type RequestValidation } from './contract/request-checker.ts';
export { requestSchema, type StandardResult, type StandardSchema } from './contract/request-schema.ts';
export { validateRequest, validateWireRequest } from './contract/validate-request.ts';
export { toWireRequest, type WireRequest } from './contract/wire-request.ts';
export { openApiDocument } from './contract/open-api-document.ts';
export { requestJsonSchema, type JsonObjectSchema } from './contract/request-json-schema.ts';
export { requestWarnings } from './contract/request-warnings.ts';
