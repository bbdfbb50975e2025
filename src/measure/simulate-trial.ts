/**
 * One simulated run of a plan. The fold decides; chance answers its commands.
 *
 * Invariants
 * 1. Truth is kept beside the fold, which sees only verdicts: a result is right when all it was given is right and its own
 *    attempt was.
 * 2. Chance is drawn in the order of the fold's commands, so the same random source gives the same run.
 */
import type { Random } from '../clock.ts';
import { type Respond, runVirtually, type VirtualRun } from '../engine/virtual-run.ts';
import type { RunEvent, RunSettings } from '../events.ts';
import { createEstimator, type EstimateSource, type Estimator } from '../plan/estimator.ts';
import { asCarriedOut, findTargets } from '../plan/forecast.ts';
import { type AttemptEstimate, type ErrorRates, type ForecastBasis, findByName } from '../plan/forecast-basis.ts';
import type { Plan, Subtask } from '../plan/plan.ts';
import { findReviews } from '../plan/reviews.ts';
import { buildSubtaskGraph } from '../plan/shape.ts';
import type { Command } from '../schedule/command.ts';
import { candidateDeliverable } from '../schedule/finish.ts';
import type { RunState } from '../schedule/state.ts';
import type { Verdict } from '../verify/verdict.ts';
import { drawDuration, happens } from './simulate-chance.ts';
import { reviseAround } from './simulate-replan.ts';

export interface PreparedTrials {
  plan: Plan;
  basis: ForecastBasis;
  settings: RunSettings;
  estimator: Estimator;
  /** The reviewing subtask's id by the id of the reviewed one; ids of the plan as it was given. */
  reviewerOf: ReadonlyMap<string, string>;
  /** Place in the plan by id. */
  positions: ReadonlyMap<string, number>;
  /** Whether any duration is known. */
  isTimed: boolean;
  sources: EstimateSource[];
}

export interface TrialResult {
  outcome: 'right' | 'wrong' | 'none';
  makespanMs: number;
  calls: number;
  attempts: number;
  replans: number;
  tokens: number | null;
  costUsd: number | null;
}

/** What a trial shares with the others of its plan. */
export function prepareTrials(given: Plan, basis: ForecastBasis): PreparedTrials {
  const plan = asCarriedOut(given, basis);
  const { subtasks } = plan;
  const graph = buildSubtaskGraph(subtasks);
  const { reviewer } = findReviews(subtasks, graph, { basis, targets: findTargets(plan, graph) });
  const reviewerOf = new Map<string, string>();
  for (const [node, subtask] of subtasks.entries()) {
    const reviewing = subtasks[reviewer[node] ?? -1];
    if (reviewing !== undefined) reviewerOf.set(subtask.id, reviewing.id);
  }
  const estimator = createEstimator(subtasks, basis);
  const isTimed = subtasks.some((subtask) => estimator.attempt(subtask, subtask.role).durationMs !== null);
  const positions = new Map(subtasks.map(({ id }, position) => [id, position]));
  const { sources } = estimator;
  return { plan, basis, settings: toSettings(plan, basis), estimator, reviewerOf, positions, isTimed, sources };
}

export interface TrialChance {
  random: Random;
  /** Uniform in [0, 1): whether the first attempt of the subtask at this place is right. */
  drawFirst: (position: number) => number;
}

/** `watch` is shown the run itself, for figures of its own. */
export function runTrial(prepared: PreparedTrials, chance: TrialChance, watch?: (run: VirtualRun) => void): TrialResult {
  const trial = new Trial(prepared, chance);
  const run = runVirtually({
    task: prepared.plan.task,
    settings: prepared.settings,
    respond: (command, now) => trial.answer(command, now),
  });
  watch?.(run);
  const { calls, attempts, replans, tokens, costUsd } = trial;
  return { outcome: trial.judge(run.state), makespanMs: run.makespanMs, calls, attempts, replans, tokens, costUsd };
}

