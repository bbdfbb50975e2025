/** What each role did in one run: the evidence that a run's outcome keeps for later forecasts. */
import type { CallRecord } from '../model/call-record.ts';
import { type JudgedAttempt, judgeRun } from './judge-attempts.ts';
import { tokensOf } from './ledger.ts';
import type { RoleTally } from './outcome.ts';
import type { RunView } from './run-view.ts';

/**
 * By the name of the role that made the attempt; roles of sub-teams stand under their own names. `accepted` counts
 * attempts whose result the run took, checked or not. Attempts that were stopped from outside (a person, a limit,
 * another plan) or never ended are in no column. The row of a role that is a team holds all calls of its runs, which
 * the rows of its members hold too: rows are to be divided by their attempts, not added up.
 */
export function tallyRoles(view: RunView): Record<string, RoleTally> {
  const tallies = new Map<string, RoleTally>();
  addRun(tallies, view);
  return Object.fromEntries(tallies);
}

function addRun(tallies: Map<string, RoleTally>, view: RunView): void {
  const calls = Map.groupBy(view.calls, ({ subtaskId, attempt }) => `${attempt}/${subtaskId}`);
  const children = new Map(view.children.map((child) => [`${child.attempt}/${child.subtaskId}`, child.view]));
  for (const judged of judgeRun(view).attempts) {
    const { subtask, attempt, role, finding, isTaken, durationMs } = judged;
    if (finding === 'withdrawn') continue;
    const tally = tallies.get(role) ?? newTally();
    tallies.set(role, tally);
    const key = `${attempt}/${subtask.id}`;
    const child = children.get(key);
    tally.attempts += 1;
    if (isTaken) tally.accepted += 1;
    addEvidence(tally, judged);
    tally.durationMs += durationMs ?? 0;
    for (const call of calls.get(key) ?? []) addCall(tally, call);
    if (child !== undefined) for (const call of callsOf(child)) addCall(tally, call);
  }
  for (const child of view.children) addRun(tallies, child.view);
}

function newTally(): RoleTally {
  return { attempts: 0, accepted: 0, checked: 0, verified: 0, calls: 0, tokens: 0, costUsd: 0, durationMs: 0 };
}

/** The checks of the deliverable have the last word; a check that could not be made says nothing. */
function addEvidence(tally: RoleTally, { hasChecks, finding, asDeliverable }: JudgedAttempt): void {
  const last = asDeliverable ?? finding;
  if (last === 'unverified' || (!hasChecks && asDeliverable === null)) return;
  tally.checked += 1;
  if (last === 'accepted') tally.verified += 1;
}

function addCall(tally: RoleTally, call: CallRecord): void {
  if (call.kind !== 'model') return;
  tally.calls += 1;
  tally.tokens += tokensOf(call);
  tally.costUsd = tally.costUsd === null || call.costUsd === null ? null : tally.costUsd + call.costUsd;
}

function callsOf(view: RunView): CallRecord[] {
  return [...view.calls, ...view.children.flatMap((child) => callsOf(child.view))];
}
