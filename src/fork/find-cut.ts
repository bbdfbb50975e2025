/** Where a fork leaves its parent, when it is named by a subtask, or not at all. */
import { PlanwrightError } from '../errors.ts';
import type { EndReason, JournalEntry, RunEvent } from '../events.ts';
import type { RunState } from '../schedule/state.ts';

interface Journal {
  runId: string;
  entries: readonly JournalEntry[];
  /** Of all its events. */
  state: RunState;
}

/**
 * Before the first attempt at a subtask: it starts anew, with everything that was known when it started.
 * @throws {PlanwrightError} `usage` when it never started.
 */
export function findStartOf({ runId, entries, state }: Journal, subtaskId: string): number {
  const started = entries.find(({ event }) => {
    if (event.type === 'attempt-started') return event.subtaskId === subtaskId;
    return event.type === 'approval-asked' && event.request.kind === 'attempt' && event.request.subtaskId === subtaskId;
  });
  if (started !== undefined) return started.seq;
  const known = [...state.subtasks.keys()];
  const shown = known.slice(0, 10).join(', ') + (known.length > 10 ? ` and ${known.length - 10} more` : '');
  throw new PlanwrightError(
    'usage',
    known.includes(subtaskId)
      ? `Subtask "${subtaskId}" never started in run "${runId}". Name one that did, or an event with --at.`
      : `Run "${runId}" has no subtask "${subtaskId}". It has: ${shown || 'none'}. Subtasks of a sub-team can't be named.`,
  );
}

/**
 * All there is of a run that has not ended; of one that failed, what came before the first event that led to its failure.
 * @throws {PlanwrightError} `usage` for a run that succeeded: nothing in it says where to begin.
 */
export function findDefaultCut({ runId, entries, state }: Journal): number {
  const { end } = state;
  if (end === null) return entries.length;
  if (end.status === 'succeeded') {
    throw new PlanwrightError(
      'usage',
      `Run "${runId}" succeeded: say where the fork leaves it, with --before SUBTASK or --at SEQ ("planwright show ${runId} --events" lists them).`,
    );
  }
  const isDecisive = decisiveEvents[end.reason];
  const decisive = entries.find(({ event }) => isDecisive(event, state));
  // Without one it is what ended the run, which the cut goes back to by itself.
  return decisive === undefined ? entries.length : decisive.seq - 1;
}

/** By why a run ended: what led there. A failure that a later attempt made good did not. */
const decisiveEvents: Record<EndReason, (event: RunEvent, state: RunState) => boolean> = {
  completed: failsSubtask,
  'failed-subtasks': failsSubtask,
  stalled: failsSubtask,
  'plan-refused': ({ type }) => type === 'plan-refused' || type === 'plan-denied',
  'planner-failed': ({ type }) => type === 'planner-failed',
  budget: spends,
  share: spends,
  time: ({ type }) => type === 'timer-fired',
  cancelled: ({ type }) => type === 'cancel-requested',
};

function failsSubtask(event: RunEvent, { subtasks }: RunState): boolean {
  switch (event.type) {
    case 'attempt-finished':
      return event.outcome.kind === 'failed' && subtasks.get(event.subtaskId)?.status === 'failed';
    case 'verdict-given':
      return event.verdict.kind !== 'accepted' && subtasks.get(event.subtaskId)?.status === 'failed';
    case 'expansion-failed':
      return subtasks.get(event.subtaskId)?.status === 'failed';
    case 'approval-denied':
      return event.request.call === undefined && subtasks.get(event.request.subtaskId)?.status === 'failed';
    case 'synthesis-finished':
      return event.outcome.kind === 'failed';
    case 'deliverable-checked':
      return event.verdict.kind !== 'accepted';
    default:
      return false;
  }
}

function spends(event: RunEvent): boolean {
  const error =
    event.type === 'planner-failed' || event.type === 'replan-failed' || event.type === 'expansion-failed'
      ? event.error
      : (event.type === 'attempt-finished' || event.type === 'synthesis-finished') && event.outcome.kind === 'failed'
        ? event.outcome.error
        : null;
  return error?.code === 'budget-spent' || error?.code === 'share-spent';
}
