import type { Transport } from '@tintype/core/portable';
import type { IExecuteFunctions } from 'n8n-workflow';

interface FullResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

/**
 * Core's requests through n8n's own helper: it adds the token, keeps to the instance's proxy and network rules, and stops
 * when the execution is stopped. It takes no other abort signal, so a deadline goes in as its timeout.
 */
export function createTransport(context: IExecuteFunctions): Transport {
  return async ({ url, method, headers, body, timeoutMs }) => {
    const response = (await context.helpers.httpRequestWithAuthentication.call(context, 'tintypeApi', {
      url,
      method,
      headers: { ...headers },
      ...(body === undefined ? {} : { body }),
      encoding: 'arraybuffer',
      timeout: timeoutMs,
      returnFullResponse: true,
      ignoreHttpStatusErrors: true,
      // The token would travel with a redirect.
      disableFollowRedirect: true,
    })) as FullResponse;
    return { status: response.statusCode, headers: response.headers, body: response.body };
  };
}
