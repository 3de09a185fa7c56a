/**
 * The client for Node: contract, images, errors, and undici inside, loaded on first use.
 * @module
 */
import './platform/node/require-node.ts';
export {
  createImageClient,
  type ImageClientOptions,
  type NodeImageClient,
} from './platform/node/create-image-client.ts';
export type { SavedImage } from './platform/node/save-image.ts';
export { markImage, readDigitalSource } from './image/mark-image.ts';
export * from './contract.ts';
export * from './shared.ts';
