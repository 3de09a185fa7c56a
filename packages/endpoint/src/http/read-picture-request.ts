import {
  requestWarnings,
  summarizeIssues,
  validateRequest,
  validateWireRequest,
  type RequestLimits,
  type RequestRules,
} from '@tintype/core/contract';
import type { ModelDefaults } from '../pipeline/model-card.ts';
import { HttpError } from './http-error.ts';
import type { PictureRequest } from './picture-request.ts';
import { readExtraFields } from './read-extra-fields.ts';

export interface ReadPictureRequestOptions {
  readonly body: Readonly<Record<string, unknown>>;
  readonly userAgent: string | undefined;
  /** Whether the `Accept` header names a type of picture. */
  readonly namesPicture: boolean;
  readonly limits: RequestLimits;
  /** Used in the dialect that lets fields be left out. */
  readonly defaults: ModelDefaults;
}

/**
 * Reads a request in either dialect: the Inference API's own, with its fields side by side; or that of the default
 * text-to-image pipeline, with `parameters: {…}`, every one of which may be left out.
 *
 * @throws HttpError 400 with all problems in one message
 */
export function readPictureRequest(options: ReadPictureRequestOptions): PictureRequest {
  const { body, limits, defaults } = options;
  const usesParameters = 'parameters' in body || leavesParametersOut(options);
  const checked = usesParameters
    ? validateRequest(flattened(body), pipelineRules(limits, defaults))
    : validateWireRequest(body, { limits });
  const extra = readExtraFields(checked.ok ? checked.request.extra : usesParameters ? flattened(body) : body);
  const problems = [...(checked.ok ? [] : [summarizeIssues(checked.issues)]), ...extra.problems];
  if (!checked.ok || problems.length > 0) throw new HttpError(400, problems.join(' '));
  const { extra: _extra, ...fields } = checked.request;
  return {
    fields,
    ...(extra.seed === undefined ? {} : { seed: extra.seed }),
    ...(extra.scheduler === undefined ? {} : { scheduler: extra.scheduler }),
    warnings: [...requestWarnings(checked.request), ...extra.warnings],
    prefersBytes: usesParameters,
  };
}

/**
 * Hugging Face's clients leave `parameters` out where they have none. Those in Python name the type of picture, which only
 * the default pipeline can answer with; the one in JavaScript names itself.
 */
function leavesParametersOut({ body, userAgent, namesPicture }: ReadPictureRequestOptions): boolean {
  if (Object.keys(body).join() !== 'inputs') return false;
  return namesPicture || userAgent?.startsWith('@huggingface/inference/') === true;
}

function flattened(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { parameters, ...others } = body;
  if (parameters === undefined || parameters === null) return others;
  if (typeof parameters !== 'object' || Array.isArray(parameters)) {
    throw new HttpError(
      400,
      'parameters must be an object such as {"width": 512, "height": 512}. Leave it out to use the fields side by side.',
    );
  }
  return { ...others, ...parameters };
}

function pipelineRules(limits: RequestLimits, defaults: ModelDefaults): RequestRules {
  return {
    limits,
    defaults,
    names: {
      prompt: 'inputs',
      negativePrompt: 'negative_prompt',
      width: 'width',
      height: 'height',
      guidanceScale: 'guidance_scale',
      inferenceSteps: 'num_inference_steps',
    },
    unknown: 'extra',
  };
}
