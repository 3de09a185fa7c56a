import type { ResolvedRequest } from './image-request.ts';

/** What is legal but will not do what its author expects. */
export function requestWarnings(request: ResolvedRequest): readonly string[] {
  // diffusers turns classifier-free guidance off at a scale of 1 or less, and the negative prompt is its other half.
  if (request.negativePrompt === undefined || request.guidanceScale > 1) return [];
  return [
    `The negative prompt has no effect: a guidance scale of ${request.guidanceScale} turns guidance off. Use more than 1.`,
  ];
}
