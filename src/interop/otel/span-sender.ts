/**
 * Sends spans in the background, in batches. OpenTelemetry's packages are optional, and loaded when the first sender is opened.
 *
 * 1. Nothing here waits for a receiver or throws because of one, but `flush`, which waits no longer than it is told to.
 * 2. What is wrong is told once.
 */
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { systemClock } from '../../clock.ts';
import { PlanwrightError } from '../../errors.ts';
import { type SpanSource, toReadableSpan } from './readable-span.ts';
import type { TelemetryOptions, TraceExporter } from './telemetry-options.ts';
import type { SpanContent, TraceSpan } from './trace-span.ts';

export interface SpanSender {
  send(span: TraceSpan, content: SpanContent | null): void;
  /** @param atMostMs Then it gives up waiting, and says what was not sent. */
  flush(atMostMs: number): Promise<void>;
  /** Spans that no receiver has taken. */
  lost(): number;
  /** To be called when all is flushed. */
  close(): void;
}

/** Of OpenTelemetry's batch processor, by the variables that it is set with. */
const batching = {
  maxQueueSize: ['OTEL_BSP_MAX_QUEUE_SIZE', 16_384],
  maxExportBatchSize: ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512],
  scheduledDelayMillis: ['OTEL_BSP_SCHEDULE_DELAY', 1_000],
  exportTimeoutMillis: ['OTEL_BSP_EXPORT_TIMEOUT', 30_000],
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws {PlanwrightError} `usage` when OpenTelemetry's packages are not installed, or the endpoint is no address. */
export async function openSpanSender(options: TelemetryOptions, env: Environment): Promise<SpanSender> {
  const { processorOf, exporterOf, source } = await loadOpenTelemetry();
  const target = options.exporter ?? exporterOf(options.endpoint);
  const exporter = watchExports(target);
  const processor = processorOf(exporter, {
    maxQueueSize: numberOf(env, batching.maxQueueSize),
    maxExportBatchSize: numberOf(env, batching.maxExportBatchSize),
    scheduledDelayMillis: numberOf(env, batching.scheduledDelayMillis),
    exportTimeoutMillis: numberOf(env, batching.exportTimeoutMillis),
  });
  const tell = options.onProblem ?? ((message: string) => process.emitWarning(message, 'PlanwrightTelemetry'));
  let given = 0;
  let hasTold = false;
  const tellOnce = (problem: string): void => {
    if (hasTold) return;
    hasTold = true;
    tell(`Traces are not whole: ${problem} The run itself is not affected.`);
  };
  exporter.onFailure((reason) => tellOnce(`${reason.replace(/[.\s]+$/, '')}.`));
  return {
    send: (span, content) => {
      given += 1;
      processor.onEnd(toReadableSpan(span, content, source));
    },
    flush: async (atMostMs) => {
      const timer = new AbortController();
      const late = systemClock.sleep(atMostMs, timer.signal).then(
        () => 'late' as const,
        () => 'late' as const,
      );
      // Its failures are told by the exporter's own answers.
      const flushed = processor.forceFlush().then(
        () => 'flushed' as const,
        () => 'flushed' as const,
      );
      await Promise.race([flushed, late]);
      timer.abort();
      const lost = given - exporter.taken();
      if (lost > 0)
        tellOnce(`${lost} of ${given} spans were not taken by their receiver within ${atMostMs} ms of the run's end.`);
    },
    lost: () => given - exporter.taken(),
    close: () => {
      if (options.exporter === undefined) target.shutdown().catch(() => undefined);
    },
  };
}

type Loaded = {
  processorOf: (
    exporter: TraceExporter,
    options: Record<keyof typeof batching, number>,
  ) => { onEnd(span: ReadableSpan): void; forceFlush(): Promise<void> };
  exporterOf: (endpoint: string | undefined) => TraceExporter;
  source: SpanSource;
};

async function loadOpenTelemetry(): Promise<Loaded> {
  try {
    const [{ BatchSpanProcessor }, { OTLPTraceExporter }, resources] = await Promise.all([
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-proto'),
      import('@opentelemetry/resources'),
    ]);
    const { defaultResource, detectResources, envDetector, resourceFromAttributes } = resources;
    const resource = defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'planwright' }))
      .merge(detectResources({ detectors: [envDetector] }));
    return {
      processorOf: (exporter, options) => new BatchSpanProcessor({ ...options, exporter }),
      exporterOf: (endpoint) => new OTLPTraceExporter(endpoint === undefined ? {} : { url: tracesAddress(endpoint) }),
      source: { resource, scope: { name: 'planwright' } },
    };
  } catch (thrown) {
    if (thrown instanceof PlanwrightError) throw thrown;
    throw new PlanwrightError(
      'usage',
      'Traces need OpenTelemetry’s packages, which are not installed: npm install @opentelemetry/api @opentelemetry/sdk-trace @opentelemetry/resources @opentelemetry/exporter-trace-otlp-proto',
      { cause: thrown },
    );
  }
}

/** @throws {PlanwrightError} `usage` */
function tracesAddress(endpoint: string): string {
  if (!/^https?:\/\//i.test(endpoint) || !URL.canParse(endpoint)) {
    throw new PlanwrightError('usage', `"${endpoint}" is no address of an OTLP receiver. Give one like http://localhost:4318.`);
  }
  const url = new URL(endpoint);
  if (!url.pathname.endsWith('/v1/traces')) url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`;
  return url.href;
}

interface WatchedExporter extends TraceExporter {
  taken(): number;
  onFailure(listener: (reason: string) => void): void;
}

function watchExports(exporter: TraceExporter): WatchedExporter {
  let taken = 0;
  let listener: ((reason: string) => void) | null = null;
  return {
    export: (spans, done) => {
      exporter.export(spans, (result) => {
        if (result.code === 0) taken += spans.length;
        else listener?.(result.error?.message ?? 'the exporter failed');
        done(result);
      });
    },
    // The one that was given goes on after the run.
    shutdown: () => Promise.resolve(),
    taken: () => taken,
    onFailure: (hears) => {
      listener = hears;
    },
  };
}

function numberOf(env: Environment, [variable, otherwise]: readonly [string, number]): number {
  const value = Number(env[variable]);
  return Number.isSafeInteger(value) && value > 0 ? value : otherwise;
}
