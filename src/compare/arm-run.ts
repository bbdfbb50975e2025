/** One arm on one task: a run, or for best-of-n as many as its tokens allow, as one result. */
import type { Json } from '../json.ts';
import type { RunReport } from '../measure/run-report.ts';
import type { Arm } from './arms.ts';
import { type CarriedOut, carryOut, type WantedRun } from './carry-out.ts';
import { deriveSeed } from './draw-order.ts';
import type { Lab } from './lab.ts';
import { tryRunId } from './run-ids.ts';

export interface ArmRun {
  arm: string;
  /** The run whose deliverable counts. */
  runId: string;
  status: RunReport['status'];
  /** null unless it succeeded. */
  deliverable: Json;
  calls: number;
  /** Input + output, over all tries. */
  tokens: number;
  /** Over all tries; null while any call is unpriced. */
  usd: number | null;
  seconds: number;
  /** Every run of it, in order: one, but for best-of-n. */
  runIds: string[];
  /** A team's plan that was one subtask, which the generalist then did. */
  isCollapsed: boolean;
  /** No call was made for it now. */
  isStored: boolean;
}

export type ArmOutcome = { kind: 'ended'; run: ArmRun } | Exclude<CarriedOut, { kind: 'ended' }>;

/** @param teamTokens What the team took on the same task: the budget of a best-of-n. */
export async function runArm(lab: Lab, arm: Arm, wanted: Omit<WantedRun, 'strategy'>, teamTokens: number): Promise<ArmOutcome> {
  if (arm.strategy === 'best-of-n') return runBestOfN(lab, arm, wanted, teamTokens);
  const done = await carryOut(lab, { ...wanted, strategy: arm.strategy });
  return done.kind === 'ended' ? { kind: 'ended', run: summarize(arm, [done], done.report) } : done;
}

type Ended = Extract<CarriedOut, { kind: 'ended' }>;

/**
 * Tries until one succeeds, which with checks of its own means that they passed. A further try is made while the mean of
 * those before still fits; the first is made in any case. Without a success the last that delivered counts.
 */
async function runBestOfN(lab: Lab, arm: Arm, wanted: Omit<WantedRun, 'strategy'>, teamTokens: number): Promise<ArmOutcome> {
  const tries: Ended[] = [];
  let tokens = 0;
  while (tries.length < arm.n && (tries.length === 0 || tokens + tokens / tries.length <= teamTokens)) {
    const attempt = tries.length + 1;
    const seed = attempt === 1 ? wanted.seed : deriveSeed(wanted.seed, 'try', attempt);
    const done = await carryOut(lab, { ...wanted, runId: tryRunId(wanted.runId, attempt), seed, strategy: 'single' });
    if (done.kind !== 'ended') return done;
    tries.push(done);
    tokens += tokensOf(done.report);
    if (done.report.status === 'succeeded') break;
  }
  const picked = tries.findLast(({ report }) => report.deliverable !== null) ?? tries.at(-1);
  if (picked === undefined) return { kind: 'interrupted' };
  return { kind: 'ended', run: summarize(arm, tries, picked.report) };
}

function summarize(arm: Arm, runs: readonly Ended[], picked: RunReport): ArmRun {
  const reports = runs.map(({ report }) => report);
  const sum = (value: (report: RunReport) => number) => reports.reduce((total, report) => total + value(report), 0);
  const isUnpriced = reports.some(({ ledger }) => ledger.costUsd === null);
  return {
    arm: arm.name,
    runId: picked.runId,
    status: picked.status,
    deliverable: picked.status === 'succeeded' ? picked.deliverable : null,
    calls: sum(({ ledger }) => ledger.calls),
    tokens: sum(tokensOf),
    usd: isUnpriced ? null : sum(({ ledger }) => ledger.costUsd ?? 0),
    seconds: sum(({ ledger }) => ledger.makespanMs) / 1000,
    runIds: reports.map(({ runId }) => runId),
    isCollapsed: arm.strategy === 'team' && picked.strategy === 'single',
    isStored: runs.every(({ isStored }) => isStored),
  };
}

function tokensOf({ ledger }: RunReport): number {
  return ledger.inputTokens + ledger.outputTokens;
}
