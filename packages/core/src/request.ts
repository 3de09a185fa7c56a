/** The part of the contract that every entrance gives: the fields, and whether a request is one. */
export type { ExtraFields, ImageRequest, ResolvedRequest } from './contract/image-request.ts';
export type { RequestValidation } from './contract/request-checker.ts';
export {
  extraField,
  requestFieldNames,
  requestFields,
  type FieldDeclaration,
  type RequestFieldName,
} from './contract/request-fields.ts';
export { summarizeIssues, type RequestIssue } from './contract/request-issue.ts';
export type { RequestDefaults, RequestLimits, RequestRules } from './contract/request-rules.ts';
export { validateRequest } from './contract/validate-request.ts';
