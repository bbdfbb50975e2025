/** A span of the journal as OpenTelemetry's exporters take it. */
import type { Attributes, HrTime } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { errorType } from './conventions.ts';
import type { SpanContent, TraceSpan } from './trace-span.ts';

// Numbers of OpenTelemetry's API: its enums would load the package.
const kinds = { internal: 0, client: 2 } as const;
const statusUnset = 0;
const statusError = 2;
const sampled = 1;

export interface SpanSource {
  resource: Resource;
  scope: { name: string };
}

export function toReadableSpan(span: TraceSpan, content: SpanContent | null, { resource, scope }: SpanSource): ReadableSpan {
  const { traceId, spanId, parentSpanId, name, startMs, endMs, errorType: failed } = span;
  const contextOf = (id: string) => ({ traceId, spanId: id, traceFlags: sampled });
  const attributes: Attributes = {
    ...span.attributes,
    ...(failed === undefined ? {} : { [errorType]: failed }),
    ...content?.attributes,
  };
  const message = content?.message === undefined ? {} : { message: content.message };
  return {
    name,
    kind: kinds[span.kind],
    spanContext: () => contextOf(spanId),
    ...(parentSpanId === null ? {} : { parentSpanContext: contextOf(parentSpanId) }),
    startTime: toHrTime(startMs),
    endTime: toHrTime(endMs),
    duration: toHrTime(endMs - startMs),
    status: failed === undefined ? { code: statusUnset } : { code: statusError, ...message },
    attributes,
    links: [],
    events: span.events.map((event) => ({ name: event.name, time: toHrTime(event.atMs), attributes: event.attributes })),
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function toHrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
