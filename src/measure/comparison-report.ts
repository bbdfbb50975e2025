/** What a comparison says: the document of `compare --json`, and what report.html draws. */
import type { Estimated, Proportion } from './statistics/interval.ts';

/** One finished run of one arm on one task, of any system. */
export interface ResultRow {
  task: string;
  /** `single` and `team` are compared; every other arm is set against `single`. */
  arm: string;
  success: boolean;
  class?: string;
  seconds?: number;
  usd?: number;
  tokens?: number;
  /** With the same task and arm: which repetition, from 0. Default: in order of appearance. */
  repeat?: number;
  /** The run behind it, in the store of the comparison. */
  runId?: string;
}

export type Decision = 'team' | 'single' | 'undecided';

/** Ratios are team ÷ single over the pairs. */
export interface RatioEstimate {
  ratio: number;
  low: number;
  high: number;
  /** What was compared: `usd` or `tokens` for cost, `seconds` for time. */
  unit: 'usd' | 'tokens' | 'seconds';
}

/** Two arms on the same tasks. The keys are the contract's. */
export interface PairedComparison {
  verdict: Decision;
  pairs: number;
  both: number;
  onlySingle: number;
  onlyTeam: number;
  neither: number;
  mcnemarP: number;
  /** The largest evidence so far against "no difference"; ≥ 1 ÷ α decides. At most the largest double. */
  eValue: number;
  success: { single: Proportion; team: Proportion };
  /** Team minus single, with the paired bootstrap's interval. */
  difference: Estimated;
  cost: RatioEstimate | null;
  time: RatioEstimate | null;
  /** Cost per success, team ÷ single; null without costs, or with too few successes for an interval with two ends. */
  costPerSuccess: RatioEstimate | null;
  /** Each question by itself; `cost` and `time`: which arm is cheaper, faster. */
  verdicts: { success: Decision; cost: Decision; time: Decision; costPerSuccess: Decision };
  /** Pairs that an undecided success question would still need; 0 when decided, null when no difference is in sight. */
  furtherPairs: number | null;
}

export interface ClassComparison extends PairedComparison {
  class: string;
}

export interface ArmSummary {
  arm: string;
  success: Proportion;
  /** Means over its runs; null when no run states it. */
  usd: number | null;
  tokens: number | null;
  seconds: number | null;
}

/** A task on which the two arms differ. */
export interface DiscordantTask {
  task: string;
  repeat: number;
  class?: string;
  winner: 'team' | 'single';
  singleRunId?: string;
  teamRunId?: string;
}

export interface ComparisonReport extends PairedComparison {
  version: 1;
  /** How the verdict was reached: an e-process that may stop at any time, or a test fixed beforehand. */
  method: 'anytime' | 'fixed';
  alpha: number;
  /** Rows without a partner on the other arm; they are in `arms` only. */
  unpaired: number;
  classes: ClassComparison[];
  arms: ArmSummary[];
  /** Every arm but `single` and `team`, set against `single`; `team` stands for the arm there. */
  others: (PairedComparison & { arm: string })[];
  discordant: DiscordantTask[];
  /** The verdict for a reader: most important first, one sentence each. */
  words: string[];
}
