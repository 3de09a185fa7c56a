import type { ResolvedRequest } from './image-request.ts';
import { requestFieldNames, requestFields, type FieldDeclaration } from './request-fields.ts';

/** The JSON body that the Inference API takes; other members are a handler's own. */
export interface WireRequest {
  readonly inputs: string;
  readonly negative_prompt?: string;
  readonly height: number;
  readonly width: number;
  readonly guidance_scale: number;
  readonly inference_steps: number;
  readonly [extra: string]: unknown;
}

/**
 * The request by the names of the wire.
 *
 * @example
 * toWireRequest({ prompt: 'a red fox', width: 512, height: 512, guidanceScale: 7.5, inferenceSteps: 25, extra: { seed: 7 }, given: ['prompt'] });
 * // { seed: 7, inputs: 'a red fox', width: 512, height: 512, guidance_scale: 7.5, inference_steps: 25 }
 */
export function toWireRequest(request: ResolvedRequest): WireRequest {
  const body: Record<string, unknown> = { ...request.extra };
  for (const field of requestFieldNames) {
    if (request[field] !== undefined) body[requestFields[field].wire] = request[field];
  }
  return body as WireRequest;
}

/** The parameters of a diffusers pipeline, by its names: the fields that were given, without the prompt. */
export function pipelineParameters(request: ResolvedRequest): Readonly<Record<string, string | number | undefined>> {
  return Object.fromEntries(
    request.given
      .filter((field) => field !== 'prompt' && request[field] !== undefined)
      .map((field) => {
        const declaration: FieldDeclaration = requestFields[field];
        return [declaration.pipeline ?? declaration.wire, request[field]];
      }),
  );
}
