/**
 * A provider for the AI SDK: `generateImage` of the package `ai`, drawn by your own endpoint.
 * @module
 */
export { tintype, type TintypeProvider, type TintypeProviderOptions } from './ai-sdk/tintype-provider.ts';
