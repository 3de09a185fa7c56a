import type { LastingWorker } from '../worker/lasting-worker.ts';
import type { DrawRequest } from './read-draw-request.ts';
import { encodeImage, type ImageFormat } from '../image/encode-image.ts';
import type { ModelCard } from '../pipeline/model-card.ts';
import { nearestNativeSize, type Size } from '../image/size.ts';
import { suggestWord, unknownWords } from '../pipeline/unknown-words.ts';
import { schedulers } from '../schedulers/create-scheduler.ts';

export interface DrawImageOptions {
  readonly worker: LastingWorker;
  readonly card: ModelCard;
  readonly request: DrawRequest;
  readonly seed: bigint;
  readonly format: ImageFormat;
  readonly signal: AbortSignal;
  readonly onStep: (done: number, total: number) => void;
}

/** A finished image and what is to be said about it. */
export interface FinishedImage {
  readonly bytes: Uint8Array;
  readonly size: Size;
  /** The size it was drawn at; it was resampled where the size asked for is another. */
  readonly nativeSize: Size;
  readonly warnings: readonly string[];
}

/** Draws an image at the model's nearest native size and encodes it at exactly the size asked for. */
export async function drawImage(options: DrawImageOptions): Promise<FinishedImage> {
  const { worker, card, request, seed, format, signal, onStep } = options;
  const { prompt, negativePrompt, width, height, guidanceScale, inferenceSteps } = request.fields;
  const asked = { width, height };
  const native = card.nativeSizes === undefined ? asked : nearestNativeSize(asked, card.nativeSizes);
  const scheduler = request.scheduler ?? card.scheduler;
  const drawn = await worker.draw(
    {
      prompt,
      negativePrompt: negativePrompt ?? '',
      ...native,
      guidanceScale,
      steps: inferenceSteps,
      seed,
      scheduler,
    },
    { signal, onStep },
  );
  const bytes = await encodeImage({
    pixels: drawn.pixels,
    drawn: { width: drawn.width, height: drawn.height },
    asked,
    format,
    parameters: {
      prompt,
      ...(negativePrompt === undefined ? {} : { negativePrompt }),
      settings: {
        Steps: String(inferenceSteps),
        Sampler: schedulers[scheduler].label,
        'CFG scale': String(guidanceScale),
        Seed: String(seed),
        Size: `${width}x${height}`,
        Model: card.name,
        Version: 'tintype',
      },
    },
  });
  return {
    bytes,
    size: asked,
    nativeSize: { width: drawn.width, height: drawn.height },
    warnings: [...request.warnings, ...vocabularyWarnings(request, card), ...drawn.warnings, ...card.notes],
  };
}

function vocabularyWarnings({ fields }: DrawRequest, { name, vocabulary }: ModelCard): readonly string[] {
  if (vocabulary === undefined) return [];
  const unknown = unknownWords(`${fields.prompt} ${fields.negativePrompt ?? ''}`, vocabulary);
  if (unknown.length === 0) return [];
  const shown = unknown.slice(0, 20).map((word) => {
    const suggestion = suggestWord(word, vocabulary);
    return `"${word.slice(0, 40)}"${suggestion === undefined ? '' : ` (did you mean "${suggestion}"?)`}`;
  });
  const more = unknown.length - shown.length;
  return [
    `${name} does not know these words and ignores them: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`,
  ];
}
