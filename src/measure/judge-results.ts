/** Finished runs of any system, judged: the document of `compare --json`. */
import type { Random } from '../clock.ts';
import { PlanwrightError } from '../errors.ts';
import type {
  ArmSummary,
  ClassComparison,
  ComparisonReport,
  DiscordantTask,
  PairedComparison,
  ResultRow,
} from './comparison-report.ts';
import { tellComparison } from './comparison-words.ts';
import { type JudgeOptions, judgePairs } from './judge-pairs.ts';
import { pairResults, type ResultPair, singleArm, teamArm } from './pair-results.ts';
import { wilsonInterval } from './statistics/proportion.ts';

export interface JudgeResultsOptions {
  /** `anytime` when looking at the results decided how many there are; `fixed` when their number was set beforehand. */
  method: 'anytime' | 'fixed';
  /** The error that the verdict may have, and 1 − the confidence of the intervals. Default 0.05. */
  alpha?: number;
  /** For the bootstrap. */
  random: Random;
  /** Of the bootstrap; default 2,000. */
  resamples?: number;
}

/**
 * Pairs are rows of one task and repeat; without `repeat` the k-th row of a task and arm is repeat k. The order of the rows
 * is the order in which the evidence came: a pair comes with its later row. Classes are judged at alpha ÷ their number,
 * other arms at alpha ÷ theirs.
 * @throws {PlanwrightError} `usage` when alpha is not between 0 and 1.
 */
export function judgeResults(rows: readonly ResultRow[], options: JudgeResultsOptions): ComparisonReport {
  const { alpha = 0.05, method } = options;
  if (!(alpha > 0 && alpha < 1)) {
    throw new PlanwrightError('usage', `alpha is ${alpha}. Give a number between 0 and 1, such as 0.05.`);
  }
  const { byArm, unpaired } = pairResults(rows);
  const pairs = byArm.get(teamArm) ?? [];
  const classes = judgeClasses(pairs, { ...options, alpha });
  const facts = {
    version: 1 as const,
    method,
    alpha,
    ...judgePairs(pairs, { ...options, alpha }),
    unpaired,
    classes,
    arms: summarizeArms(rows, alpha),
    others: judgeOthers(byArm, { ...options, alpha }),
    discordant: pairs.flatMap(listDiscordant),
  };
  return { ...facts, words: tellComparison(facts, new Set(pairs.map(({ task }) => task)).size) };
}

function judgeClasses(pairs: readonly ResultPair[], options: JudgeOptions): ClassComparison[] {
  const byClass = Map.groupBy(pairs, (pair) => pair.class);
  byClass.delete(undefined);
  const alpha = options.alpha / byClass.size;
  return [...byClass].map(([name, ofClass]) => ({ class: name ?? '', ...judgePairs(ofClass, { ...options, alpha }) }));
}

function judgeOthers(byArm: ReadonlyMap<string, ResultPair[]>, options: JudgeOptions): (PairedComparison & { arm: string })[] {
  const others = [...byArm].filter(([arm]) => arm !== teamArm);
  const alpha = options.alpha / others.length;
  return others.map(([arm, pairs]) => ({ arm, ...judgePairs(pairs, { ...options, alpha }) }));
}

function summarizeArms(rows: readonly ResultRow[], alpha: number): ArmSummary[] {
  const byArm = [...Map.groupBy(rows, ({ arm }) => arm)].toSorted(([a], [b]) => placeOf(a) - placeOf(b));
  return byArm.map(([arm, ofArm]) => ({
    arm,
    success: wilsonInterval(ofArm.filter(({ success }) => success).length, ofArm.length, alpha),
    usd: meanOf(ofArm.map(({ usd }) => usd)),
    tokens: meanOf(ofArm.map(({ tokens }) => tokens)),
    seconds: meanOf(ofArm.map(({ seconds }) => seconds)),
  }));
}

/** The two that are compared come first, the rest in order of appearance. */
function placeOf(arm: string): number {
  const at = [singleArm, teamArm].indexOf(arm);
  return at < 0 ? 2 : at;
}

function meanOf(values: readonly (number | undefined)[]): number | null {
  let sum = 0;
  let stated = 0;
  for (const value of values) {
    if (value === undefined) continue;
    sum += value;
    stated += 1;
  }
  return stated === 0 ? null : sum / stated;
}

function listDiscordant({ task, repeat, class: taskClass, single, team }: ResultPair): DiscordantTask[] {
  if (single.success === team.success) return [];
  return [
    {
      task,
      repeat,
      ...(taskClass === undefined ? {} : { class: taskClass }),
      winner: team.success ? 'team' : 'single',
      ...(single.runId === undefined ? {} : { singleRunId: single.runId }),
      ...(team.runId === undefined ? {} : { teamRunId: team.runId }),
    },
  ];
}
