/**
 * The limiter of one process: budgets for a tree of runs, rates and concurrency for each model. With `shared`, rates and
 * concurrency are also held over all runs of a store, whatever process they are in.
 *
 * Invariants
 * 1. Spent + reserved never exceeds a budget; spent alone does only by what a call uses beyond its estimate.
 * 2. A reservation is refused for good only when what is spent leaves no room for it, whatever the calls in flight settle for.
 * 3. Reservations of one model are granted in the order they were asked for; one that waits for its rate or a slot holds
 *    up no other model, one that waits for a budget holds up all (else small calls would starve it).
 * 4. Whatever waits is looked at again when a call settles, a waiter leaves, or its model's window moves or pause ends.
 * 5. What the process grants is asked of the store, model by model, one after another in the order of asking.
 */
import type { Clock } from '../clock.ts';
import { PlanwrightError } from '../errors.ts';
import type { RunLimits } from '../team/team.ts';
import { budgetSpentError } from './budget-error.ts';
import type { Amounts, BudgetShare, CallEstimate, Limiter, Reservation } from './limiter.ts';
import type { ModelSpec } from './model.ts';
import { ModelLane, type Ticket } from './model-lane.ts';
import type { WindowEntry } from './rate-window.ts';
import type { BudgetName, SharedLimits } from './shared-limits.ts';
import { SharedQueue } from './shared-queue.ts';

export interface LimiterOptions {
  limits: Pick<RunLimits, 'calls' | 'tokens' | 'usd' | 'perModel'>;
  /** What earlier records of the same tree of runs add up to, on resume. Every record of a model call is a call. */
  spent?: Amounts;
  clock: Clock;
  /** The sub-team whose part of a budget this is. Absent: the run's own budget. */
  shareOf?: string;
  /** Those of the store. Absent: this process alone counts. */
  shared?: SharedLimits;
}

export type { Amounts };

const budgetNames = ['calls', 'tokens', 'usd'] as const satisfies BudgetName[];

/** @throws {PlanwrightError} `usage` for a limit that would never let a call through. */
export function createLimiter(options: LimiterOptions): Limiter {
  for (const [spec, limits] of Object.entries(options.limits.perModel)) {
    for (const name of ['concurrency', 'requestsPerMinute', 'tokensPerMinute'] as const) {
      const value = limits[name];
      if (value !== undefined && !(value > 0)) {
        throw new PlanwrightError('usage', `limits.perModel.${spec}.${name} is ${value}; it has to be greater than 0.`);
      }
    }
  }
  return new InProcessLimiter(options);
}

function carveLimiter(above: Limiter, { limits, spent, team }: BudgetShare, clock: Clock): Limiter {
  const own = new InProcessLimiter({ limits: { ...limits, perModel: {} }, spent, clock, shareOf: team });
  const carved: Limiter = {
    reserve: async (estimate, signal) =>
      joinReservations(await own.reserve(estimate, signal), () => above.reserve(estimate, signal)),
    carve: (share) => carveLimiter(carved, share, clock),
    pause: (model, untilMs) => above.pause(model, untilMs),
  };
  return carved;
}

/**
 * @param ask For a second reservation of the same call; when it fails, the first one is given back. The second one is settled
 *   first: who is let in by the first finds room in the second.
 */
async function joinReservations(mine: Reservation, ask: () => Promise<Reservation>): Promise<Reservation> {
  let theirs: Reservation;
  try {
    theirs = await ask();
  } catch (thrown) {
    await mine.cancel();
    throw thrown;
  }
  return {
    settle: async (actual) => {
      try {
        await theirs.settle(actual);
      } finally {
        await mine.settle(actual);
      }
    },
    cancel: async () => {
      try {
        await theirs.cancel();
      } finally {
        await mine.cancel();
      }
    },
  };
}

class InProcessLimiter implements Limiter {
  readonly #limits: LimiterOptions['limits'];
  readonly #clock: Clock;
  readonly #shareOf: string | undefined;
  readonly #spent: Amounts;
  readonly #reserved: Amounts = { calls: 0, tokens: 0, usd: 0 };
  readonly #lanes = new Map<string, ModelLane>();
  readonly #shared: SharedQueue | undefined;
  #nextSeq = 0;

  constructor(options: LimiterOptions) {
    this.#limits = options.limits;
    this.#clock = options.clock;
    this.#shareOf = options.shareOf;
    this.#shared = options.shared === undefined ? undefined : new SharedQueue(options.shared);
    this.#spent = { calls: 0, tokens: 0, usd: 0, ...options.spent };
  }

  async reserve(estimate: CallEstimate, signal: AbortSignal): Promise<Reservation> {
    const own = await this.#reserve(estimate, signal);
    if (this.#shared === undefined) return own;
    const shared = this.#shared;
    return joinReservations(own, () => shared.reserve(estimate, this.#lane(estimate.model).limits, signal));
  }

  carve(share: BudgetShare): Limiter {
    return carveLimiter(this, share, this.#clock);
  }

  async pause(model: ModelSpec, untilMs: number): Promise<void> {
    const lane = this.#lane(model);
    lane.pausedUntilMs = Math.max(lane.pausedUntilMs, untilMs);
    await this.#shared?.pause(model, untilMs);
  }

  #reserve(estimate: CallEstimate, signal: AbortSignal): Promise<Reservation> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      if (estimate.usd === null && this.#limits.usd !== undefined) {
        reject(
          new PlanwrightError(
            'model-unpriced',
            `The price of ${estimate.model} is not known, so a budget in USD cannot be kept. Use a token budget instead.`,
          ),
        );
        return;
      }
      const leave = () => {
        ticket.done = true;
        reject(signal.reason);
        this.#grantAll();
      };
      const settleTicket = () => {
        ticket.done = true;
        signal.removeEventListener('abort', leave);
      };
      const ticket: Ticket = {
        seq: this.#nextSeq,
        estimate,
        done: false,
        grant: (reservation) => {
          settleTicket();
          resolve(reservation);
        },
        refuse: (error) => {
          settleTicket();
          reject(error);
        },
      };
      this.#nextSeq += 1;
      this.#lane(estimate.model).push(ticket);
      this.#grantAll();
      if (!ticket.done) signal.addEventListener('abort', leave, { once: true });
    });
  }

