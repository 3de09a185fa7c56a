/**
 * The client for Node: contract, pictures, errors, and undici inside, loaded on first use.
 * @module
 */
import './node/require-node.ts';
export { createImageClient, type ImageClientOptions, type NodeImageClient } from './node/create-image-client.ts';
export type { SavedImage } from './node/save-picture.ts';
export { markImage, readDigitalSource } from './image/mark-image.ts';
export * from './contract.ts';
export * from './shared.ts';
