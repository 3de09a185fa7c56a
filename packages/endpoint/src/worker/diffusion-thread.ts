/**
 * The worker thread's own program. `session.run` of onnxruntime-node keeps its thread busy for a whole step, so the
 * pipeline lives here and the server's thread stays free to respond.
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { DiffusionPipeline } from '../pipeline/diffusion-pipeline.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './messages.ts';

const port = parentPort;
if (port === null) throw new Error('diffusion-thread runs in a worker thread only.');
const { model, threads } = workerData as WorkerSetup;

const pipeline = await load();
if (pipeline === undefined) port.close();
else {
  port.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'draw':
        void draw(pipeline, message);
        return;
      case 'close':
        void pipeline.release().finally(() => port.close());
        return;
    }
  });
  tell({ type: 'loaded', card: pipeline.card });
}

async function load(): Promise<DiffusionPipeline | undefined> {
  try {
    return await DiffusionPipeline.load(model, { threads });
  } catch (error) {
    tell({ type: 'load-failed', ...described(error) });
    return undefined;
  }
}

async function draw(ready: DiffusionPipeline, message: Extract<ToWorker, { type: 'draw' }>): Promise<void> {
  const { id, job, canceled } = message;
  try {
    const image = await ready.draw(job, {
      isCanceled: () => Atomics.load(canceled, 0) === 1,
      onStep: (done, total) => tell({ type: 'step', id, done, total }),
    });
    tell({ type: 'drawn', id, image });
  } catch (error) {
    tell({ type: 'draw-failed', id, ...described(error) });
  }
}

function tell(message: FromWorker): void {
  port?.postMessage(message);
}

function described(error: unknown): { readonly kind: string; readonly message: string } {
  return error instanceof Error
    ? { kind: error.name, message: error.message }
    : { kind: 'Error', message: String(error) };
}
