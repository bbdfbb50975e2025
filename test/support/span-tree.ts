/** Received spans as a tree, to be compared at a glance. */
import type { ReceivedSpan } from './protobuf.ts';

/** One line a span, children below their parents by their start, then their end, then by name; two spaces a level. */
export function drawSpans(spans: readonly ReceivedSpan[], tell: (span: ReceivedSpan) => string = ({ name }) => name): string[] {
  const children = Map.groupBy(spans, ({ parentSpanId }) => parentSpanId);
  const draw = (parent: string, depth: number): string[] =>
    (children.get(parent) ?? [])
      .toSorted((a, b) => Number(a.startNs - b.startNs) || Number(a.endNs - b.endNs) || (a.name < b.name ? -1 : 1))
      .flatMap((span) => [`${'  '.repeat(depth)}${tell(span)}`, ...draw(span.spanId, depth + 1)]);
  return draw('', 0);
}

/** What is wrong with them as one trace: nothing, it is hoped. */
export function findFaults(spans: readonly ReceivedSpan[]): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const faults: string[] = [];
  if (byId.size !== spans.length) faults.push(`${spans.length - byId.size} spans came twice`);
  if (new Set(spans.map(({ traceId }) => traceId)).size !== 1) faults.push('more than one trace');
  if (spans.filter(({ parentSpanId }) => parentSpanId === '').length !== 1) faults.push('not one root');
  for (const { name, parentSpanId, startNs, endNs } of spans) {
    if (endNs < startNs) faults.push(`${name} ends before it starts`);
    if (parentSpanId === '') continue;
    const parent = byId.get(parentSpanId);
    if (parent === undefined) faults.push(`${name} has no parent`);
    else if (startNs < parent.startNs || endNs > parent.endNs) faults.push(`${name} is not within ${parent.name}`);
  }
  return faults;
}

export const sumOf = (spans: readonly ReceivedSpan[], attribute: string): number =>
  spans.reduce((sum, { attributes }) => sum + (typeof attributes[attribute] === 'number' ? attributes[attribute] : 0), 0);
