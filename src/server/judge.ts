/** A comparison as it is so far, judged the way a request asks for, or as it was started. */
import {
  type JudgedComparison,
  type JudgeStoredOptions,
  judgeResults,
  judgeStoredComparison,
  PlanwrightError,
  seededRandom,
} from '../index.ts';
import type { ApiContext } from './api-context.ts';
import { asNotFound } from './api-error.ts';
import type { ComparisonProgress } from './schemas/comparison.ts';
import { withoutUndefined } from './without-undefined.ts';

/** @throws {ApiError} `not-found` */
export async function judge(
  { store, comparisons }: ApiContext,
  comparisonId: string,
  { method = comparisons.methodOf(comparisonId), alpha }: { method?: Method | undefined; alpha?: number | undefined },
): Promise<JudgedComparison> {
  const options = withoutUndefined({ method, alpha }) as JudgeStoredOptions;
  try {
    return await judgeStoredComparison(store, comparisonId, options);
  } catch (thrown) {
    const progress = comparisons.progressOf(comparisonId);
    const isUnknown = thrown instanceof PlanwrightError && thrown.code === 'usage';
    if (progress === null || !isUnknown) throw asNotFound(thrown);
    return judgeNothing(progress, options);
  }
}

type Method = NonNullable<JudgeStoredOptions['method']>;

/** Before the first run has ended. */
function judgeNothing(
  { comparisonId, team, startedMs, tokens, spentUsd }: ComparisonProgress,
  { method = 'anytime', ...rest }: JudgeStoredOptions,
): JudgedComparison {
  const report = judgeResults([], { method, ...rest, random: seededRandom(1) });
  const begun = { pairs: 0, openPairs: 0, arms: ['single', 'team'], teams: [team] };
  const times = { firstEndedMs: startedMs, lastEndedMs: startedMs };
  return { comparisonId, ...begun, ...times, tokens, costUsd: spentUsd, report, rows: [], runs: [] };
}
