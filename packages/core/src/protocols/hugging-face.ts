import { pipelineParameters } from '../contract/wire-request.ts';
import { commonPlaces, healthBeside, type Protocol } from './protocol.ts';

/**
 * Hugging Face's default text-to-image pipeline and its router: `{inputs, parameters: {…}}`, with the fields that were
 * given. The image comes back as bytes; the default container responds with a bare string where JSON is asked for.
 */
export const huggingFace = {
  name: 'hugging-face',
  needsModel: false,
  // The toolkit compares it letter by letter; it may send a JPEG all the same.
  accept: 'image/png',
  imagePlaces: commonPlaces,
  causes: {},
  requestUrl: (endpoint) => endpoint,
  healthUrl: healthBeside,
  body: (request) => ({
    inputs: request.prompt,
    parameters: { ...request.extra, ...pipelineParameters(request) },
  }),
} as const satisfies Protocol;
