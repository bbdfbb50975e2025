/** The whole trace of a stored run, sent at once: of a run whose process was killed, or that ran without a receiver. */
import { readSetup } from '../../engine/run-setup.ts';
import type { Store } from '../../engine/store.ts';
import { PlanwrightError } from '../../errors.ts';
import { capturesContent } from './conventions.ts';
import { RunTreeSpans } from './run-tree-spans.ts';
import { cleanContent } from './span-content.ts';
import { openSpanSender } from './span-sender.ts';
import type { TelemetryOptions } from './telemetry-options.ts';
import type { TraceSpan } from './trace-span.ts';

const defaultFlushMs = 30_000;
/** Sent before the next ones are read. */
const spansAtOnce = 4_096;

export interface ExportedTrace {
  /** 32 hex digits, as trace viewers take it. */
  traceId: string | null;
  spans: number;
  /** Of them, those that no receiver took. */
  lost: number;
}

/**
 * Spans have the ids that they were or would have been sent with live: a receiver that knows them already gets them again.
 * Of a run that has not ended, only what has ended is sent. `flushMs` defaults to 30,000 here, for each 4,096 spans.
 * @throws {PlanwrightError} `run-unknown`; `usage` for the run of a sub-team, without OpenTelemetry's packages, or a bad endpoint.
 */
export async function exportTrace(store: Store, runId: string, telemetry: TelemetryOptions = {}): Promise<ExportedTrace> {
  const record = await store.getRun(runId);
  if (record === undefined) {
    throw new PlanwrightError('run-unknown', `No run "${runId}" in ${store.location}. List the runs with: planwright runs`);
  }
  if (record.parentRunId !== null) {
    throw new PlanwrightError('usage', `Run "${runId}" is that of a sub-team. Export the run it belongs to: ${record.rootRunId}`);
  }
  const sender = await openSpanSender(telemetry, process.env);
  const captures = telemetry.captureContent ?? capturesContent(process.env);
  const spans = await deriveTrace(store, runId);
  for (let at = 0; at < spans.length; at += spansAtOnce) {
    for (const span of spans.slice(at, at + spansAtOnce)) {
      sender.send(span, captures && span.readContent !== undefined ? cleanContent(await span.readContent(store)) : null);
    }
    await sender.flush(telemetry.flushMs ?? defaultFlushMs);
  }
  sender.close();
  return { traceId: spans[0]?.traceId ?? null, spans: spans.length, lost: sender.lost() };
}

/** Everything that has ended, of the run and of the runs below it. */
export async function deriveTrace(store: Store, rootRunId: string): Promise<TraceSpan[]> {
  const record = await store.getRun(rootRunId);
  if (record === undefined) return [];
  const tree = new RunTreeSpans(rootRunId, readSetup(record.setup).team);
  const spans: TraceSpan[] = [];
  const runs = await store.listRuns({ rootRunId });
  for (const { runId } of runs.toSorted((a, b) => a.runId.length - b.runId.length)) {
    spans.push(...tree.enter(runId, await store.readEvents(runId)));
  }
  for (const call of await store.listCalls(rootRunId)) spans.push(...[tree.enterCall(call) ?? []].flat());
  return spans;
}
