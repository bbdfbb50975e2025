/**
 * Comparisons as they stand in the store: what `compareTeams` has kept of each pair, while it runs and afterwards. The rows
 * are those of the pairs that both arms have finished, so a comparison under way reads as it is so far.
 */
import { seededRandom } from '../clock.ts';
import type { Store } from '../engine/store.ts';
import { PlanwrightError } from '../errors.ts';
import type { ComparisonReport, ResultRow } from '../measure/comparison-report.ts';
import { judgeResults } from '../measure/judge-results.ts';
import type { RunOutcome } from '../measure/outcome.ts';
import type { ComparedRun } from './comparison.ts';

export interface StoredComparison {
  comparisonId: string;
  /** Pairs of which every row is there, and of which only some are. */
  pairs: number;
  openPairs: number;
  /** In order of their first row. */
  arms: string[];
  teams: string[];
  /** Ends of the first and of the last run, ms since the Unix epoch. */
  firstEndedMs: number;
  lastEndedMs: number;
  /** Of the runs behind the rows. */
  tokens: number;
  /** null while any run is unpriced. */
  costUsd: number | null;
}

export interface JudgedComparison extends StoredComparison {
  report: ComparisonReport;
  rows: ResultRow[];
  runs: ComparedRun[];
}

export interface JudgeStoredOptions {
  /** Default `anytime`, as of `planwright compare`. */
  method?: 'anytime' | 'fixed';
  /** The error that the verdict may have. Default 0.05. */
  alpha?: number;
}

interface PairedOutcome extends RunOutcome {
  pair: NonNullable<RunOutcome['pair']>;
}

/** Newest first. */
export async function listComparisons(store: Store): Promise<StoredComparison[]> {
  const found = Map.groupBy(await readPaired(store), ({ pair }) => pair.comparisonId);
  return [...found].map(([id, outcomes]) => summarize(id, outcomes)).toSorted((a, b) => b.lastEndedMs - a.lastEndedMs);
}

/**
 * The verdict over the pairs that have ended. The store keeps neither alpha nor the method of a comparison: they are given.
 * @throws {PlanwrightError} `usage` when there is no such comparison, or alpha is not between 0 and 1.
 */
export async function judgeStoredComparison(
  store: Store,
  comparisonId: string,
  { method = 'anytime', alpha = 0.05 }: JudgeStoredOptions = {},
): Promise<JudgedComparison> {
  const outcomes = (await readPaired(store)).filter(({ pair }) => pair.comparisonId === comparisonId);
  if (outcomes.length === 0) {
    const named = JSON.stringify(comparisonId.slice(0, 200));
    throw new PlanwrightError('usage', `No comparison ${named} in ${store.location}.`);
  }
  const whole = wholePairs(outcomes).flat();
  const rows = whole.map((outcome) => toRow(outcome));
  const runs = whole.map(({ pair, arm, runId }) => ({ ...splitPair(pair.pairId), arm, runIds: [runId] }));
  const report = judgeResults(rows, { method, alpha, random: seededRandom(1) });
  return { ...summarize(comparisonId, outcomes), report, rows, runs };
}

/** In order of their ends: the order in which the evidence came. */
async function readPaired(store: Store): Promise<PairedOutcome[]> {
  const outcomes = await store.listOutcomes();
  return outcomes.filter((outcome): outcome is PairedOutcome => outcome.pair !== null).toReversed();
}

function summarize(comparisonId: string, outcomes: readonly PairedOutcome[]): StoredComparison {
  const pairs = new Set(outcomes.map(({ pair }) => pair.pairId)).size;
  const whole = wholePairs(outcomes).length;
  return {
    comparisonId,
    pairs: whole,
    openPairs: pairs - whole,
    arms: [...new Set(outcomes.map(({ arm }) => arm))],
    teams: [...new Set(outcomes.map(({ team }) => team))],
    firstEndedMs: outcomes.reduce((first, { endedMs }) => Math.min(first, endedMs), Number.POSITIVE_INFINITY),
    lastEndedMs: outcomes.reduce((last, { endedMs }) => Math.max(last, endedMs), 0),
    tokens: outcomes.reduce((sum, { tokens }) => sum + tokens, 0),
    costUsd: outcomes.some(({ costUsd }) => costUsd === null)
      ? null
      : outcomes.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0),
  };
}

/** A pair counts when every arm of the comparison has ended on it and was judged. */
function wholePairs(outcomes: readonly PairedOutcome[]): PairedOutcome[][] {
  const arms = new Set(outcomes.map(({ arm }) => arm)).size;
  const byPair = Map.groupBy(outcomes, ({ pair }) => pair.pairId);
  return [...byPair.values()].filter((ofPair) => ofPair.length >= arms && ofPair.every(({ label }) => label !== null));
}

function toRow({ pair, arm, runId, label, taskClass, tokens, costUsd, durationMs }: PairedOutcome): ResultRow {
  return {
    ...splitPair(pair.pairId),
    arm,
    success: label?.success === true,
    class: taskClass,
    seconds: durationMs / 1000,
    tokens,
    runId,
    ...(costUsd === null ? {} : { usd: costUsd }),
  };
}

/** `task/repeat`; a task's id may hold slashes. */
function splitPair(pairId: string): { task: string; repeat: number } {
  const at = pairId.lastIndexOf('/');
  return { task: pairId.slice(0, at), repeat: Number(pairId.slice(at + 1)) };
}
