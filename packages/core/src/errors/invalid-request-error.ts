import { summarizeIssues, type RequestIssue } from '../contract/request-issue.ts';
import { ImageError } from './image-error.ts';

/** The request was refused before anything was sent; `issues` names every problem. */
export class InvalidRequestError extends ImageError {
  override readonly name = 'InvalidRequestError';
  declare readonly code: 'invalid_request';
  /** Every problem: where, what was got, what is allowed. */
  readonly issues: readonly RequestIssue[];

  constructor(issues: readonly RequestIssue[]) {
    super({ code: 'invalid_request', message: summarizeIssues(issues) });
    this.issues = issues;
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), issues: this.issues };
  }
}
