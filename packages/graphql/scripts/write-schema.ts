import { writeFileSync } from 'node:fs';
import { printGatewaySchema } from '../src/schema/print-gateway-schema.ts';

writeFileSync(new URL('../schema.graphql', import.meta.url), printGatewaySchema());
