/**
 * What a plan is expected to do before a token is spent, in closed form: the short form that `check` prints and a run keeps.
 *
 * The model. A result is right when everything it was given is right and its own attempt was; attempts are independent.
 * Without a check every result is taken, so a chain of n subtasks is right with pⁿ. Docs: docs/forecasts.md.
 */
import { expectAcceptance, type Rung } from './attempts.ts';
import { findReachable, type Graph, orderNodes } from './dag.ts';
import { createEstimator, type EstimateSource, type Estimator } from './estimator.ts';
import { type AttemptEstimate, type ForecastBasis, findByName } from './forecast-basis.ts';
import { simulateMakespan } from './makespan.ts';
import type { Plan, Subtask } from './plan.ts';
import { findReviews, ratesOf } from './reviews.ts';
import { buildSubtaskGraph } from './shape.ts';

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
  /** null while the price of any call is unknown. */
  costUsd: number | null;
  /** Where the numbers come from, most of it first: `estimate` (the plan's), `given` (the caller's), `observed` (earlier runs), `prior` (stated defaults). */
  basis: EstimateSource[];
}

/**
 * `success`: the product over all that the deliverable rests on, or all sinks do, of the probability that a right result is
 * accepted in the end, given right inputs. Calls, tokens, cost and makespan are those of a run in which everything before an
 * attempt was right and accepted: one that fails early costs less. Replans are not counted; `simulatePlan` counts them. Limits
 * of single roles and models are not. Linear in subtasks and dependencies but for the makespan's n · log n.
 *
 * The plan has passed checkPlan.
 */
export function forecastPlan(given: Plan, basis: ForecastBasis): Forecast {
  const plan = asCarriedOut(given, basis);
  const { subtasks } = plan;
  const graph = buildSubtaskGraph(subtasks);
  const targets = findTargets(plan, graph);
  const matters = findReachable(graph.dependencies, targets);
  const reviews = findReviews(subtasks, graph, { basis, targets });
  const estimator = createEstimator(subtasks, basis);
  const ladderOf = createLadders(basis, estimator, targets.length === 1 && basis.checks.deliverable ? targets[0] : undefined);
  const total = new Total();
  const durations = new Float64Array(graph.size);
  let success = 1;
  for (const [node, subtask] of subtasks.entries()) {
    const { rungs, attempts } = ladderOf(subtask, node);
    const { right, wrong, attempts: expected } = expectAcceptance(rungs);
    durations[node] = total.add(attempts, expected) ?? 0;
    if (matters[node] !== 1 || reviews.isReviewer[node] === 1) continue;
    const reviewing = subtasks[reviews.reviewer[node] ?? -1];
    success *= reviewing === undefined ? right : expectReviewed(right, wrong, { reviewing, basis, estimator });
  }
  const makespanMs = total.isTimed
    ? simulateMakespan(graph, orderNodes(graph), durations, Math.max(1, basis.limits.concurrency))
    : null;
  let outsideMs = 0;
  if (basis.planner !== null) outsideMs += total.add([estimator.call(basis.planner)], [1]) ?? 0;
  if (targets.length > 1) {
    const synthesis = estimator.call(basis.synthesizer);
    const check = basis.checks.deliverable ? basis.critic : null;
    const { right, attempts } = expectAcceptance([{ p: synthesis.p, most: triesOf(basis, check !== null), check }]);
    success *= right;
    outsideMs += total.add([synthesis], attempts) ?? 0;
  }
  return {
    version: 1,
    success,
    makespanMs: makespanMs === null ? null : makespanMs + outsideMs,
    calls: total.calls,
    tokens: total.tokens,
    costUsd: total.costUsd,
    basis: estimator.sources,
  };
}

/** A planner's plan of one subtask is the single-agent path: the generalist gets the whole task. */
export function asCarriedOut(plan: Plan, { planner, generalist }: Pick<ForecastBasis, 'planner' | 'generalist'>): Plan {
  const [lone] = plan.subtasks;
  if (planner === null || lone === undefined || plan.subtasks.length > 1 || lone.role === generalist) return plan;
  const { id, accept } = lone;
  const { version, task } = plan;
  const subtask: Subtask = { id, role: generalist, instruction: task, dependsOn: [] };
  if (accept !== undefined) subtask.accept = accept;
  return { version, task, subtasks: [subtask] };
}

