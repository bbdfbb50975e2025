/** What a comparison is asked and what it answers: the options, the progress and the result of `compareTeams`. */
import type { Clock } from '../clock.ts';
import type { DriveRunOptions } from '../drive-options.ts';
import type { ComparisonReport, ResultRow } from '../measure/comparison-report.ts';
import type { Team } from '../team/team.ts';
import type { ArmDefinition } from './arms.ts';
import type { ComparisonTask } from './comparison-task.ts';

export interface CompareTeamsOptions
  extends Pick<DriveRunOptions, 'tools' | 'model' | 'store' | 'signal' | 'random' | 'env' | 'packageFolders'> {
  /** The path of a tasks file, or its tasks. */
  tasks: string | readonly ComparisonTask[];
  /** A team, the path of a team file, or a preset's name. Default: the preset `research`. */
  team?: Team | string;
  /** Must hold `single` and `team`. Default: these two. */
  arms?: readonly ArmDefinition[];
  /** Of order, model calls and intervals. Default 1. */
  seed?: number;
  /** Pairs of every task. Default 1. */
  repeats?: number;
  /** The error that the verdict may have. Default 0.05. */
  alpha?: number;
  /** Runs every task and uses the classical test. Default false: the comparison ends as soon as the answer is clear. */
  fixedN?: boolean;
  /** Pairs at once. Default 1: times are compared. */
  concurrency?: number;
  /** The most that all runs and gradings may cost, in USD. */
  maxUsd?: number;
  clock?: Clock;
  /** Called once, when nothing is wrong with the options and before anything is spent; what it throws ends the comparison. */
  onBegin?: (begun: ComparisonBegun) => void;
  /** Called after each pair, in the order in which they end. */
  onPair?: (progress: PairProgress) => void;
}

export interface ComparisonBegun {
  comparisonId: string;
  /** Tasks × repeats. */
  pairsPlanned: number;
}

/**
 * `decided`: the evidence sufficed before the tasks were used up. `exhausted`: every pair was run. `max-usd`: the money
 * did not suffice. `interrupted`: by the signal; the same options go on from there.
 */
export type StopReason = 'decided' | 'exhausted' | 'max-usd' | 'interrupted';

export interface Comparison {
  report: ComparisonReport;
  /** A hash of everything that the comparison depends on. */
  comparisonId: string;
  stopped: StopReason;
  /** Tasks × repeats. */
  pairsPlanned: number;
  /** Pairs that every arm has finished, those that are left out of the verdict included. */
  pairsRun: number;
  /** Of all runs and gradings, those of earlier processes included; null when a call has no price. */
  spentUsd: number | null;
  /** What grading by rubrics took. It is in `spentUsd` and in no arm. */
  grading: { tokens: number; usd: number | null };
  /** What a reader has to know beside the report, one sentence each. */
  notes: string[];
  /** Of the pairs that count, in order. */
  rows: ResultRow[];
  /** The runs behind each row: one, but for best-of-n. */
  runs: ComparedRun[];
}

export interface ComparedRun {
  task: string;
  repeat: number;
  arm: string;
  /** In order of their start. */
  runIds: string[];
}

/** What came of one arm on one task. */
export interface ArmProgress {
  arm: string;
  /** `failed`: its run did not end with a deliverable. `unjudged`: its check could not be made. */
  outcome: 'passed' | 'rejected' | 'failed' | 'unjudged';
  /** What the first check that did not pass has seen, or how the run ended. */
  detail: string;
  runId: string;
  tokens: number;
  usd: number | null;
  seconds: number;
}

export interface PairProgress {
  task: string;
  /** From 0. */
  repeat: number;
  class?: string;
  /** In the order in which they ran. */
  arms: ArmProgress[];
  /** Why the pair does not count. */
  leftOut?: string;
  /** Pairs that have ended, and all there are. */
  ended: number;
  planned: number;
  /** The evidence so far against "no difference"; ≥ 1 ÷ α decides. */
  eValue: number;
  /** Of all arms so far, those of earlier processes included. */
  tokens: number;
  spentUsd: number | null;
  /** If every pair that is left has to be run: by the means of those that were run now. null before there is one. */
  left: { pairs: number; ms: number; usd: number | null } | null;
}
