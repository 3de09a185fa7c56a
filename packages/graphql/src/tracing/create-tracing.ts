import { createRequire } from 'node:module';
import type * as Api from '@opentelemetry/api';
import { createOpenTelemetryTracing, type TracingOptions } from './opentelemetry-tracing.ts';
import { noTracing, type Tracing } from './tracing.ts';

/** Tracing through OpenTelemetry, if it is installed and its SDK was started before; else none, at no cost. */
export function createTracing(options: TracingOptions): Tracing {
  const api = loadApi();
  return api !== undefined && isStarted(api) ? createOpenTelemetryTracing(api, options) : noTracing;
}

function loadApi(): typeof Api | undefined {
  try {
    return createRequire(import.meta.url)('@opentelemetry/api') as typeof Api;
  } catch {
    return undefined;
  }
}

/** A provider that nobody has registered hands everything to the one that does nothing. */
function isStarted({ trace, ProxyTracerProvider }: typeof Api): boolean {
  const provider = trace.getTracerProvider();
  const nothing = new ProxyTracerProvider().getDelegate();
  return !(provider instanceof ProxyTracerProvider && provider.getDelegate() === nothing);
}
