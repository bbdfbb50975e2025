/**
 * One run of a comparison, made once: taken from the store when it is there, gone on with when it was interrupted,
 * started when it is new.
 *
 * 1. No call of a finished run is made again.
 * 2. A run that an earlier --max-usd cut off is made anew, under another id, once more money is there than it had.
 * 3. No run is driven whose limit on money is above what is left; one that was interrupted with a higher one is made anew.
 */
import type { z } from 'zod';
import { readSetup } from '../engine/run-setup.ts';
import type { RunRecord, Store } from '../engine/store.ts';
import { PlanwrightError } from '../errors.ts';
import type { Strategy } from '../gate/gate.ts';
import type { RunReport } from '../measure/run-report.ts';
import { runTask } from '../run-task.ts';
import type { Team } from '../team/team.ts';
import type { Lab } from './lab.ts';
import { laterRunId } from './run-ids.ts';

export interface WantedRun {
  runId: string;
  task: string;
  team: Team;
  strategy: Strategy;
  seed: number;
  files?: string;
  taskClass?: string;
  /** The deliverable's form. */
  output?: z.ZodType;
}

export type CarriedOut =
  | { kind: 'ended'; report: RunReport /** No call was made for it now. */; isStored: boolean }
  /** --max-usd ended it, not its team's own budget. */
  | { kind: 'cut'; runId: string }
  | { kind: 'interrupted' };

/** @throws {PlanwrightError} for errors of use, `run-busy`, and what the store throws. */
export async function carryOut(lab: Lab, wanted: WantedRun): Promise<CarriedOut> {
  const { store, purse } = lab;
  for (let generation = 1; ; generation += 1) {
    if (lab.drive.signal.aborted) return { kind: 'interrupted' };
    const runId = generation === 1 ? wanted.runId : laterRunId(wanted.runId, generation);
    const record = await store.getRun(runId);
    const costUsd = record === undefined ? 0 : await costOf(store, runId);
    if (record !== undefined) purse.enter(runId, costUsd);
    const available = purse.available();
    const isOpen = record === undefined || record.endedMs === null;
    const limitUsd = record === undefined ? lesser(available, wanted.team.limits.usd) : limitOf(record);
    if (available !== undefined && isOpen) {
      if (mayCost(limitUsd, costUsd) > available) continue;
      purse.allow(runId, mayCost(limitUsd, costUsd));
    }
    const report = await drive(lab, { ...wanted, runId }, limitUsd);
    purse.enter(runId, await costOf(store, runId));
    if (report === null || report.status === 'interrupted') return { kind: 'interrupted' };
    if (!wasCut(report, limitUsd, wanted.team)) return { kind: 'ended', report, isStored: !isOpen };
    const leftNow = purse.available();
    if (leftNow !== undefined && leftNow <= (limitUsd ?? 0)) return { kind: 'cut', runId };
  }
}

/** null when it was interrupted before it had begun. */
async function drive(lab: Lab, wanted: WantedRun, limitUsd: number | undefined): Promise<RunReport | null> {
  try {
    const limits = limitUsd === undefined ? {} : { limits: { usd: limitUsd } };
    return (await runTask({ ...lab.drive, ...wanted, ...limits, store: lab.store })) as RunReport;
  } catch (thrown) {
    if (lab.drive.signal.aborted && thrown instanceof PlanwrightError && thrown.code === 'cancelled') return null;
    throw thrown;
  }
}

/** null when a call has no price. */
async function costOf(store: Store, runId: string): Promise<number | null> {
  let costUsd = 0;
  for (const call of await store.listCalls(runId)) {
    if (call.costUsd === null) return null;
    costUsd += call.costUsd;
  }
  return costUsd;
}

function limitOf({ setup }: RunRecord): number | undefined {
  return readSetup(setup).team.limits.usd;
}

/** The most that a run may still cost. */
function mayCost(limitUsd: number | undefined, spentUsd: number | null): number {
  return limitUsd === undefined ? Number.POSITIVE_INFINITY : Math.max(0, limitUsd - (spentUsd ?? 0));
}

function lesser(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

/** A limit below the team's own is the comparison's. Of the budgets, only that of money is told in dollars. */
function wasCut({ endReason, detail }: RunReport, limitUsd: number | undefined, { limits }: Team): boolean {
  if (endReason !== 'budget' || limitUsd === undefined || limitUsd >= (limits.usd ?? Number.POSITIVE_INFINITY)) return false;
  return detail?.includes('The budget of $') === true;
}
