/**
 * The limiter of one process: budgets for a tree of runs, rates and concurrency for each model.
 *
 * Invariants
 * 1. Spent + reserved never exceeds a budget; spent alone does only by what a call uses beyond its estimate.
 * 2. A reservation is refused for good only when what is spent leaves no room for it, whatever the calls in flight settle for.
 * 3. Reservations of one model are granted in the order they were asked for; one that waits for its rate or a slot holds
 *    up no other model, one that waits for a budget holds up all (else small calls would starve it).
 * 4. Whatever waits is looked at again when a call settles, a waiter leaves, or its model's window moves.
 */
import type { Clock } from '../clock.ts';
import { PlanwrightError } from '../errors.ts';
import type { ModelLimits, RunLimits } from '../team/team.ts';
import type { CallEstimate, Limiter, Reservation } from './limiter.ts';
import { RateWindow, type WindowEntry } from './rate-window.ts';

export interface LimiterOptions {
  limits: Pick<RunLimits, 'calls' | 'tokens' | 'usd' | 'perModel'>;
  /** What earlier records of the same tree of runs add up to, on resume. Every record of a model call is a call. */
  spent?: Amounts;
  clock: Clock;
  /** The sub-team whose part of a budget this is. Absent: the run's own budget. */
  shareOf?: string;
}

export interface Amounts {
  calls: number;
  /** Input + output. */
  tokens: number;
  usd: number;
}

type BudgetName = keyof Amounts;
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

/**
 * A sub-team's own part of the budgets, below the limiter of the team above it: a call needs room in both, and counts in both.
 * Rates and concurrency are the models' and stay above.
 */
export function carveLimiter(parent: Limiter, options: LimiterOptions & { shareOf: string }): Limiter {
  const own = createLimiter({ ...options, limits: { ...options.limits, perModel: {} } });
  return {
    reserve: async (estimate, signal) => {
      const mine = await own.reserve(estimate, signal);
      try {
        const theirs = await parent.reserve(estimate, signal);
        return {
          settle: (actual) => {
            mine.settle(actual);
            theirs.settle(actual);
          },
          cancel: () => {
            mine.cancel();
            theirs.cancel();
          },
        };
      } catch (thrown) {
        mine.cancel();
        throw thrown;
      }
    },
  };
}

interface Ticket {
  /** Order of asking, over all models. */
  seq: number;
  estimate: CallEstimate;
  done: boolean;
  grant(reservation: Reservation): void;
  refuse(error: PlanwrightError): void;
}

/** The reservations that wait for one model, and what it is doing. */
class Lane {
  readonly concurrency: number;
  readonly window: RateWindow;
  inFlight = 0;
  timer: AbortController | undefined;
  #waiting: Ticket[] = [];
  #first = 0;

  constructor(limits: ModelLimits) {
    this.concurrency = limits.concurrency ?? Number.POSITIVE_INFINITY;
    this.window = new RateWindow(limits);
  }

  push(ticket: Ticket): void {
    this.#waiting.push(ticket);
  }

  /** The first that still waits. */
  head(): Ticket | undefined {
    let ticket = this.#waiting[this.#first];
    while (ticket?.done) {
      this.#first += 1;
      ticket = this.#waiting[this.#first];
    }
    if (ticket === undefined && this.#first > 0) {
      this.#waiting = [];
      this.#first = 0;
    }
    return ticket;
  }
}

class InProcessLimiter implements Limiter {
  readonly #limits: LimiterOptions['limits'];
  readonly #clock: Clock;
  readonly #shareOf: string | undefined;
  readonly #spent: Amounts;
  readonly #reserved: Amounts = { calls: 0, tokens: 0, usd: 0 };
  readonly #lanes = new Map<string, Lane>();
  #nextSeq = 0;

  constructor(options: LimiterOptions) {
    this.#limits = options.limits;
    this.#clock = options.clock;
    this.#shareOf = options.shareOf;
    this.#spent = { calls: 0, tokens: 0, usd: 0, ...options.spent };
  }

  reserve(estimate: CallEstimate, signal: AbortSignal): Promise<Reservation> {
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

  #lane(model: string): Lane {
    let lane = this.#lanes.get(model);
    if (lane === undefined) {
      const { perModel } = this.#limits;
      lane = new Lane((Object.hasOwn(perModel, model) ? perModel[model] : perModel['*']) ?? {});
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
      const waitMs = lane.window.waitMs(nowMs, ticket.estimate.tokens);
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
  #nextLane(open: Set<Lane>): { lane: Lane; ticket: Ticket } | undefined {
    let next: { lane: Lane; ticket: Ticket } | undefined;
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

  #open(lane: Lane, estimate: CallEstimate, nowMs: number): Reservation {
    const entry = lane.window.add(nowMs, estimate.tokens);
    lane.inFlight += 1;
    for (const name of budgetNames) this.#reserved[name] += need(estimate, name);
    let settled = false;
    return {
      settle: ({ usage, costUsd }) => {
        if (settled) return;
        settled = true;
        const tokens = usage.inputTokens + usage.outputTokens;
        // A cost that is not known after all counts as what was reserved.
        this.#settle(lane, entry, estimate, { calls: 1, tokens, usd: costUsd ?? estimate.usd ?? 0 });
      },
      cancel: () => {
        if (settled) return;
        settled = true;
        this.#settle(lane, entry, estimate, { calls: 0, tokens: 0, usd: 0 });
      },
    };
  }

  #settle(lane: Lane, entry: WindowEntry, estimate: CallEstimate, actual: Amounts): void {
    lane.inFlight -= 1;
    lane.window.correct(entry, actual.tokens);
    for (const name of budgetNames) {
      this.#reserved[name] -= need(estimate, name);
      this.#spent[name] += actual[name];
    }
    // Sums of dollars drift: with nothing in flight, nothing is reserved.
    if (this.#reserved.calls === 0) this.#reserved.usd = 0;
    this.#grantAll();
  }

  #wakeLater(lane: Lane, waitMs: number): void {
    if (lane.timer !== undefined) return;
    const timer = new AbortController();
    lane.timer = timer;
    this.#clock.sleep(waitMs, timer.signal).then(
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
    const limit = this.#limits[name] ?? 0;
    const spent = this.#spent[name];
    const needed = need(estimate, name);
    const flag = { calls: 'limits.calls', tokens: '--budget-tokens', usd: '--budget-usd' }[name];
    if (this.#shareOf !== undefined) {
      return new PlanwrightError(
        'share-spent',
        `The sub-team "${this.#shareOf}" has used ${showAmount(name, spent)} of its ${showAmount(name, limit)}, and the next call of ${estimate.model} may need ${showAmount(name, needed)}. Raise its limits.${name} or its share.`,
        { details: { limit: name, limitAmount: limit, spent, needed } },
      );
    }
    return new PlanwrightError(
      'budget-spent',
      `The budget of ${showAmount(name, limit)} is spent: ${showAmount(name, spent)} used, and the next call of ${estimate.model} may need ${showAmount(name, needed)}. Raise ${flag}.`,
      { details: { limit: name, limitAmount: limit, spent, needed } },
    );
  }
}

function need(estimate: CallEstimate, name: BudgetName): number {
  if (name === 'calls') return 1;
  return name === 'tokens' ? estimate.tokens : (estimate.usd ?? 0);
}

function showAmount(name: BudgetName, value: number): string {
  return name === 'usd' ? `$${Number(value.toPrecision(4))}` : `${value} ${name}`;
}
