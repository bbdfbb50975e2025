/**
 * Which of its parent's calls a fork can't do without. Work that was under way starts anew and calls its models itself. But
 * where a person was asked about a tool call, the question, and the answer, are about that very call: what led to it is
 * replayed, so that the attempt comes to the same call again.
 */
import type { CallRecord } from '../model/call-record.ts';
import type { RunState } from '../schedule/state.ts';

interface Asked {
  /** The last step in which a call waits or waited for a person. */
  lastStep: number;
  /** `step/toolIndex` of calls that have not gone on: they have not acted. */
  held: Set<string>;
}

/**
 * @param state At the cut.
 * @param cutMs When the last event before the cut was entered: what ended later is not known there. What ended in that very
 *   millisecond counts as known: rather an act too few than one twice.
 */
export function selectCarriedCalls(calls: readonly CallRecord[], state: RunState, cutMs: number): CallRecord[] {
  const asked = listAsked(state);
  if (asked.size === 0) return [];
  return calls.filter((call) => {
    const { subtaskId, attempt, outcome, endedMs } = call;
    const about = asked.get(`${attempt}/${subtaskId}`);
    if (about === undefined || outcome === 'started' || endedMs > cutMs) return false;
    const place = placeOf(call);
    return place.step <= about.lastStep && !about.held.has(place.name);
  });
}

/** By `attempt/subtaskId`. */
function listAsked({ subtasks }: RunState): Map<string, Asked> {
  const asked = new Map<string, Asked>();
  for (const { subtask, status, attempt, people } of subtasks.values()) {
    if (status !== 'running' || people === null || people.requests.size === 0) continue;
    const requests = [...people.requests.values()];
    asked.set(`${attempt}/${subtask.id}`, {
      lastStep: Math.max(...requests.map(({ request }) => Number(request.call.split('/')[0]))),
      held: new Set(requests.filter(({ goesOn }) => !goesOn).map(({ request }) => request.call)),
    });
  }
  return asked;
}

/** From `runId/subtaskId/attempt/step[/toolIndex][#try]`; `name` is `step[/toolIndex]`. */
function placeOf({ key, runId }: CallRecord): { step: number; name: string } {
  const [, , ...place] = key.slice(runId.length + 1).split('/');
  const name = place.join('/').replace(/#\d+$/, '');
  return { step: Number(name.split('/')[0]), name };
}
