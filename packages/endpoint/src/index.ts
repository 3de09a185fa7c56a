/**
 * The Inference API, served locally by a real latent diffusion pipeline.
 * @module
 */
import './require-node.ts';
export { createEndpoint, type Endpoint } from './create-endpoint.ts';
export type { EndpointEffects } from './endpoint-effects.ts';
export type { EndpointEvent } from './endpoint-event.ts';
export type { EndpointOptions } from './endpoint-options.ts';
export type { FailurePlan, FaultOptions } from './faults/fault-plan.ts';
export type { PictureFormat } from './picture/encode-picture.ts';
export type { ModelCard, ModelDefaults, Size } from './pipeline/model-card.ts';
export { ModelError } from './pipeline/model-error.ts';
export { schedulerNames, type SchedulerName } from './schedulers/create-scheduler.ts';
