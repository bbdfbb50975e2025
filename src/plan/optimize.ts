/**
 * A query optimizer for plans: passes over what has not started, each kept only when the forecast is better for it.
 *
 * Invariants
 * 1. No step lowers the forecast's success (but for the rounding of its last digits).
 * 2. Every instruction that reached the deliverable still does, critics that a step names excepted.
 * 3. What has started is in no step's change.
 * 4. Each step's `undo` gives the plan before it, order included.
 */

import { createEstimator } from './estimator.ts';
import { type Forecast, forecastPlan } from './forecast.ts';
import type { ForecastBasis } from './forecast-basis.ts';
import { applyChange, invertChange, type PlanChange } from './optimize/change.ts';
import { type CriticChange, type CriticOptions, listAdditions, listDrops } from './optimize/critics.ts';
import { fixedByName } from './optimize/fixed-by-name.ts';
import { type FuseOptions, findChains, findCollapse, fuse } from './optimize/fuse.ts';
import type { Plan, Subtask } from './plan.ts';

export type OptimizationPass = 'collapse' | 'fuse' | 'drop-check' | 'add-check';

export interface OptimizationStep {
  pass: OptimizationPass;
  /** One sentence: what was done and why it may be. */
  explanation: string;
  /** Ids it is about; the last of fused ones is the one that stays. */
  subtasks: string[];
  before: Forecast;
  after: Forecast;
  change: PlanChange;
  undo: PlanChange;
}

export interface OptimizedPlan {
  plan: Plan;
  /** In the order in which they were made. */
  steps: OptimizationStep[];
  /** false: a large plan used up its work before all was tried. */
  complete: boolean;
}

/** What one success is worth, in the unit in which checks are paid for. */
export interface Worth {
  unit: 'usd' | 'tokens';
  perSuccess: number;
}

export interface OptimizeOptions {
  forecast: (plan: Plan) => Forecast;
  /** Of one attempt. Default: the subtask's own `estimate`, p 1 when it has none. */
  estimate?: FuseOptions['estimate'];
  /** Default `weaker`; see FuseOptions. */
  fusedP?: FuseOptions['fusedP'];
  /** Subtasks that run or have run. Default: none. */
  started?: ReadonlySet<string>;
  /** Ids of the run that may not be used again. Default: the plan's. */
  usedIds?: ReadonlySet<string>;
  /** Roles that check others' results, with known error rates. Default: none, so no check is added or dropped. */
  critics?: readonly string[];
  /** Default: nothing, so no check is added. */
  worth?: Worth;
}

/** Subtasks forecast in all: plans of some hundreds are tried in full, one of 100,000 takes some 20 forecasts. */
const maxWork = 2_000_000;

/**
 * The basis's forecast, estimates and critics, for `optimizePlan`. What is unknown of a subtask stays the mean of what this
 * plan knows of its others, or a step that changes the mean would seem to change the work of subtasks that it leaves alone.
 */
export function optimizeBy(
  plan: Plan,
  basis: ForecastBasis,
): Required<Pick<OptimizeOptions, 'forecast' | 'estimate' | 'critics'>> {
  const { means } = createEstimator(plan.subtasks, basis);
  const prior = { ...basis.prior };
  prior.durationMs ??= means.durationMs;
  prior.tokens ??= means.tokens;
  const filled = { ...basis, prior };
  const estimator = createEstimator(plan.subtasks, filled);
  return {
    forecast: (changed) => forecastPlan(changed, filled),
    estimate: (subtask) => estimator.attempt(subtask, subtask.role),
    critics: Object.keys(basis.reviewers),
  };
}

/** The plan has passed checkPlan and is not changed. */
export function optimizePlan(plan: Plan, options: OptimizeOptions): OptimizedPlan {
  const { critics = [], usedIds = new Set<string>() } = options;
  const started = new Set([...(options.started ?? []), ...fixedByName(plan)]);
  const work = new Work(plan, options.forecast);
  const fusing: FuseOptions = { started, estimate: options.estimate ?? ownEstimate, fusedP: options.fusedP ?? 'weaker' };
  const checking: CriticOptions = { started, critics, usedIds };
  for (let steps = -1; steps < work.steps.length && !work.isSpent; ) {
    steps = work.steps.length;
    collapse(work, fusing);
    fuseChains(work, fusing);
    dropChecks(work, checking);
    if (options.worth !== undefined) addChecks(work, checking, options.worth);
  }
  return { plan: work.plan, steps: work.steps, complete: !work.isSpent };
}

/** @throws {PlanwrightError} `usage` when later steps have not been taken back before. */
export function undoStep(plan: Plan, step: OptimizationStep): Plan {
  return applyChange(plan, step.undo);
}

interface Compared {
  before: Forecast;
  after: Forecast;
}

interface Tried extends Compared {
  changed: Plan;
}

