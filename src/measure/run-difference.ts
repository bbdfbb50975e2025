/** Two runs side by side, subtask by subtask: what a fork did otherwise than the run that it began as, and what that cost. */
import { hash } from 'node:crypto';
import type { Store } from '../engine/store.ts';
import type { Json } from '../json.ts';
import type { SubtaskStatus } from '../schedule/state.ts';
import { allCalls, computeLedger, tokensOf } from './ledger.ts';
import { loadRun } from './load-run.ts';
import { type RunReport, reportView } from './run-report.ts';
import type { RunView } from './run-view.ts';

export interface RunDifference {
  /** The two runs as a whole. */
  runs: { one: RunSide; other: RunSide };
  /** In the order of the first run; those that only the second has come after. */
  subtasks: SubtaskDifference[];
  /** How many events both began with; null when neither was forked from the other. */
  sharedEvents: number | null;
}

export interface RunSide {
  runId: string;
  status: RunReport['status'];
  outputHash: string | null;
  calls: number;
  tokens: number;
  /** null while any call is unpriced. */
  costUsd: number | null;
  makespanMs: number;
}

export interface SubtaskDifference {
  id: string;
  /** null: this run has no such subtask. */
  one: SubtaskSide | null;
  other: SubtaskSide | null;
  /** Whether instruction, role, status or output differ. */
  differs: boolean;
}

export interface SubtaskSide {
  role: string;
  instruction: string;
  status: SubtaskStatus;
  attempts: number;
  /** SHA-256 of the output's JSON text; null without one. */
  outputHash: string | null;
  /** Of this run's own calls, a sub-team's included: what a fork took over from its parent cost it nothing. */
  tokens: number;
  costUsd: number | null;
  /** From the start of the first attempt to the end of the last; null when it did not end. */
  durationMs: number | null;
}

/** @throws {PlanwrightError} `run-unknown` */
export async function compareRuns(store: Store, oneId: string, otherId: string): Promise<RunDifference> {
  const one = await readSide(store, oneId);
  const other = await readSide(store, otherId);
  const ids = new Set([...one.subtasks.keys(), ...other.subtasks.keys()]);
  return {
    runs: { one: one.run, other: other.run },
    subtasks: [...ids].map((id) => difference(id, one.subtasks.get(id) ?? null, other.subtasks.get(id) ?? null)),
    sharedEvents: sharedEvents(one.report, other.report),
  };
}

interface Side {
  report: RunReport;
  run: RunSide;
  subtasks: Map<string, SubtaskSide>;
}

async function readSide(store: Store, runId: string): Promise<Side> {
  const view = await loadRun(store, runId);
  const report = await reportView(store, view);
  const { calls, inputTokens, outputTokens, costUsd, makespanMs } = computeLedger(view);
  const spent = spentBySubtask(view);
  const subtasks = report.subtasks.map(({ id, role, instruction, status, attempts, output, startedMs, endedMs }) => {
    const durationMs = startedMs === null || endedMs === null ? null : endedMs - startedMs;
    const { tokens, costUsd: ownUsd } = spent.get(id) ?? { tokens: 0, costUsd: 0 };
    const side = { role, instruction, status, attempts, outputHash: hashOf(output), tokens, costUsd: ownUsd, durationMs };
    return [id, side] as const;
  });
  const tokens = inputTokens + outputTokens;
  const run = { runId, status: report.status, outputHash: hashOf(report.deliverable), calls, tokens, costUsd, makespanMs };
  return { report, run, subtasks: new Map(subtasks) };
}

function spentBySubtask(view: RunView): Map<string, { tokens: number; costUsd: number | null }> {
  const spent = new Map<string, { tokens: number; costUsd: number | null }>();
  const add = (subtaskId: string, calls: RunView['calls']): void => {
    const sum = spent.get(subtaskId) ?? { tokens: 0, costUsd: 0 };
    for (const call of calls) {
      if (call.kind !== 'model') continue;
      sum.tokens += tokensOf(call);
      sum.costUsd = sum.costUsd === null || call.costUsd === null ? null : sum.costUsd + call.costUsd;
    }
    spent.set(subtaskId, sum);
  };
  for (const [subtaskId, calls] of Map.groupBy(view.calls, (call) => call.subtaskId)) add(subtaskId, calls);
  for (const { subtaskId, view: below } of view.children) add(subtaskId, allCalls(below));
  return spent;
}

function difference(id: string, one: SubtaskSide | null, other: SubtaskSide | null): SubtaskDifference {
  const facts = (side: SubtaskSide | null) => side && [side.role, side.instruction, side.status, side.outputHash];
  return { id, one, other, differs: JSON.stringify(facts(one)) !== JSON.stringify(facts(other)) };
}

function sharedEvents(one: RunReport, other: RunReport): number | null {
  if (one.forkedFrom?.runId === other.runId) return one.forkedFrom.seq;
  if (other.forkedFrom?.runId === one.runId) return other.forkedFrom.seq;
  return null;
}

function hashOf(output: Json): string | null {
  return output === null ? null : hash('sha256', JSON.stringify(output));
}
