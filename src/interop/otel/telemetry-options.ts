/** Where the spans of runs go, and what may be on them. */

/** One of OpenTelemetry's span exporters. */
export interface TraceExporter {
  export(spans: ExportedSpan[], done: (result: { code: number; error?: Error }) => void): void;
  shutdown(): Promise<void>;
}

/** The part of OpenTelemetry's `ReadableSpan` that tells the two apart; an exporter is given whole ones. */
export interface ExportedSpan {
  readonly name: string;
  readonly attributes: object;
}

export interface TelemetryOptions {
  /** Default: OTLP over HTTP, as the standard `OTEL_…` variables of the process's environment say. It is not shut down with the run. */
  exporter?: TraceExporter;
  /** Of an OTLP receiver: `http://localhost:4318`; `/v1/traces` is added. Default: the environment's, or that one. Not with `exporter`. */
  endpoint?: string;
  /**
   * Whether spans carry what people, models and tools wrote: tasks, prompts, answers, tools' input and output, verdicts' reasons,
   * messages of errors. A team's redaction holds for it. Default: as OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT says; off.
   */
  captureContent?: boolean;
  /** How long a run's end waits at most for its last spans to be sent. Default 2,000. */
  flushMs?: number;
  /** Hears once a run that spans are lost, and why. Default: a warning of the process. */
  onProblem?: (message: string) => void;
}
