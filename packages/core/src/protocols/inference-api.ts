import { toWireRequest } from '../contract/wire-request.ts';
import { commonPlaces, healthBeside, type Protocol } from './protocol.ts';

/** The contract: its fields side by side, `{"image": "<base64>"}` back. */
export const inferenceApi = {
  name: 'inference-api',
  needsModel: false,
  // The toolkit compares it letter by letter.
  accept: 'application/json',
  imagePlaces: commonPlaces,
  causes: {},
  requestUrl: (endpoint) => endpoint,
  healthUrl: healthBeside,
  body: toWireRequest,
} as const satisfies Protocol;
