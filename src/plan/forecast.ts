/** What a plan is expected to do before a token is spent: the short form that `check` prints and a run keeps. */

export interface Forecast {
  version: 1;
  /** Probability that the deliverable is right. */
  success: number;
  /** With the run's slots; null when no subtask has a known duration. */
  makespanMs: number | null;
  /** Model calls, planner and synthesizer included, expected retries counted. */
  calls: number;
  /** Input + output tokens; null when nothing is known of any. */
  tokens: number | null;
  /** null when no price is known. */
  costUsd: number | null;
  /** Where the numbers come from, most of it first: `estimate` (the plan's), `observed` (earlier runs), `prior` (stated defaults). */
  basis: ('estimate' | 'observed' | 'prior')[];
}
