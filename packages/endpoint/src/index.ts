/**
 * The Inference API, served locally by a real latent diffusion pipeline.
 * @module
 */
import './require-node.ts';
export { createEndpoint, type Endpoint } from './server/create-endpoint.ts';
export type { EndpointEffects } from './server/endpoint-effects.ts';
export type { EndpointEvent } from './server/endpoint-event.ts';
export type { EndpointOptions } from './server/endpoint-options.ts';
export type { FailurePlan, FaultOptions } from './faults/fault-plan.ts';
export type { ImageFormat } from './image/encode-image.ts';
export type { ModelCard, ModelDefaults } from './pipeline/model-card.ts';
export type { Size } from './image/size.ts';
export { ModelError } from './pipeline/model-error.ts';
export { schedulerNames, type SchedulerName } from './schedulers/create-scheduler.ts';
