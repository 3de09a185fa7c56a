import { ImageError, type ImageErrorCode } from '@tintype/core/portable';
import { NodeApiError, NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

// The advice of core speaks of a program's options; here it speaks of the node's and the credential's fields.
const advice: Readonly<Partial<Record<ImageErrorCode, string>>> = {
  unauthorized:
    'Open the Tintype credential and paste an Access Token that may call this endpoint. On Hugging Face, make one under Settings → Access Tokens.',
  endpoint_not_found: 'Open the Tintype credential and copy the Endpoint URL whole from the page of the endpoint.',
  endpoint_unavailable:
    'The endpoint is starting or full. Try again in a few minutes, or allow more time: the options Wait for a Cold Start and Timeout.',
  rate_limited: 'Send fewer items at a time with the option Batching, or try again later.',
  overloaded: 'Send fewer items at a time with the option Batching, try again later, or add a replica to the endpoint.',
  timeout:
    'The endpoint may still be working on the picture. Allow more time with the option Timeout, or ask for fewer Inference Steps or a smaller picture.',
};

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
  const description = adviceFor(error);
  if (error.code === 'invalid_request') {
    return new NodeOperationError(node, error.message, { itemIndex, description });
  }
  const apiError = new NodeApiError(
    node,
    { code: error.code },
    {
      itemIndex,
      message: error.message,
      description,
      ...(error.status === undefined ? {} : { httpCode: String(error.status) }),
    },
  );
  // n8n puts a stock sentence in place of any message that holds a network error's code.
  apiError.message = error.message;
  return apiError;
}

/** What to do about an error of core, in the words of the panel. */
export function adviceFor({ code, hint }: ImageError): string {
  if (code === 'network') return `${hint} The Endpoint URL is in the Tintype credential.`;
  return advice[code] ?? hint;
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