/** The plan so far, its forecast, and how much may still be tried. */
class Work {
  plan: Plan;
  readonly steps: OptimizationStep[] = [];
  readonly #forecast: OptimizeOptions['forecast'];
  #now: Forecast;
  #left = maxWork;

  constructor(plan: Plan, forecast: OptimizeOptions['forecast']) {
    this.plan = plan;
    this.#forecast = forecast;
    this.#now = forecast(plan);
  }

  get isSpent(): boolean {
    return this.#left <= 0;
  }

  /** null when nothing more may be tried. */
  try(change: PlanChange): Tried | null {
    if (this.isSpent) return null;
    this.#left -= this.plan.subtasks.length;
    const changed = applyChange(this.plan, change);
    return { before: this.#now, after: this.#forecast(changed), changed };
  }

  keep(step: Pick<OptimizationStep, 'pass' | 'explanation' | 'subtasks' | 'change'>, { before, after, changed }: Tried): void {
    this.steps.push({ ...step, before, after, undo: invertChange(this.plan, step.change) });
    this.plan = changed;
    this.#now = after;
  }
}

function collapse(work: Work, options: FuseOptions): void {
  const parts = findCollapse(work.plan, options);
  if (parts === null) return;
  const change = fuse(work.plan, parts, options);
  const tried = work.try(change);
  if (tried === null || !isBetter(tried)) return;
  const explanation = `One role (${parts[0]?.role}) does everything and nothing could run at once: ${parts.length} subtasks become one agent's work.`;
  work.keep({ pass: 'collapse', explanation, subtasks: idsOf(parts), change }, tried);
}

function fuseChains(work: Work, options: FuseOptions): void {
  for (const parts of findChains(work.plan, options)) {
    const change = fuse(work.plan, parts, options);
    const tried = work.try(change);
    if (tried === null) return;
    if (!isBetter(tried)) continue;
    const explanation = `${parts.length} subtasks of the role ${parts[0]?.role} follow each other and only the last one's result is used: they become one, without the handoffs between them.`;
    work.keep({ pass: 'fuse', explanation, subtasks: idsOf(parts), change }, tried);
  }
}

function dropChecks(work: Work, options: CriticOptions): void {
  for (let found = true; found; ) {
    found = false;
    for (const { subtasks, change } of listDrops(work.plan, options)) {
      const tried = work.try(change);
      if (tried === null) return;
      if (!isBetter(tried)) continue;
      const explanation = `The check ${subtasks[0]} costs more than it mends: without it the deliverable is as likely to be right.`;
      work.keep({ pass: 'drop-check', explanation, subtasks, change }, tried);
      // The list was made for the plan before.
      found = true;
      break;
    }
  }
}

function addChecks(work: Work, options: CriticOptions, worth: Worth): void {
  for (;;) {
    let best: { gain: number; addition: CriticChange; tried: Tried } | null = null;
    for (const addition of listAdditions(work.plan, options)) {
      const tried = work.try(addition.change);
      if (tried === null) break;
      const gain = gainOf(tried, worth);
      if (gain > (best?.gain ?? 0)) best = { gain, addition, tried };
    }
    if (best === null) return;
    const { subtasks, change } = best.addition;
    const explanation = `A check of ${subtasks[1]} mends more than it costs, a success being worth ${worth.perSuccess} ${worth.unit === 'usd' ? 'USD' : 'tokens'}.`;
    work.keep({ pass: 'add-check', explanation, subtasks, change }, best.tried);
  }
}

/** What the rise in success is worth, less what it costs; negative when success does not rise or the cost is unknown. */
function gainOf({ before, after }: Compared, { unit, perSuccess }: Worth): number {
  const costBefore = unit === 'usd' ? before.costUsd : before.tokens;
  const costAfter = unit === 'usd' ? after.costUsd : after.tokens;
  if (costBefore === null || costAfter === null || compare(before.success, after.success) <= 0) return -1;
  return (after.success - before.success) * perSuccess - (costAfter - costBefore);
}

/** Success rises, or it stays and something gets cheaper while nothing gets dearer. What is unknown decides nothing. */
function isBetter({ before, after }: Compared): boolean {
  const rise = compare(before.success, after.success);
  if (rise !== 0) return rise > 0;
  const differences = (['calls', 'tokens', 'costUsd'] as const).map((size) => compare(before[size], after[size]));
  return differences.every((difference) => difference <= 0) && differences.some((difference) => difference < 0);
}

/** 0 for equal but for rounding: products and sums in another order differ in their last digits. */
function compare(before: number | null, after: number | null): number {
  if (before === null || after === null || Math.abs(after - before) <= 1e-12 * Math.abs(before)) return 0;
  return after - before;
}

function idsOf(subtasks: readonly Subtask[]): string[] {
  return subtasks.map(({ id }) => id);
}

function ownEstimate({ estimate = {} }: Subtask): ReturnType<FuseOptions['estimate']> {
  return { p: estimate.p ?? 1, durationMs: estimate.durationMs ?? null, tokens: estimate.tokens ?? null };
}
