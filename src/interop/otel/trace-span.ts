/**
 * A span as it is read off a run's journal, before any library of OpenTelemetry sees it. Its ids are derived, never drawn:
 * whichever process exports a span, and however often, it is the same span of the same trace.
 */
import { createHash } from 'node:crypto';
import type { Store } from '../../engine/store.ts';

export type SpanAttributes = Record<string, string | number | boolean | string[]>;

export interface TraceSpan {
  /** 32 hex digits. */
  traceId: string;
  /** 16 hex digits. */
  spanId: string;
  /** null: the root of the trace. */
  parentSpanId: string | null;
  name: string;
  /** `client` for a call to another process. */
  kind: 'internal' | 'client';
  /** ms since the Unix epoch; never outside the parent's, where the parent's are known. */
  startMs: number;
  endMs: number;
  /** Without what people, models and tools wrote. */
  attributes: SpanAttributes;
  /** Low in cardinality. Absent: it is no error. */
  errorType?: string;
  events: SpanEvent[];
  /** Reads what people, models and tools wrote; called only where content is captured. Absent: there is none. */
  readContent?: (store: ContentStore) => Promise<SpanContent>;
}

export interface SpanEvent {
  name: string;
  atMs: number;
  attributes: SpanAttributes;
}

export interface SpanContent {
  attributes: SpanAttributes;
  /** Of the error. */
  message?: string;
}

export type ContentStore = Pick<Store, 'getValue' | 'findCall'>;

/** Run ids may be given, and be given again in another store: the start tells such runs apart. */
export function traceIdOf(rootRunId: string, startedMs: number): string {
  return hash(32, 'trace', rootRunId, String(startedMs));
}

/** `key` names what the span stands for within its trace. */
export function spanIdOf(traceId: string, ...key: string[]): string {
  return hash(16, 'span', traceId, ...key);
}

function hash(digits: number, ...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, digits);
}

/** Times of another machine's clock, and work that ends after it was withdrawn, are kept within the parent. */
export function keepWithin(
  { startMs, endMs }: { startMs: number; endMs: number },
  parent: { startMs: number; endMs: number | null } | undefined,
): { startMs: number; endMs: number } {
  if (parent === undefined) return { startMs, endMs: Math.max(startMs, endMs) };
  const latest = parent.endMs ?? Number.POSITIVE_INFINITY;
  const start = Math.min(Math.max(startMs, parent.startMs), latest);
  return { startMs: start, endMs: Math.max(start, Math.min(endMs, latest)) };
}
