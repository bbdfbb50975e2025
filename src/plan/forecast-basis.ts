/** What a forecast rests on: estimates of attempts, limits, and the error rates of checks. All of it is given; nothing is looked up. */

/** What is expected of one attempt, or of one call of the planner or the synthesizer. */
export interface AttemptEstimate {
  /** Probability that its result is right, given right inputs. */
  p: number;
  durationMs: number | null;
  /** Input + output. */
  tokens: number | null;
  /** null: unpriced. */
  costUsd: number | null;
  /** Model calls. */
  calls: number;
}

export interface RoleEstimate extends AttemptEstimate {
  /** Checked attempts that `p` was observed over; 0: `p` is the prior's and only the rest was observed. Absent: somebody states it all. */
  attempts?: number;
}

/** How often whoever judges a result is wrong about it. */
export interface ErrorRates {
  /** Share of wrong results that are accepted. */
  falseAccept: number;
  /** Share of right results that are rejected. */
  falseReject: number;
}

export interface ForecastLimits {
  /** Further attempts by the same role after a rejection. */
  retries: number;
  /** Moves to another role after that. */
  reroutes: number;
  /** Replans of a run whose plan is the planner's. Simulations count them, `forecastPlan` does not. */
  replans: number;
  /** Attempts at once. */
  concurrency: number;
}

export interface ForecastBasis {
  /** By role. A subtask's own `estimate` wins over these. */
  roles: Readonly<Record<string, RoleEstimate>>;
  /** Of every role that is not in `roles`. */
  prior: AttemptEstimate;
  limits: ForecastLimits;
  /** null: the plan is given, so that no call makes it. `p`: that a replan finds a way. */
  planner: AttemptEstimate | null;
  /** Its call is counted for a plan with several sinks and no named deliverable. */
  synthesizer: AttemptEstimate;
  /** Whose results are always checked, besides those of subtasks with an `accept` of their own. */
  checks: { roles: readonly string[]; deliverable: boolean };
  /** Of every check. */
  critic: ErrorRates;
  /** Roles that review others' results, with measured or stated rates. A critic role that is not here is a role like any other. */
  reviewers: Readonly<Record<string, ErrorRates>>;
  /** Where a rejected subtask goes: the fallback of its role in this order, then the generalist. */
  fallback: Readonly<Record<string, readonly string[]>>;
  generalist: string;
}

/** The founding document's figure for one step of an agent at work it can do. */
export const priorP = 0.9;

/**
 * One attempt before anything is known: right nine times in ten, one call (a role with tools makes more, which only
 * observation tells), and nothing about time, tokens and money, because any number would be invented.
 */
export const priorAttempt: Readonly<AttemptEstimate> = { p: priorP, durationMs: null, tokens: null, costUsd: null, calls: 1 };

/**
 * The synthesizer puts together what is right already. That it spoils nothing is an assumption in its favor; the chain
 * model pⁿ makes it too, for it counts subtasks only.
 */
export const priorSynthesis: Readonly<AttemptEstimate> = { ...priorAttempt, p: 1 };

/**
 * Checks before anybody has measured them. They see a result's form, quotes and words, not whether it is true: one that
 * notices as much as it misses is the middle between knowing nothing and knowing all. That a right result is rejected is
 * rarer. Both are assumptions; measured rates take their place.
 */
export const priorCheckRates: Readonly<ErrorRates> = { falseAccept: 0.5, falseReject: 0.05 };

/** Names of roles come from files: nothing that objects inherit is found. */
export function findByName<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
