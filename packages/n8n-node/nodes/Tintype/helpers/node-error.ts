import { explain, ImageError, type Explanation, type OptionNames } from '@tintype/core/portable';
import { NodeApiError, NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

/** What core's options are called in the panel. */
const names: OptionNames = {
  endpoint: 'the Endpoint URL in the Tintype credential',
  token: 'the Access Token in the Tintype credential',
  concurrency: 'the option Batching',
  'timeout.attempt': 'the option Timeout',
  'timeout.total': 'the option Timeout',
  'retry.waitForColdStart': 'the option Wait for a Cold Start',
};

/** An error of core, in the words of the panel. */
export function inPanel(error: ImageError): Explanation {
  return explain(error, 'n8n', names);
}

/** What n8n shows for anything that went wrong with one item: what happened, and under it what to do. */
export function nodeErrorOf(
  context: IExecuteFunctions,
  error: unknown,
  itemIndex: number,
): NodeApiError | NodeOperationError {
  if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
  const node = context.getNode();
  if (!ImageError.isInstance(error)) {
    return new NodeOperationError(node, error instanceof Error ? error : String(error), { itemIndex });
  }
  const { message, hint: description } = inPanel(error);
  if (error.code === 'invalid_request') {
    return new NodeOperationError(node, message, { itemIndex, description });
  }
  const apiError = new NodeApiError(
    node,
    { code: error.code },
    {
      itemIndex,
      message,
      description,
      ...(error.status === undefined ? {} : { httpCode: String(error.status) }),
    },
  );
  // n8n puts a stock sentence in place of any message that holds a network error's code.
  apiError.message = message;
  return apiError;
}

/** The facts about a failed item, for the workflow that goes on after it. n8n's error output takes just these members. */
export function errorFacts(
  error: NodeApiError | NodeOperationError,
  cause: unknown,
): { error: string; details: object } {
  const known = ImageError.isInstance(cause) ? cause : undefined;
  // The node's own checks are core's, in n8n's error class.
  const code = known?.code ?? (cause instanceof NodeOperationError ? 'invalid_request' : 'unknown');
  return {
    error: error.message,
    details: {
      code,
      hint: error.description ?? '',
      retryable: known?.retryable ?? false,
      ...(known?.status === undefined ? {} : { status: known.status }),
      attempts: known?.attempts.length ?? 0,
      mayHaveRun: known?.attempts.some((attempt) => attempt.mayHaveRun) ?? false,
    },
  };
}
