// oxlint-disable import/no-unassigned-import -- each file adds its own types and fields to the builder
import { builder } from './builder.ts';
import './scalars.ts';
import './image.ts';
import './job.ts';
import './endpoint.ts';
import './generate-image.ts';
import './enqueue-image.ts';
import './cancel-job.ts';
import './delete-image.ts';

/** The gateway's GraphQL schema, in the order of its declarations; `schema.graphql` in the package is its text. */
export const schema = builder.toSchema({ sortSchema: false });
