/** From a run that has ended to its outcome: what later decisions may learn from it. */

import { readSetup } from '../engine/run-setup.ts';
import type { RunRecord, Store } from '../engine/store.ts';
import { computeLedger } from './ledger.ts';
import { loadRun } from './load-run.ts';
import type { OutcomeLabel, RunOutcome } from './outcome.ts';
import { tallyRoles } from './role-tally.ts';
import type { RunView } from './run-view.ts';

/** What somebody outside the run knows of it. */
export interface OutcomeKnowledge {
  label?: OutcomeLabel;
  pair?: RunOutcome['pair'];
  propensity?: number;
  arm?: string;
  taskClass?: string;
}

/** How much a label's source counts against another's: a later judgement of the same weight replaces the one before. */
const ranks: Record<OutcomeLabel['source'], number> = { 'held-out': 4, person: 3, critic: 2, checks: 1, run: 0 };

/**
 * Keeps the outcome of a run that has ended. What is known of it already (a person's label, a pair) stays. A run that
 * has not ended, was cancelled, belongs to a sub-team or was forked from another has none.
 */
export async function recordOutcome(store: Store, view: RunView, knowledge: OutcomeKnowledge = {}): Promise<RunOutcome | null> {
  const known = await store.getOutcome(view.runId);
  if (known !== undefined && Object.keys(knowledge).length === 0) return known;
  const record = await store.getRun(view.runId);
  const outcome = record === undefined ? null : describeOutcome(view, record);
  if (outcome === null) return null;
  const merged = merge(outcome, known, knowledge);
  await store.putOutcome(merged);
  return merged;
}

/** The same for a run that is only named; nothing is stored. @throws {PlanwrightError} `run-unknown` */
export async function summarizeOutcome(
  store: Store,
  runId: string,
  knowledge: OutcomeKnowledge = {},
): Promise<RunOutcome | null> {
  const view = await loadRun(store, runId);
  const record = await store.getRun(runId);
  const outcome = record === undefined ? null : describeOutcome(view, record);
  return outcome === null ? null : merge(outcome, await store.getOutcome(runId), knowledge);
}

function merge(outcome: RunOutcome, known: RunOutcome | undefined, knowledge: OutcomeKnowledge): RunOutcome {
  const { label, pair, propensity, arm, taskClass } = knowledge;
  return {
    ...outcome,
    label: strongest([outcome.label, known?.label, label]),
    pair: pair ?? known?.pair ?? null,
    propensity: propensity ?? known?.propensity ?? outcome.propensity,
    arm: arm ?? known?.arm ?? outcome.arm,
    taskClass: taskClass ?? known?.taskClass ?? outcome.taskClass,
  };
}

/** The last of the highest rank. */
function strongest(labels: (OutcomeLabel | null | undefined)[]): OutcomeLabel | null {
  let best: OutcomeLabel | null = null;
  for (const label of labels) {
    if (label === null || label === undefined) continue;
    if (best === null || ranks[label.source] >= ranks[best.source]) best = label;
  }
  return best;
}

function describeOutcome(view: RunView, record: RunRecord): RunOutcome | null {
  const { state, runId } = view;
  if (state.end === null || state.end.status === 'cancelled' || record.parentRunId !== null) return null;
  // It spent but a part of what its work cost: as evidence it would make its strategy look cheap.
  if (record.forkedFrom !== undefined) return null;
  const { team, taskClass = 'unclassified' } = readSetup(record.setup);
  const { calls, inputTokens, outputTokens, costUsd, makespanMs } = computeLedger(view);
  const delivered = state.end.deliverable !== null;
  const ownVerdict = findOwnVerdict(view, delivered);
  return {
    version: 1,
    runId,
    taskClass,
    team: team.name,
    ...findChoice(view),
    delivered,
    ownVerdict,
    label: labelItself(delivered, ownVerdict),
    pair: null,
    calls,
    tokens: inputTokens + outputTokens,
    costUsd,
    durationMs: makespanMs,
    roles: tallyRoles(view),
    forecast: record.forecast ?? null,
    endedMs: state.endedMs ?? record.createdMs,
  };
}

/** A run that hands nothing over has failed, whoever looks; one that nothing has checked is not judged. */
function labelItself(delivered: boolean, ownVerdict: RunOutcome['ownVerdict']): OutcomeLabel | null {
  if (!delivered) return { success: false, source: 'run' };
  return ownVerdict === 'none' ? null : { success: ownVerdict === 'accepted', source: 'checks' };
}

/** The strategy that was ordered or chosen; a team's plan that turned out to be one agent's work is still the team's. */
function findChoice({ state, entries }: RunView): Pick<RunOutcome, 'arm' | 'propensity'> {
  const { strategy } = state.settings;
  if (strategy !== 'auto') return { arm: strategy, propensity: null };
  for (const { event } of entries) {
    if (event.type === 'gate-decided') return { arm: event.decision.strategy, propensity: event.decision.propensity ?? 1 };
  }
  return { arm: state.strategy, propensity: null };
}

/** The deliverable's own checks; without them, the verdict on the subtask that made it. */
function findOwnVerdict({ state, entries }: RunView, delivered: boolean): RunOutcome['ownVerdict'] {
  const made = findMaker(state);
  let verdict: RunOutcome['ownVerdict'] = 'none';
  for (const { event } of entries) {
    if (event.type === 'deliverable-checked') verdict = event.verdict.kind === 'accepted' ? 'accepted' : 'rejected';
    if (state.settings.checksDeliverable || event.type !== 'verdict-given' || event.subtaskId !== made) continue;
    // What later work assumes of a result is no judgement of it.
    if (event.verdict.evidence.every(({ check }) => check === 'assumptions')) continue;
    verdict = event.verdict.kind === 'accepted' ? 'accepted' : 'rejected';
  }
  return verdict === 'accepted' && !delivered ? 'rejected' : verdict;
}

/** The subtask whose result is handed over as it stands; null for a synthesis. */
function findMaker(state: RunView['state']): string | null {
  if (state.synthesized !== null) return null;
  if (state.deliverable !== null) return state.deliverable;
  const sinks = [...state.subtasks.values()].filter(
    (item) => item.status === 'succeeded' && item.dependents.every((dependent) => dependent.status === 'superseded'),
  );
  return sinks.length === 1 ? (sinks[0]?.subtask.id ?? null) : null;
}