/** What is handed over: the deliverable, or every sink. */
export function findTargets({ subtasks, deliverable }: Pick<Plan, 'subtasks' | 'deliverable'>, graph: Graph): number[] {
  if (deliverable !== undefined) {
    const named = subtasks.findIndex(({ id }) => id === deliverable);
    return named === -1 ? [] : [named];
  }
  return Array.from(graph.dependents.keys()).filter((node) => graph.dependents[node]?.length === 0);
}

/** A right result is passed on or spoiled; a wrong one passes unseen or is noticed, and mended as well as the reviewer works. */
function expectReviewed(
  right: number,
  wrong: number,
  { reviewing, basis, estimator }: { reviewing: Subtask; basis: ForecastBasis; estimator: Estimator },
): number {
  const { falseAccept, falseReject } = ratesOf(reviewing, basis) ?? { falseAccept: 1, falseReject: 0 };
  const { p } = estimator.attempt(reviewing, reviewing.role);
  return right * (1 - falseReject) + wrong * (1 - falseAccept) * p;
}

interface Ladder {
  rungs: Rung[];
  /** One attempt at each rung. */
  attempts: AttemptEstimate[];
}

/** `checkedNode`: its result is checked as the deliverable. */
function createLadders(
  basis: ForecastBasis,
  estimator: Estimator,
  checkedNode: number | undefined,
): (subtask: Subtask, node: number) => Ladder {
  const checkedRoles = new Set(basis.checks.roles);
  const following = new Map<string, string[]>();
  return (subtask, node) => {
    const isChecked = (role: string): boolean =>
      (subtask.accept?.length ?? 0) > 0 || node === checkedNode || checkedRoles.has(role);
    const own = estimator.attempt(subtask, subtask.role);
    if (!isChecked(subtask.role)) return { rungs: [{ p: own.p, most: 1, check: null }], attempts: [own] };
    let others = following.get(subtask.role);
    if (others === undefined) {
      others = listReroutes(subtask.role, basis);
      following.set(subtask.role, others);
    }
    const attempts = [own, ...others.map((role) => estimator.attempt(subtask, role))];
    const rungs = [subtask.role, ...others].map(
      (role, at): Rung => ({
        p: attempts[at]?.p ?? 0,
        most: at === 0 ? triesOf(basis, true) : 1,
        check: isChecked(role) ? basis.critic : null,
      }),
    );
    return { rungs, attempts };
  };
}

function triesOf({ limits }: ForecastBasis, isChecked: boolean): number {
  return isChecked ? 1 + limits.retries : 1;
}

/** The roles that a rejected subtask of this role moves on to, as schedule/ladder.ts chooses them. */
function listReroutes(role: string, { limits, fallback, generalist }: ForecastBasis): string[] {
  const tried: string[] = [];
  const others: string[] = [];
  for (let current = role; others.length < limits.reroutes; ) {
    const candidates = [...(findByName(fallback, current) ?? []), generalist];
    const next = candidates.find((candidate) => candidate !== current && !tried.includes(candidate));
    if (next === undefined) break;
    tried.push(current);
    others.push(next);
    current = next;
  }
  return others;
}

class Total {
  calls = 0;
  isTimed = false;
  #tokens = 0;
  #areTokensKnown = false;
  #usd = 0;
  #isPriced = true;

  /** @returns expected ms of these attempts, null when unknown. */
  add(attempts: readonly AttemptEstimate[], expected: readonly number[]): number | null {
    let ms: number | null = null;
    for (const [at, { calls, tokens, costUsd, durationMs }] of attempts.entries()) {
      const times = expected[at] ?? 0;
      this.calls += times * calls;
      if (tokens !== null) {
        this.#tokens += times * tokens;
        this.#areTokensKnown = true;
      }
      if (costUsd === null) this.#isPriced &&= times === 0;
      else this.#usd += times * costUsd;
      if (durationMs !== null) {
        ms = (ms ?? 0) + times * durationMs;
        this.isTimed = true;
      }
    }
    return ms;
  }

  get tokens(): number | null {
    return this.#areTokensKnown ? this.#tokens : null;
  }

  get costUsd(): number | null {
    return this.#isPriced ? this.#usd : null;
  }
}
