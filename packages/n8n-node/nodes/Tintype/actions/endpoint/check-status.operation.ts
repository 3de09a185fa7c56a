import { ImageError, type ImageErrorCode, type Transport } from '@tintype/core/portable';
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { inPanel } from '../../helpers/node-error.ts';
import { createNodeClient } from '../../transport/create-node-client.ts';

/** What an IF or Switch node can ask for. */
type Status = 'failed' | 'paused' | 'ready' | 'starting' | 'tokenRefused' | 'unreachable';

const statusOfCode: Readonly<Partial<Record<ImageErrorCode, Status>>> = {
  unauthorized: 'tokenRefused',
  endpoint_unavailable: 'starting',
  overloaded: 'starting',
  endpoint_paused: 'paused',
  endpoint_failed: 'failed',
  network: 'unreachable',
  timeout: 'unreachable',
};

const longestAnswerMs = 30_000;

/** Asks the endpoint's health route once. Whatever it answers is the result: only a run that cannot ask fails. */
export async function* execute(this: IExecuteFunctions, itemIndex: number): AsyncGenerator<INodeExecutionData, void> {
  const startedAt = Date.now();
  const { status, statusCode = null, message } = await askOnce(this, itemIndex);
  yield { json: { status, ready: status === 'ready', statusCode, message, durationMs: Date.now() - startedAt } };
}

interface Finding {
  readonly status: Status;
  readonly statusCode?: number | undefined;
  readonly message: string;
}

async function askOnce(context: IExecuteFunctions, itemIndex: number): Promise<Finding> {
  const client = await createNodeClient(context, itemIndex, { wrap: withoutHolding });
  const firstAnswer = new AbortController();
  const cancel = context.getExecutionCancelSignal();
  let waitingStatus: number | undefined;
  const outcome = await client
    .waitUntilReady({
      signal: cancel === undefined ? firstAnswer.signal : AbortSignal.any([cancel, firstAnswer.signal]),
      timeout: { total: longestAnswerMs },
      onEvent: (event) => {
        if (event.type !== 'waiting') return;
        waitingStatus = event.status;
        firstAnswer.abort();
      },
    })
    .then(
      ({ status }): Finding => ({ status: 'ready', statusCode: status, message: 'The endpoint is ready.' }),
      (error: unknown) => ({ error }),
    );
  if (!('error' in outcome)) return outcome;
  const { error } = outcome;
  const known = ImageError.isInstance(error) ? error : undefined;
  const status = known === undefined ? undefined : statusOfCode[known.code];
  if (waitingStatus !== undefined || status === 'starting') {
    return {
      status: 'starting',
      statusCode: waitingStatus ?? known?.status,
      message: 'The endpoint is asleep, starting or full. Use Wake Up to start it and wait until it is ready.',
    };
  }
  if (known === undefined || status === undefined) throw error;
  const { message, hint } = inPanel(known);
  return { status, statusCode: known.status, message: `${message} ${hint}` };
}

/** Without this header a proxy answers at once, instead of holding the question until a replica has started. */
function withoutHolding(transport: Transport): Transport {
  return async (request) => {
    const headers = Object.entries(request.headers).filter(([name]) => name !== 'x-scale-up-timeout');
    return await transport({ ...request, headers: Object.fromEntries(headers) });
  };
}
