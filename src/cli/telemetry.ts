/** Where a command sends the spans of the runs that it drives: what --otlp says, else what the environment says, else nowhere. */
import type { TelemetryOptions } from '../index.ts';
import type { CliIo } from './io.ts';

export interface TelemetryFlags {
  otlp?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const packages = ['@opentelemetry/sdk-trace', '@opentelemetry/resources', '@opentelemetry/exporter-trace-otlp-proto'];

/** @returns an option for `runTask`, or none. */
export function telemetryFor(
  io: CliIo,
  { otlp }: TelemetryFlags,
  env: Environment = process.env,
): { telemetry?: TelemetryOptions } {
  const onProblem = (message: string): void => io.note(`${message}\n`);
  if (otlp !== undefined) return { telemetry: { endpoint: otlp, onProblem } };
  if (!isAskedFor(env)) return {};
  // The variables may be set for every program of a machine: they are no reason to run nothing.
  if (!packages.every(isInstalled)) {
    io.note(`An OTLP endpoint is set, and no trace is sent: npm install @opentelemetry/api ${packages.join(' ')}\n`);
    return {};
  }
  return { telemetry: { onProblem } };
}

/** By the standard variables. */
function isAskedFor(env: Environment): boolean {
  const { OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT } = env;
  if (OTEL_SDK_DISABLED?.toLowerCase() === 'true' || OTEL_TRACES_EXPORTER === 'none') return false;
  return (OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? '') !== '' || (OTEL_EXPORTER_OTLP_ENDPOINT ?? '') !== '';
}

function isInstalled(name: string): boolean {
  try {
    import.meta.resolve(name);
    return true;
  } catch {
    return false;
  }
}