/** As a run with this team and plan would have them. */
function toSettings(plan: Plan, basis: ForecastBasis): RunSettings {
  const { limits, generalist, fallback, checks, planner } = basis;
  const names = new Set([...plan.subtasks.map(({ role }) => role), generalist, ...Object.keys(fallback)]);
  for (const others of Object.values(fallback)) for (const other of others) names.add(other);
  const roles = Array.from(names, (role): [string, RunSettings['roles'][string]] => [
    role,
    {
      model: '',
      fallback: [...(findByName(fallback, role) ?? [])],
      composite: false,
      checks: checks.roles.includes(role),
    },
  ]);
  const { subtasks, deliverable } = plan;
  const given = { subtasks, ...(deliverable === undefined ? {} : { deliverable }) };
  return {
    strategy: 'team',
    limits: { ...limits, perModel: {}, depth: 1 },
    generalist,
    roles: Object.fromEntries(roles),
    ...(planner === null ? { plan: given } : {}),
    approve: false,
    planRepairs: 0,
    checksDeliverable: checks.deliverable,
    typed: false,
  };
}

/** `inherited`: something it was given is wrong. `own`: all it was given is right. */
type Truth = 'right' | 'wrong-own' | 'wrong-inherited';

const synthesisId = '@synthesis';

class Trial {
  calls = 0;
  attempts = 0;
  replans = 0;
  tokens: number | null = 0;
  costUsd: number | null = 0;
  readonly #prepared: PreparedTrials;
  readonly #random: Random;
  readonly #drawFirst: TrialChance['drawFirst'];
  /** Of the latest attempt, by subtask id. */
  readonly #truths = new Map<string, Truth>();
  /** Whether the latest attempt passed a check of its own. */
  readonly #checked = new Set<string>();
  /** The plan's id for an id that a replan has put in its place. */
  readonly #originals = new Map<string, string>();

  constructor(prepared: PreparedTrials, { random, drawFirst }: TrialChance) {
    this.#prepared = prepared;
    this.#random = random;
    this.#drawFirst = drawFirst;
  }