  #lane(model: string): ModelLane {
    let lane = this.#lanes.get(model);
    if (lane === undefined) {
      const { perModel } = this.#limits;
      lane = new ModelLane((Object.hasOwn(perModel, model) ? perModel[model] : perModel['*']) ?? {});
      this.#lanes.set(model, lane);
    }
    return lane;
  }

  /** Grants and refuses, in order of asking, until nothing more can be. */
  #grantAll(): void {
    const nowMs = this.#clock.now();
    const open = new Set(this.#lanes.values());
    for (;;) {
      const next = this.#nextLane(open);
      if (next === undefined) return;
      const { lane, ticket } = next;
      const spentBudget = budgetNames.find((name) => this.#exceeds(name, this.#spent[name] + need(ticket.estimate, name)));
      if (spentBudget !== undefined) {
        ticket.refuse(this.#budgetSpent(spentBudget, ticket.estimate));
        continue;
      }
      const waitMs = lane.waitMs(nowMs, ticket.estimate.tokens);
      if (lane.inFlight >= lane.concurrency || waitMs > 0) {
        if (waitMs > 0) this.#wakeLater(lane, waitMs);
        open.delete(lane);
        continue;
      }
      if (budgetNames.some((name) => this.#exceeds(name, this.#spent[name] + this.#reserved[name] + need(ticket.estimate, name))))
        return;
      ticket.grant(this.#open(lane, ticket.estimate, nowMs));
    }
  }

  /** Of the open lanes, the one whose head has waited longest; lanes without a head stop their timers and close. */
  #nextLane(open: Set<ModelLane>): { lane: ModelLane; ticket: Ticket } | undefined {
    let next: { lane: ModelLane; ticket: Ticket } | undefined;
    for (const lane of open) {
      const ticket = lane.head();
      if (ticket === undefined) {
        lane.timer?.abort();
        lane.timer = undefined;
        open.delete(lane);
      } else if (next === undefined || ticket.seq < next.ticket.seq) {
        next = { lane, ticket };
      }
    }
    return next;
  }

  #open(lane: ModelLane, estimate: CallEstimate, nowMs: number): Reservation {
    const entry = lane.window.add(nowMs, estimate.tokens);
    lane.inFlight += 1;
    for (const name of budgetNames) this.#reserved[name] += need(estimate, name);
    let settled = false;
    const settle = (actual: Amounts | null): void => {
      if (settled) return;
      settled = true;
      this.#settle(lane, entry, estimate, actual);
    };
    return {
      settle: async ({ usage, costUsd }) => {
        const tokens = usage.inputTokens + usage.outputTokens;
        // A cost that is not known after all counts as what was reserved.
        settle({ calls: 1, tokens, usd: costUsd ?? estimate.usd ?? 0 });
      },
      cancel: async () => settle(null),
    };
  }

  /** `actual`: null when the call was not made. */
  #settle(lane: ModelLane, entry: WindowEntry, estimate: CallEstimate, actual: Amounts | null): void {
    lane.inFlight -= 1;
    if (actual === null) lane.window.remove(entry);
    else lane.window.correct(entry, actual.tokens);
    for (const name of budgetNames) {
      this.#reserved[name] -= need(estimate, name);
      this.#spent[name] += actual?.[name] ?? 0;
    }
    // Sums of dollars drift: with nothing in flight, nothing is reserved.
    if (this.#reserved.calls === 0) this.#reserved.usd = 0;
    this.#grantAll();
  }

  #wakeLater(lane: ModelLane, waitMs: number): void {
    if (lane.timer !== undefined) return;
    const timer = new AbortController();
    lane.timer = timer;
    // Timers hold no more than 2³¹ - 1 ms; what waits on is looked at again.
    this.#clock.sleep(Math.min(waitMs, 2 ** 31 - 1), timer.signal).then(
      () => {
        lane.timer = undefined;
        return this.#grantAll();
      },
      // Stopped because nobody waits any more.
      () => undefined,
    );
  }

  #exceeds(name: BudgetName, amount: number): boolean {
    const limit = this.#limits[name];
    return limit !== undefined && amount > limit;
  }

  #budgetSpent(name: BudgetName, estimate: CallEstimate): PlanwrightError {
    return budgetSpentError({
      name,
      limit: this.#limits[name] ?? 0,
      spent: this.#spent[name],
      needed: need(estimate, name),
      model: estimate.model,
      ...(this.#shareOf === undefined ? {} : { shareOf: this.#shareOf }),
    });
  }
}

function need(estimate: CallEstimate, name: BudgetName): number {
  if (name === 'calls') return 1;
  return name === 'tokens' ? estimate.tokens : (estimate.usd ?? 0);
}
