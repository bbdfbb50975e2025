/**
 * The limiter where several processes work on one run: budgets, rates and concurrency are all the store's.
 *
 * 1. Of one process and one model, asks are made one after another in the order in which they came; what waits for a place or a
 *    rate holds up its model only.
 * 2. What waits for a budget holds up whoever came later for the same run, whatever the model (else small calls would
 *    starve it), and no other run.
 */
import { PlanwrightError } from '../../errors.ts';
import { budgetSpentError } from '../../model/budget-error.ts';
import type { BudgetShare, CallEstimate, Limiter, Reservation } from '../../model/limiter.ts';
import type { ModelSpec } from '../../model/model.ts';
import { orAbort } from '../../model/or-abort.ts';
import type { Budget, SharedAnswer, SharedAsk, SharedLimits } from '../../model/shared-limits.ts';
import type { ModelLimits, RunLimits } from '../../team/team.ts';

export interface ClusterLimiterOptions {
  /** Of a store that keeps budgets; what was spent before is known there. */
  shared: SharedLimits;
  rootRunId: string;
  /** The run's own. */
  limits: Pick<RunLimits, 'calls' | 'tokens' | 'usd' | 'perModel'>;
}

/** A budget, and the sub-team whose part it is; null for the run's own. */
interface NamedBudget {
  budget: Budget;
  team: string | null;
}

/**
 * Where only sub-teams have budgets, `carve` adds them.
 * @throws {PlanwrightError} `usage` for a limit that would never let a call through.
 */
export function createClusterLimiter({ shared, rootRunId, limits }: ClusterLimiterOptions): Limiter {
  const { perModel, ...amounts } = limits;
  for (const [spec, modelLimits] of Object.entries(perModel)) {
    for (const name of ['concurrency', 'requestsPerMinute', 'tokensPerMinute'] as const) {
      const value = modelLimits[name];
      if (value !== undefined && !(value > 0)) {
        throw new PlanwrightError('usage', `limits.perModel.${spec}.${name} is ${value}; it has to be greater than 0.`);
      }
    }
  }
  return new ClusterLimiter(shared, perModel, [{ budget: { runId: rootRunId, limits: pickLimits(amounts) }, team: null }]);
}

class ClusterLimiter implements Limiter {
  readonly #shared: SharedLimits;
  readonly #perModel: RunLimits['perModel'];
  readonly #budgets: readonly NamedBudget[];

  constructor(shared: SharedLimits, perModel: RunLimits['perModel'], budgets: readonly NamedBudget[]) {
    this.#shared = shared;
    this.#perModel = perModel;
    this.#budgets = budgets.filter(({ budget }) => Object.keys(budget.limits).length > 0);
  }

  async reserve(estimate: CallEstimate, signal: AbortSignal): Promise<Reservation> {
    signal.throwIfAborted();
    if (estimate.usd === null && this.#budgets.some(({ budget }) => budget.limits.usd !== undefined)) {
      throw new PlanwrightError(
        'model-unpriced',
        `The price of ${estimate.model} is not known, so a budget in USD cannot be kept. Use a token budget instead.`,
      );
    }
    const modelLimits = this.#limitsOf(estimate.model);
    const ask = { ...estimate, modelLimits, budgets: this.#budgets.map(({ budget }) => budget) };
    const answer = await queueOf(this.#shared).ask(ask, signal);
    if (answer.kind === 'spent') throw this.#spentError(answer, estimate.model);
    return this.#toReservation(answer.reservation);
  }

  carve({ runId, team, limits }: BudgetShare): Limiter {
    return new ClusterLimiter(this.#shared, this.#perModel, [
      ...this.#budgets,
      { budget: { runId, limits: pickLimits(limits) }, team },
    ]);
  }

  pause(model: ModelSpec, untilMs: number): Promise<void> {
    return this.#shared.pause(model, untilMs);
  }

  #limitsOf(model: ModelSpec): ModelLimits {
    return (Object.hasOwn(this.#perModel, model) ? this.#perModel[model] : this.#perModel['*']) ?? {};
  }

  #spentError({ budget, name, spent, needed }: Extract<SharedAnswer, { kind: 'spent' }>, model: ModelSpec): PlanwrightError {
    const team = this.#budgets.find((named) => named.budget === budget)?.team ?? null;
    return budgetSpentError({
      name,
      limit: budget.limits[name] ?? 0,
      spent,
      needed,
      model,
      ...(team === null ? {} : { shareOf: team }),
    });
  }

  #toReservation(reservation: string): Reservation {
    return {
      settle: ({ usage }) => this.#shared.settle(reservation, usage.inputTokens + usage.outputTokens),
      cancel: () => this.#shared.settle(reservation, null),
    };
  }
}

