/** One attempt's estimate for each subtask, from the best source there is: its own, its role's, the prior. */
import { type AttemptEstimate, type ForecastBasis, findByName, type RoleEstimate } from './forecast-basis.ts';
import type { Subtask } from './plan.ts';

/** Where a number comes from: the plan, the caller, earlier runs, or nowhere but a stated default. */
export type EstimateSource = 'estimate' | 'given' | 'observed' | 'prior';

export interface Estimator {
  /**
   * One attempt of `role`, the subtask's own or another one after a re-route. What is unknown of one subtask is taken to be
   * the mean of what is known of the plan's others, null when nothing is. A price scales with the tokens and is never filled in.
   */
  attempt: (subtask: Subtask, role: string) => AttemptEstimate;
  /** The same rule for a call that is no subtask's. */
  call: (estimate: AttemptEstimate) => AttemptEstimate;
  /** What an unknown is filled in with. */
  means: { durationMs: number | null; tokens: number | null };
  /** Of the numbers used for the plan as it stands, most frequent first. */
  sources: EstimateSource[];
}

export function createEstimator(subtasks: readonly Subtask[], basis: ForecastBasis): Estimator {
  const counts = new Map<EstimateSource, number>();
  const note = (source: EstimateSource): void => void counts.set(source, (counts.get(source) ?? 0) + 1);
  const durations = new Mean();
  const tokens = new Mean();
  for (const subtask of subtasks) {
    const { estimate = {} } = subtask;
    const ofRole = findByName(basis.roles, subtask.role);
    note(estimate.p === undefined ? sourceOfP(ofRole) : 'estimate');
    const known = knownAttempt(subtask, subtask.role, basis);
    if (known.durationMs !== null) {
      durations.add(known.durationMs);
      note(estimate.durationMs === undefined ? sourceOfSizes(ofRole) : 'estimate');
    }
    if (known.tokens !== null) {
      tokens.add(known.tokens);
      note(estimate.tokens === undefined ? sourceOfSizes(ofRole) : 'estimate');
    }
  }
  const means = { durationMs: durations.value, tokens: tokens.value };
  const call = (known: AttemptEstimate): AttemptEstimate => ({
    ...known,
    durationMs: known.durationMs ?? means.durationMs,
    tokens: known.tokens ?? means.tokens,
  });
  const rank: EstimateSource[] = ['estimate', 'given', 'observed', 'prior'];
  const sources = [...counts.keys()].toSorted(
    (a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || rank.indexOf(a) - rank.indexOf(b),
  );
  return { attempt: (subtask, role) => call(knownAttempt(subtask, role, basis)), call, means, sources };
}

/** Without filling in: null is unknown. */
export function knownAttempt(subtask: Subtask, role: string, basis: Pick<ForecastBasis, 'roles' | 'prior'>): AttemptEstimate {
  const { estimate = {} } = subtask;
  const { prior } = basis;
  const ofRole = findByName(basis.roles, role) ?? prior;
  const usualTokens = ofRole.tokens ?? prior.tokens;
  const tokens = estimate.tokens ?? usualTokens;
  return {
    p: estimate.p ?? ofRole.p,
    durationMs: estimate.durationMs ?? ofRole.durationMs ?? prior.durationMs,
    tokens,
    costUsd: scaleCost(ofRole.costUsd ?? prior.costUsd, tokens, usualTokens),
    calls: ofRole.calls,
  };
}

function scaleCost(usd: number | null, tokens: number | null, usualTokens: number | null): number | null {
  if (usd === null || tokens === null || usualTokens === null || usualTokens === 0) return usd;
  return (usd * tokens) / usualTokens;
}

function sourceOfP(role: RoleEstimate | undefined): EstimateSource {
  if (role === undefined || role.attempts === 0) return 'prior';
  return role.attempts === undefined ? 'given' : 'observed';
}

function sourceOfSizes(role: RoleEstimate | undefined): EstimateSource {
  if (role === undefined) return 'prior';
  return role.attempts === undefined ? 'given' : 'observed';
}

class Mean {
  #sum = 0;
  #count = 0;

  add(value: number): void {
    this.#sum += value;
    this.#count += 1;
  }

  /** null of nothing. */
  get value(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }
}
