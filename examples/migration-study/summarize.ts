/** From the runs of a study to its figures. Shares have Wilson's intervals at 95 %. */
import {
  type ChainMisfit,
  type ComparisonReport,
  judgeResults,
  measureChainMisfit,
  type Proportion,
  seededRandom,
  wilsonInterval,
} from 'planwright';
import { findFirstWrong } from './audit.ts';
import { type Declared, declareTruth } from './declared.ts';
import type { Study } from './measure.ts';
import { kinds, type MigrationKind } from './migrations.ts';
import { stepReliability } from './parameters.ts';
import { stageIds } from './pipeline.ts';
import { meanSpending, type Spending, taxOf } from './spending.ts';
import { arms, type StudyArm, type StudyRun } from './study-run.ts';

export interface ArmFigures {
  arm: StudyArm;
  /** All migrations, or the second half: the gate has then learned from the first. */
  part: 'all' | 'second half';
  success: Proportion;
  /** Mean over its migrations of the declared success of whoever did them. */
  declared: number;
  /** Means of a run. */
  spending: Spending;
  tax: { turns: number; tokens: number };
  /** Tokens ÷ the pipeline's on the same migrations. */
  tokenRatio: number;
}

export interface KindFigures {
  kind: MigrationKind;
  single: { success: Proportion; declared: number };
  team: { success: Proportion; declared: number };
  gate: {
    success: Proportion;
    /** Migrations that it gave to the team, in each half. */
    toTeam: { firstHalf: Proportion; secondHalf: Proportion };
    /** Choices against what it expected, to learn. */
    tries: number;
    /** What it would choose next. */
    strategy: string;
    reasons: string[];
  };
}

export interface StageFigures {
  stage: string;
  declared: number;
  /** Right, of those that were given right inputs. */
  byItself: Proportion;
  /** Right, of all. */
  soFar: Proportion;
}

export interface StudySummary {
  version: 1;
  tasks: number;
  seed: number;
  declared: Declared;
  arms: ArmFigures[];
  kinds: KindFigures[];
  stages: StageFigures[];
  /** The pipeline's steps as a chain: p from the first wrong steps, and what pⁿ makes of it. */
  chain: ChainMisfit | null;
  judgedByItself: number;
  /** Team against single, paired; the gate among its `others`. */
  comparison: ComparisonReport;
}

export function summarizeStudy(study: Study): StudySummary {
  const { tasks, seed, audits, judgedByItself } = study;
  const declared = declareTruth();
  return {
    version: 1,
    tasks,
    seed,
    declared,
    arms: (['all', 'second half'] as const).flatMap((part) => arms.map((arm) => describeArm(study, declared, arm, part))),
    kinds: kinds.map((kind) => describeKind(study, declared, kind)),
    stages: describeStages(audits),
    chain: measureChainMisfit(audits.map((steps) => ({ steps: steps.length, firstWrong: findFirstWrong(steps) }))),
    judgedByItself,
    comparison: judgeStudy(study),
  };
}

function describeArm(study: Study, declared: Declared, arm: StudyArm, part: ArmFigures['part']): ArmFigures {
  const runs = part === 'all' ? study.runs[arm] : secondHalf(study.runs[arm]);
  const pipeline = part === 'all' ? study.runs.team : secondHalf(study.runs.team);
  const spending = meanSpending(runs.map((run) => run.spending));
  return {
    arm,
    part,
    success: successOf(runs),
    declared: runs.reduce((sum, { doneBy, migration }) => sum + declared[doneBy].success[migration.kind], 0) / runs.length,
    spending,
    tax: taxOf(spending),
    tokenRatio: spending.tokens / meanSpending(pipeline.map((run) => run.spending)).tokens,
  };
}

function describeKind({ runs, gate }: Study, declared: Declared, kind: MigrationKind): KindFigures {
  const ofKind = (list: readonly StudyRun[]) => list.filter(({ migration }) => migration.kind === kind);
  const plain = (arm: 'single' | 'team') => ({
    success: successOf(ofKind(runs[arm])),
    declared: declared[arm].success[kind],
  });
  const { strategy, reasons } = gate[kind];
  return {
    kind,
    single: plain('single'),
    team: plain('team'),
    gate: {
      success: successOf(ofKind(runs.gate)),
      toTeam: { firstHalf: toTeam(ofKind(firstHalf(runs.gate))), secondHalf: toTeam(ofKind(secondHalf(runs.gate))) },
      tries: ofKind(runs.gate).filter(({ isTry }) => isTry).length,
      strategy,
      reasons,
    },
  };
}

function describeStages(audits: Study['audits']): StageFigures[] {
  return stageIds.map((stage, at) => {
    const steps = audits.flatMap((run) => run[at] ?? []);
    const given = steps.filter(({ hadRightInputs }) => hadRightInputs);
    const right = (list: typeof steps) => list.filter(({ isRight }) => isRight).length;
    return {
      stage,
      declared: stepReliability,
      byItself: wilsonInterval(right(given), given.length),
      soFar: wilsonInterval(right(steps), steps.length),
    };
  });
}

function judgeStudy({ runs, seed }: Study): ComparisonReport {
  const rows = arms.flatMap((arm) =>
    runs[arm].map(({ migration, success, spending: { usd, seconds } }) => ({
      task: migration.id,
      class: migration.kind,
      arm,
      success,
      usd,
      seconds,
    })),
  );
  return judgeResults(rows, { method: 'fixed', random: seededRandom(seed) });
}

function successOf(runs: readonly StudyRun[]): Proportion {
  return wilsonInterval(runs.filter(({ success }) => success).length, runs.length);
}

function toTeam(runs: readonly StudyRun[]): Proportion {
  return wilsonInterval(runs.filter(({ doneBy }) => doneBy === 'team').length, runs.length);
}

function firstHalf(runs: readonly StudyRun[]): StudyRun[] {
  return runs.slice(0, runs.length / 2);
}

function secondHalf(runs: readonly StudyRun[]): StudyRun[] {
  return runs.slice(runs.length / 2);
}
