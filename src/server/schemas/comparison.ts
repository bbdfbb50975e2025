/** Comparisons of teams with one agent, as they are so far. */
import { z } from 'zod';
import type { ComparisonReport, JudgedComparison, PairProgress, StopReason, StoredComparison } from '../../index.ts';
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

/** How far a comparison has come that this server runs, or has run since it was started. */
export interface ComparisonProgress {
  comparisonId: string;
  /** `stopping`: it was cancelled, and what is under way ends. */
  state: 'running' | 'stopping' | 'ended' | 'failed';
  team: string;
  /** null before its end. */
  stopped: StopReason | null;
  /** Why it failed. */
  failure: string | null;
  startedMs: number;
  endedMs: number | null;
  pairsEnded: number;
  /** Tasks × repeats. */
  pairsPlanned: number;
  /** The evidence so far against "no difference". */
  eValue: number;
  tokens: number;
  /** null when a call has no price. */
  spentUsd: number | null;
  /** If every pair that is left has to be run; null before one has ended. */
  left: PairProgress['left'];
  /** What a reader has to know beside the report; at its end. */
  notes: string[];
}

export const comparisonProgressSchema: z.ZodType<ComparisonProgress> = named(
  'ComparisonProgress',
  z.object({
    comparisonId: z.string(),
    state: z.enum(['running', 'stopping', 'ended', 'failed']),
    team: z.string(),
    stopped: z.enum(['decided', 'exhausted', 'max-usd', 'interrupted']).nullable(),
    failure: z.string().nullable(),
    startedMs: epochMs,
    endedMs: epochMs.nullable(),
    pairsEnded: count,
    pairsPlanned: count,
    eValue: figure,
    tokens: count,
    spentUsd: figure.nullable(),
    left: z.object({ pairs: count, ms: figure, usd: figure.nullable() }).nullable(),
    notes: z.array(z.string()),
  }),
);

export interface ComparisonList {
  /** Of which a pair has begun to end, newest first. */
  comparisons: StoredComparison[];
  /** Of this server, newest first: those without an ended pair too. */
  underWay: ComparisonProgress[];
}

export const comparisonListSchema: z.ZodType<ComparisonList> = named(
  'ComparisonList',
  z.object({
    comparisons: z.array(named('StoredComparison', z.object(summaryFields))),
    underWay: z.array(comparisonProgressSchema),
  }),
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

export interface ComparisonNow extends JudgedComparison {
  /** null: another process runs it, or nobody does any more. */
  progress: ComparisonProgress | null;
}

export const comparisonNowSchema: z.ZodType<ComparisonNow> = named(
  'ComparisonNow',
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
    progress: comparisonProgressSchema.nullable(),
  }),
);
