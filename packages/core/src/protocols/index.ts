import { huggingFace } from './hugging-face.ts';
import { inferenceApi } from './inference-api.ts';
import { openAiImages } from './openai-images.ts';

/** Every protocol that the client speaks, the default first. */
export const protocols = [inferenceApi, huggingFace, openAiImages] as const;

/** The name of a protocol. */
export type ProtocolName = (typeof protocols)[number]['name'];

/** Every name, the default first. */
export const protocolNames: readonly ProtocolName[] = protocols.map(({ name }) => name);