  answer(command: Command, state: RunState): ReturnType<Respond> {
    switch (command.kind) {
      case 'plan':
        return this.#plan(command.attempt);
      case 'start':
        return this.#attempt(command);
      case 'verify':
        return this.#verify(command, state);
      case 'replan':
        return this.#replan(command, state);
      case 'synthesize':
        return this.#synthesize(command.sinks);
      case 'check-deliverable':
        return { afterMs: 0, event: { type: 'deliverable-checked', verdict: this.#judgeDeliverable(state) } };
      default:
        return null;
    }
  }

  /** A deliverable that the plan names stands for itself; several sinks have to be there all. */
  judge({ end }: RunState): TrialResult['outcome'] {
    const id = end?.deliverable?.kind === 'inline' ? end.deliverable.value : null;
    if (end === null || typeof id !== 'string') return 'none';
    if (this.#prepared.plan.deliverable === undefined && end.status !== 'succeeded') return 'none';
    return this.#truths.get(id) === 'right' ? 'right' : 'wrong';
  }

  #plan(attempt: number): ReturnType<Respond> {
    const { plan, basis, estimator } = this.#prepared;
    const { subtasks, deliverable } = plan;
    const afterMs = basis.planner === null ? 0 : this.#spend(estimator.call(basis.planner));
    return {
      afterMs,
      event: { type: 'plan-accepted', attempt, subtasks, ...(deliverable === undefined ? {} : { deliverable }) },
    };
  }

  #attempt({ subtask, attempt, role }: Extract<Command, { kind: 'start' }>): ReturnType<Respond> {
    this.attempts += 1;
    const estimate = this.#prepared.estimator.attempt(subtask, role);
    this.#truths.set(subtask.id, this.#drawTruth(subtask, attempt, estimate.p));
    this.#checked.delete(subtask.id);
    return { afterMs: this.#spend(estimate), event: finished(subtask.id, attempt) };
  }

  /** A reviewer works on what it is given; anyone else's result is worth at most what it was given. */
  #drawTruth(subtask: Subtask, attempt: number, p: number): Truth {
    const { reviewerOf, basis } = this.#prepared;
    const id = this.#originalOf(subtask.id);
    const rates = findByName(basis.reviewers, subtask.role);
    let isReviewer = false;
    let truth: Truth = 'right';
    for (const dependency of subtask.dependsOn) {
      const given = this.#truths.get(dependency) ?? 'wrong-inherited';
      const reviewing = reviewerOf.get(this.#originalOf(dependency));
      // Whoever else is given a reviewed result is given its review, which says what is right.
      if (reviewing !== undefined && reviewing !== id) continue;
      if (reviewing === undefined || rates === undefined) {
        if (given !== 'right') truth = 'wrong-inherited';
        continue;
      }
      isReviewer = true;
      if (!this.#passesReview(given, rates, p)) truth = 'wrong-inherited';
    }
    if (truth !== 'right' || isReviewer) return truth;
    const position = attempt === 1 ? this.#prepared.positions.get(subtask.id) : undefined;
    const drawn = position === undefined ? this.#random.next() : this.#drawFirst(position);
    return drawn < p ? 'right' : 'wrong-own';
  }

  /** A fault from further up is not the reviewer's to mend. */
  #passesReview(given: Truth, { falseAccept, falseReject }: ErrorRates, p: number): boolean {
    if (given === 'right') return happens(this.#random, 1 - falseReject);
    return given === 'wrong-own' && happens(this.#random, (1 - falseAccept) * p);
  }

  #verify({ subtask, attempt, role }: Extract<Command, { kind: 'verify' }>, state: RunState): ReturnType<Respond> {
    // Without checks of its own, only what later work assumes of it is looked at, and simulated assumptions hold.
    const isChecked = (subtask.accept?.length ?? 0) > 0 || state.settings.roles[role]?.checks === true;
    const verdict = isChecked ? this.#drawVerdict(subtask.id) : accepted;
    if (isChecked) this.#checked.add(subtask.id);
    return { afterMs: 0, event: { type: 'verdict-given', subtaskId: subtask.id, attempt, verdict } };
  }

  /** What its own checks have passed, the same kind of check passes again. */
  #judgeDeliverable(state: RunState): Verdict {
    const id = candidateDeliverable(state)?.item?.subtask.id ?? synthesisId;
    return this.#checked.has(id) ? accepted : this.#drawVerdict(id);
  }

  #drawVerdict(id: string): Verdict {
    const { falseAccept, falseReject } = this.#prepared.basis.critic;
    const isRight = this.#truths.get(id) === 'right';
    return happens(this.#random, isRight ? 1 - falseReject : falseAccept) ? accepted : rejected;
  }

  #replan(command: Extract<Command, { kind: 'replan' }>, state: RunState): ReturnType<Respond> {
    const { basis, estimator } = this.#prepared;
    const planner = estimator.call(basis.planner ?? basis.prior);
    const afterMs = this.#spend(planner);
    const revision = happens(this.#random, planner.p) ? reviseAround(command, state.deliverable) : null;
    if (revision === null) return { afterMs, event: { type: 'replan-failed', epoch: command.epoch, error: noWay } };
    this.replans += 1;
    for (const [before, after] of revision.renamed) this.#originals.set(after, this.#originalOf(before));
    const { add, deliverable } = revision;
    const event: RunEvent = { type: 'plan-revised', epoch: command.epoch, add };
    if (deliverable !== undefined) event.deliverable = deliverable;
    return { afterMs, event };
  }

  #synthesize(sinks: readonly string[]): ReturnType<Respond> {
    const { basis, estimator } = this.#prepared;
    const estimate = estimator.call(basis.synthesizer);
    const isGivenRight = sinks.every((id) => this.#truths.get(id) === 'right');
    const isRight = isGivenRight && happens(this.#random, estimate.p);
    this.#truths.set(synthesisId, isRight ? 'right' : isGivenRight ? 'wrong-own' : 'wrong-inherited');
    const outcome = { kind: 'succeeded', output: { kind: 'inline', value: synthesisId } } as const;
    return { afterMs: this.#spend(estimate), event: { type: 'synthesis-finished', outcome } };
  }

  /** @returns how long it takes; 0 when nothing is known of durations. */
  #spend({ calls, tokens, costUsd, durationMs }: AttemptEstimate): number {
    this.calls += calls;
    this.tokens = this.tokens === null || tokens === null ? null : this.tokens + tokens;
    this.costUsd = this.costUsd === null || costUsd === null ? null : this.costUsd + costUsd;
    return durationMs === null ? 0 : drawDuration(this.#random, durationMs);
  }

  #originalOf(id: string): string {
    return this.#originals.get(id) ?? id;
  }
}

const accepted: Verdict = { kind: 'accepted', evidence: [] };
const rejected: Verdict = { kind: 'rejected', reason: 'rejected', evidence: [] };
const noWay = { code: 'model-output-invalid', message: 'no way around it', recovery: 'none' } as const;

/** The result is its subtask's id, by which the truth about it is found again. */
function finished(subtaskId: string, attempt: number): RunEvent {
  const outcome = { kind: 'succeeded', output: { kind: 'inline', value: subtaskId } } as const;
  return { type: 'attempt-finished', subtaskId, attempt, outcome };
}
