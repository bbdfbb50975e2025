/** One task, once: every arm in the order drawn, each judged by the held-out checks, and what came of it kept as evidence. */
import type { ResultRow } from '../measure/comparison-report.ts';
import { summarizeOutcome } from '../measure/summarize-outcome.ts';
import { type ArmRun, runArm } from './arm-run.ts';
import type { Arm } from './arms.ts';
import type { ArmProgress, ComparedRun } from './comparison.ts';
import type { ComparisonTask } from './comparison-task.ts';
import { deriveSeed, drawOrder } from './draw-order.ts';
import { isOutage } from './find-outage.ts';
import { type GradingCost, type Judged, judgeRun } from './judge-run.ts';
import type { Lab } from './lab.ts';
import type { RunIds } from './run-ids.ts';

export interface PairPlan {
  /** In the order of the comparison. */
  index: number;
  task: ComparisonTask;
  taskIndex: number;
  /** From 0. */
  repeat: number;
}

export interface PairSettings {
  arms: readonly Arm[];
  ids: RunIds;
  seed: number;
  graderModel: string | undefined;
}

export interface EndedPair {
  kind: 'ended';
  plan: PairPlan;
  arms: ArmProgress[];
  rows: ResultRow[];
  /** The runs behind the rows. */
  runs: ComparedRun[];
  /** Why it does not count: then there are no rows. */
  leftOut: string | null;
  grading: GradingCost[];
  /** Arms whose runs failed because their model could not be reached. */
  outages: string[];
  /** The team's plan was one subtask, which the generalist did. */
  isCollapsed: boolean;
  /** Nothing of it was run now. */
  isStored: boolean;
}

export type PairResult = EndedPair | { kind: 'cut'; plan: PairPlan } | { kind: 'interrupted' };

/** @throws {PlanwrightError} for errors of use and of the store, never for a run that fails. */
export async function runPair(lab: Lab, plan: PairPlan, settings: PairSettings): Promise<PairResult> {
  const { task, taskIndex, repeat, index } = plan;
  const { arms, ids, seed } = settings;
  const runSeed = deriveSeed(seed, task.id, repeat);
  const judgedArms: { run: ArmRun; judged: Extract<Judged, { kind: 'judged' }> }[] = [];
  let teamTokens = 0;
  for (const arm of drawOrder(arms, index, seed)) {
    const done = await runArm(
      lab,
      arm,
      {
        runId: ids.runId(taskIndex, arm.name, repeat),
        task: task.task,
        team: { ...arm.team, accept: [...arm.team.accept, ...task.accept] },
        seed: runSeed,
        ...(task.files === undefined ? {} : { files: task.files }),
        ...(task.class === undefined ? {} : { taskClass: task.class }),
      },
      teamTokens,
    );
    if (done.kind !== 'ended') return stopOf(done, plan);
    const { run } = done;
    if (arm.name === 'team') teamTokens = run.tokens;
    const judged = await judgeRun(lab, run, { task, graderModel: settings.graderModel, seed: runSeed });
    if (judged.kind !== 'judged') return stopOf(judged, plan);
    await keepOutcomes(lab, run, judged.outcome, {
      task,
      pair: { comparisonId: ids.comparisonId, pairId: `${task.id}/${repeat}` },
    });
    judgedArms.push({ run, judged });
  }
  const leftOut = findReason(judgedArms);
  const failed = judgedArms.filter(({ run }) => run.status !== 'succeeded');
  const outages: string[] = [];
  for (const { run } of failed) if (await isOutage(lab.store, run.runId)) outages.push(run.arm);
  return {
    kind: 'ended',
    plan,
    arms: judgedArms.map(({ run, judged }) => describeArm(run, judged)),
    rows: leftOut === null ? judgedArms.map(({ run, judged }) => writeRow(plan, run, judged.outcome === 'passed')) : [],
    runs: leftOut === null ? judgedArms.map(({ run }) => ({ task: task.id, repeat, arm: run.arm, runIds: run.runIds })) : [],
    leftOut,
    grading: judgedArms.flatMap(({ judged }) => judged.grading),
    outages,
    isCollapsed: judgedArms.some(({ run }) => run.arm === 'team' && run.isCollapsed),
    isStored: judgedArms.every(({ run }) => run.isStored),
  };
}

function stopOf({ kind }: { kind: 'cut' | 'interrupted' }, plan: PairPlan): PairResult {
  return kind === 'cut' ? { kind, plan } : { kind };
}

function findReason(
  arms: readonly { run: ArmRun; judged: { outcome: ArmProgress['outcome']; detail: string } }[],
): string | null {
  for (const { run, judged } of arms) {
    if (run.status === 'cancelled') return `${run.arm} was cancelled`;
    if (judged.outcome === 'unjudged') return `${run.arm} could not be judged: ${judged.detail}`;
  }
  return null;
}

function describeArm(run: ArmRun, { outcome, detail }: { outcome: ArmProgress['outcome']; detail: string }): ArmProgress {
  const { arm, runId, tokens, usd, seconds } = run;
  return { arm, outcome, detail, runId, tokens, usd, seconds };
}

function writeRow({ task, repeat }: PairPlan, { arm, runId, tokens, usd, seconds }: ArmRun, success: boolean): ResultRow {
  return {
    task: task.id,
    arm,
    success,
    seconds,
    tokens,
    repeat,
    runId,
    ...(usd === null ? {} : { usd }),
    ...(task.class === undefined ? {} : { class: task.class }),
  };
}

interface EvidencePlace {
  task: ComparisonTask;
  pair: { comparisonId: string; pairId: string };
}

/** Both arms of a pair run, so neither was chosen: propensity 1. Tries that were not picked say nothing of the arm. */
async function keepOutcomes(
  { store }: Lab,
  run: ArmRun,
  outcome: ArmProgress['outcome'],
  { task, pair }: EvidencePlace,
): Promise<void> {
  const named = { arm: run.arm, ...(task.class === undefined ? {} : { taskClass: task.class }) };
  for (const runId of run.runIds) {
    const label = { success: outcome === 'passed', source: 'held-out' } as const;
    const isPicked = runId === run.runId;
    const judged = isPicked ? { propensity: 1, pair, ...(outcome === 'unjudged' ? {} : { label }) } : {};
    const kept = await summarizeOutcome(store, runId, { ...named, ...judged });
    if (kept === null) continue;
    const { calls, tokens, usd: costUsd, seconds } = run;
    await store.putOutcome(isPicked ? { ...kept, calls, tokens, costUsd, durationMs: seconds * 1000 } : kept);
  }
}
