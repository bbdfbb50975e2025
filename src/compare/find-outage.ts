/** Whether a run failed because its model could not be reached, which says nothing of the arm. */
import type { Store } from '../engine/store.ts';
import type { ErrorCode } from '../errors.ts';
import type { RunEvent } from '../events.ts';
import { loadRun } from '../measure/load-run.ts';
import type { RunView } from '../measure/run-view.ts';

const outageCodes: readonly ErrorCode[] = ['model-failed', 'model-timeout'];

/** True when something failed in it, sub-teams included, and everything that failed did so in a model call. */
export async function isOutage(store: Store, runId: string): Promise<boolean> {
  const codes = [...failureCodes(await loadRun(store, runId))];
  return codes.length > 0 && codes.every((code) => outageCodes.includes(code));
}

function* failureCodes(view: RunView): Generator<ErrorCode> {
  const composites = new Set(view.children.map(({ subtaskId }) => subtaskId));
  for (const { event } of view.entries) {
    const code = failureCode(event, composites);
    if (code !== undefined) yield code;
  }
  for (const child of view.children) yield* failureCodes(child.view);
}

/** What a sub-team's run failed of is in its own events. */
function failureCode(event: RunEvent, composites: ReadonlySet<string>): ErrorCode | undefined {
  switch (event.type) {
    case 'attempt-finished':
      return event.outcome.kind === 'failed' && !composites.has(event.subtaskId) ? event.outcome.error.code : undefined;
    case 'synthesis-finished':
      return event.outcome.kind === 'failed' ? event.outcome.error.code : undefined;
    case 'planner-failed':
    case 'replan-failed':
      return event.error.code;
    case 'verdict-given':
    case 'deliverable-checked':
      return event.verdict.kind === 'rejected' ? 'rejected' : undefined;
    case 'plan-refused':
      return 'plan-invalid';
    default:
      return undefined;
  }
}
