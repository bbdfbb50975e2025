/** Comparisons of teams with one agent, as they are so far. */
import { z } from 'zod';
import type { ComparisonReport, JudgedComparison, StoredComparison } from '../../index.ts';
import { count, epochMs, figure, named } from './named.ts';

const summaryFields = {
  comparisonId: z.string(),
  pairs: count,
  openPairs: count,
  arms: z.array(z.string()),
  teams: z.array(z.string()),
  firstEndedMs: epochMs,
  lastEndedMs: epochMs,
  tokens: count,
  costUsd: figure.nullable(),
};

export interface ComparisonList {
  /** Newest first. */
  comparisons: StoredComparison[];
}

export const comparisonListSchema: z.ZodType<ComparisonList> = named(
  'ComparisonList',
  z.object({ comparisons: z.array(named('StoredComparison', z.object(summaryFields))) }),
);

/** The document of `planwright compare --json`, less what only the running command knows. */
const reportSchema = named(
  'ComparisonReport',
  z.looseObject({
    version: z.literal(1),
    verdict: z.enum(['team', 'single', 'undecided']),
    method: z.enum(['anytime', 'fixed']),
    alpha: figure,
    pairs: count,
    both: count,
    onlySingle: count,
    onlyTeam: count,
    neither: count,
    mcnemarP: figure,
    eValue: figure,
    furtherPairs: count.nullable(),
    words: z.array(z.string()),
  }),
) as unknown as z.ZodType<ComparisonReport>;

export const judgedComparisonSchema: z.ZodType<JudgedComparison> = named(
  'JudgedComparison',
  z.object({
    ...summaryFields,
    report: reportSchema,
    rows: z.array(
      z.object({
        task: z.string(),
        arm: z.string(),
        success: z.boolean(),
        class: z.string().exactOptional(),
        seconds: figure.exactOptional(),
        usd: figure.exactOptional(),
        tokens: count.exactOptional(),
        repeat: count.exactOptional(),
        runId: z.string().exactOptional(),
      }),
    ),
    runs: z.array(z.object({ task: z.string(), repeat: count, arm: z.string(), runIds: z.array(z.string()) })),
  }),
);
