import type { RequestLimits } from '@tintype/core/contract';
import type { ModelCard } from '../pipeline/model-card.ts';

/** More than any scheduler gains from. */
const maxInferenceSteps = 500;
/** Beyond some 30 every model only saturates. */
const maxGuidanceScale = 100;
/** Pixels along a side of an image that is resampled. */
const maxResampledSide = 2048;
/** A model drawing at the size asked for needs memory with the square of the pixels: one and a half times its side. */
const maxNativeGrowth = 1.5 ** 2;

/** The upper bounds of a request to a model, its owner's over ours. */
export function requestLimits(card: ModelCard, own: RequestLimits = {}): RequestLimits {
  const { width, height } = card.defaults;
  const size =
    card.nativeSizes === undefined
      ? { maxPixels: width * height * maxNativeGrowth, sizeMultiple: card.sizeMultiple }
      : { maxWidth: maxResampledSide, maxHeight: maxResampledSide };
  return { maxInferenceSteps, maxGuidanceScale, ...size, ...own };
}
