import { huggingFace } from './hugging-face.ts';
import { inferenceApi } from './inference-api.ts';
import { openAiImages } from './openai-images.ts';
import type { Protocol } from './protocol.ts';

/** The name of a protocol. */
export type ProtocolName = 'inference-api' | 'hugging-face' | 'openai';

/** Every protocol that the client speaks, the default first. */
export const protocols: readonly (Protocol & { readonly name: ProtocolName })[] = [
  inferenceApi,
  huggingFace,
  openAiImages,
];

/** Every name, the default first. */
export const protocolNames: readonly ProtocolName[] = protocols.map(({ name }) => name);
