/**
 * What came of one run, as later decisions see it: one record a run, kept in the store after the run has ended. The gate
 * and the forecasts read these and nothing else.
 */
import type { Strategy } from '../gate/gate.ts';
import type { Forecast } from '../plan/forecast.ts';

/**
 * Where a label comes from. `held-out`: a check that no arm saw. `person`: somebody said so. `checks`: the run's own
 * acceptance checks. `critic`: a role's approval. `run`: it failed by itself, which needs no judge.
 */
export type LabelSource = 'held-out' | 'person' | 'checks' | 'critic' | 'run';

export interface OutcomeLabel {
  success: boolean;
  source: LabelSource;
}

/** What one role did in one run, over all its attempts, sub-teams included. */
export interface RoleTally {
  attempts: number;
  /** Whose result the run took, checked or not. */
  accepted: number;
  /** With checks of their own that could be made. */
  checked: number;
  /** Of those, accepted on evidence. */
  verified: number;
  /** Model calls of those attempts. */
  calls: number;
  tokens: number;
  /** null while any call is unpriced. */
  costUsd: number | null;
  /** Of attempts that ended. */
  durationMs: number;
}

export interface RunOutcome {
  version: 1;
  /** The key: a later record of the same run replaces it. */
  runId: string;
  taskClass: string;
  /** The team's name: evidence of one team says nothing of another. */
  team: string;
  /** The strategy that was carried out, or the name of a comparison's arm that is none. */
  arm: Strategy | (string & {});
  /** Whether it handed over a deliverable. */
  delivered: boolean;
  /** What its own checks said of the deliverable; `none` when nothing was checked. */
  ownVerdict: 'accepted' | 'rejected' | 'none';
  /** null: it ended without anybody or anything having judged it. */
  label: OutcomeLabel | null;
  /** How likely the arm was to be chosen; null when somebody ordered it. */
  propensity: number | null;
  /** Set when another arm ran on the same task: the comparison, and the pair in it. */
  pair: { comparisonId: string; pairId: string } | null;
  calls: number;
  tokens: number;
  /** null while any call is unpriced. */
  costUsd: number | null;
  durationMs: number;
  roles: Record<string, RoleTally>;
  forecast: Forecast | null;
  endedMs: number;
}
