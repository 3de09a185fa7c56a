/**
 * A GraphQL gateway before an inference endpoint: jobs, pictures and safety on one machine.
 * @module
 */
export { createGateway, type Gateway } from './gateway/create-gateway.ts';
export type { Listening } from './gateway/listen.ts';
export type { ApiKey, EndpointOptions, GatewayOptions } from './gateway/gateway-options.ts';
export { ConfigurationError } from './gateway/configuration-error.ts';
export { StoreError } from './gateway/store-error.ts';
export { exampleMutation } from './http/graphiql-page.ts';