function pickLimits({ calls, tokens, usd }: Budget['limits']): Budget['limits'] {
  return {
    ...(calls === undefined ? {} : { calls }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(usd === undefined ? {} : { usd }),
  };
}

type FinalAnswer = Exclude<SharedAnswer, { kind: 'wait' }>;

/** One for all limiters of a process on one store: they keep one order. */
const queues = new WeakMap<SharedLimits, AskQueue>();

function queueOf(shared: SharedLimits): AskQueue {
  const known = queues.get(shared);
  if (known !== undefined) return known;
  const queue = new AskQueue(shared);
  queues.set(shared, queue);
  return queue;
}

class AskQueue {
  readonly #shared: SharedLimits;
  /** Who came last, by model and by root run; settled when it has been answered or has left. */
  readonly #lastTurns = new Map<string, Promise<void>>();
  /** Root runs of which an ask waits for a budget: what came later waits for this. */
  readonly #gates = new Map<string, Promise<void>>();

  constructor(shared: SharedLimits) {
    this.#shared = shared;
  }

  async ask(ask: SharedAsk, signal: AbortSignal): Promise<FinalAnswer> {
    for (;;) {
      await this.#passGate(ask, signal);
      const answer = await this.#askInTurn(ask, signal);
      if (answer === 'gated') continue;
      return answer.kind === 'wait' ? this.#askBehindGate(ask, signal) : answer;
    }
  }

  async #passGate(ask: SharedAsk, signal: AbortSignal): Promise<void> {
    for (let gate = this.#gates.get(ask.rootRunId); gate !== undefined; gate = this.#gates.get(ask.rootRunId)) {
      await orAbort(gate, signal);
    }
  }

  /** A model without limits has no order to keep, and its asks share a round trip. */
  async #askInTurn(ask: SharedAsk, signal: AbortSignal): Promise<SharedAnswer | 'gated'> {
    const isUnlimited = Object.values(ask.modelLimits).every((limit) => limit === undefined);
    if (isUnlimited) return this.#askUntilBudget(ask, signal);
    const turnOf = `model ${ask.model}`;
    const before = this.#lastTurns.get(turnOf);
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    const turn = before === undefined ? over : before.then(() => over);
    this.#lastTurns.set(turnOf, turn);
    try {
      if (before !== undefined) await orAbort(before, signal);
      if (this.#gates.has(ask.rootRunId)) return 'gated';
      return await this.#askUntilBudget(ask, signal);
    } finally {
      end();
      if (this.#lastTurns.get(turnOf) === turn) this.#lastTurns.delete(turnOf);
    }
  }

  /** Waits for the model; what waits for a budget is returned, so that the model is free for other runs. */
  async #askUntilBudget(ask: SharedAsk, signal: AbortSignal): Promise<SharedAnswer> {
    for (;;) {
      const answer = await this.#askOnce(ask, signal);
      if (answer.kind !== 'wait' || answer.because === 'budget') return answer;
      await this.#shared.changed(answer.waitMs, signal);
    }
  }

  async #askBehindGate(ask: SharedAsk, signal: AbortSignal): Promise<FinalAnswer> {
    await this.#passGate(ask, signal);
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    this.#gates.set(ask.rootRunId, gate);
    try {
      for (;;) {
        const answer = await this.#askOnce(ask, signal);
        if (answer.kind !== 'wait') return answer;
        await this.#shared.changed(answer.waitMs, signal);
      }
    } finally {
      this.#gates.delete(ask.rootRunId);
      open();
    }
  }

  async #askOnce(ask: SharedAsk, signal: AbortSignal): Promise<SharedAnswer> {
    signal.throwIfAborted();
    const answer = await this.#shared.reserve(ask);
    if (answer.kind !== 'granted' || !signal.aborted) return answer;
    await this.#shared.settle(answer.reservation, null);
    throw signal.reason;
  }
}
