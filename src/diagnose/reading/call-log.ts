/** Every tool call of a trace with what came back. */
import type { Trace, TraceStep } from '../trace.ts';

export interface LoggedCall {
  /** The step that made it, and its place among the steps from 0. */
  step: TraceStep;
  at: number;
  tool: string;
  input: string;
  /** null: nothing came back. */
  result: string | null;
  failed: boolean;
}

/** In order. A result belongs to the call that it names; without a name, to the oldest open call before it. */
export function logCalls(trace: Trace): LoggedCall[] {
  const calls: LoggedCall[] = [];
  const byId = new Map<string, LoggedCall>();
  let open: LoggedCall[] = [];
  for (const [at, step] of trace.steps.entries()) {
    if (step.kind === 'message' && step.calls.length > 0) {
      open = [];
      for (const { id, tool, input } of step.calls) {
        const call: LoggedCall = { step, at, tool, input, result: null, failed: false };
        calls.push(call);
        if (id === null) open.push(call);
        else byId.set(id, call);
      }
    }
    if (step.kind !== 'result' || step.result === null) continue;
    const { callId, failed } = step.result;
    const call = (callId === null ? undefined : byId.get(callId)) ?? open.shift();
    if (call === undefined || call.result !== null) continue;
    call.result = step.text;
    call.failed = failed;
  }
  return calls;
}

/** Whether calls of tools stand in the trace as such: only then does a missing one say anything. */
export function hasReceipts(trace: Trace): boolean {
  return (
    trace.layout === 'planwright' ||
    (trace.tools !== null && trace.tools.length > 0) ||
    [...trace.agents.values()].some(({ tools }) => tools !== null && tools.length > 0) ||
    trace.steps.some(({ calls }) => calls.length > 0)
  );
}
