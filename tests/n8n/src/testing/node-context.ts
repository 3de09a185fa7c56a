import { createRequire } from 'node:module';
import type * as N8nWorkflow from 'n8n-workflow';
import type { IBinaryData, IHttpRequestOptions, INode } from 'n8n-workflow';

// The CommonJS copy: the one that the packed node loads, and so the same error classes.
const { NodeApiError } = createRequire(import.meta.url)('n8n-workflow') as typeof N8nWorkflow;

type Parameters = Readonly<Record<string, unknown>>;

export interface ContextOptions {
  readonly url: string;
  readonly accessToken?: string;
  /** What the node's panel holds; a function stands for an expression and is called with the item's index. */
  readonly parameters: Parameters;
  /** How many items come in. @default 1 */
  readonly items?: number;
  readonly continueOnFail?: boolean;
  readonly signal?: AbortSignal;
}

export interface Hint {
  readonly message: string;
}

/** What n8n gives a node to run in, by hand: real HTTP to the endpoint, and n8n's own habits where a node depends on them. */
export function createNodeContext(options: ContextOptions) {
  const { url, accessToken = 'hf_test', parameters, items = 1, continueOnFail = false, signal } = options;
  const node: INode = {
    id: '1',
    name: 'Tintype',
    type: 'n8n-nodes-tintype.tintype',
    typeVersion: 1,
    position: [0, 0],
    parameters: {},
  };
  const hints: Hint[] = [];
  return {
    hints,
    getInputData: () => Array.from({ length: items }, (_, index) => ({ json: { index } })),
    getNode: () => node,
    continueOnFail: () => continueOnFail,
    getExecutionCancelSignal: () => signal,
    addExecutionHints: (...more: Hint[]) => void hints.push(...more),
    getCredentials: async () => ({ url, accessToken }),
    getNodeParameter: (name: string, itemIndex: number, fallback?: unknown) => {
      const value = resolve(get(parameters, name.split('.')), itemIndex) ?? fallback;
      if (value === undefined) throw new Error(`Could not get parameter "${name}"`);
      return value;
    },
    helpers: {
      prepareBinaryData: async (bytes: Buffer, fileName: string, mimeType: string): Promise<IBinaryData> => ({
        data: bytes.toString('base64'),
        fileName,
        mimeType,
        fileExtension: fileName.slice(fileName.lastIndexOf('.') + 1),
        fileSize: `${bytes.byteLength} B`,
      }),
      httpRequestWithAuthentication: async (credential: string, request: IHttpRequestOptions) => {
        if (credential !== 'tintypeApi') throw new Error(`The node asked for the credential ${credential}`);
        return await send(node, accessToken, request, signal);
      },
    },
  };
}

async function send(node: INode, token: string, request: IHttpRequestOptions, cancel: AbortSignal | undefined) {
  const deadline = AbortSignal.timeout(request.timeout ?? 300_000);
  try {
    const response = await fetch(request.url, {
      method: request.method ?? 'GET',
      headers: { ...(request.headers as Record<string, string>), Authorization: `Bearer ${token}` },
      ...(request.body === undefined ? {} : { body: request.body as string }),
      redirect: request.disableFollowRedirect === true ? 'manual' : 'follow',
      signal: cancel === undefined ? deadline : AbortSignal.any([deadline, cancel]),
    });
    const body = Buffer.from(await response.arrayBuffer());
    return { statusCode: response.status, headers: Object.fromEntries(response.headers), body };
  } catch (error) {
    // n8n throws a NodeApiError whose httpCode is the network's code, and ECONNABORTED for its own timeout.
    const code = deadline.aborted ? 'ECONNABORTED' : networkCode(error);
    throw new NodeApiError(node, { message: `request to ${request.url} broke: ${code}` }, { httpCode: code });
  }
}

function networkCode(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (typeof cause === 'object' && cause !== null && 'code' in cause) {
    return cause.code === 'UND_ERR_SOCKET' ? 'ECONNRESET' : String(cause.code);
  }
  return 'ERR_CANCELED';
}

function get(value: unknown, path: readonly string[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  return typeof value === 'object' && value !== null ? get((value as Parameters)[first], rest) : undefined;
}

function resolve(value: unknown, itemIndex: number): unknown {
  return typeof value === 'function' ? (value as (itemIndex: number) => unknown)(itemIndex) : value;
}
