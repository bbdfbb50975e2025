/**
 * The limits of all runs in one memory store. Budgets are left to the process, which is the only one.
 *
 * 1. An ask without limits leaves no trace, and a reservation that was given back is forgotten.
 * 2. An ask is answered in one turn: nothing comes between looking and taking.
 */
import type { Clock } from '../clock.ts';
import { Changes } from '../model/changes.ts';
import type { ModelSpec } from '../model/model.ts';
import { RateWindow, type WindowEntry } from '../model/rate-window.ts';
import {
  isUnlimited,
  type SharedAnswer,
  type SharedAsk,
  type SharedLimits,
  unlimitedReservation,
} from '../model/shared-limits.ts';

/** A change may come between an answer and the wait for it: waiting is looked after this often. */
const pollMs = 100;

interface ModelUse {
  inFlight: number;
  readonly window: RateWindow;
}

export class MemoryLimits implements SharedLimits {
  readonly keepsBudgets = false;
  readonly #clock: Clock;
  readonly #changes: Changes;
  readonly #uses = new Map<ModelSpec, ModelUse>();
  readonly #pauses = new Map<ModelSpec, number>();
  readonly #open = new Map<string, { use: ModelUse; entry: WindowEntry }>();
  #made = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#changes = new Changes(clock);
  }

  async reserve({ model, tokens, modelLimits }: SharedAsk): Promise<SharedAnswer> {
    const nowMs = this.#clock.now();
    const pausedMs = (this.#pauses.get(model) ?? nowMs) - nowMs;
    if (pausedMs > 0) return { kind: 'wait', waitMs: pausedMs, because: 'pause' };
    this.#pauses.delete(model);
    if (isUnlimited(modelLimits)) return { kind: 'granted', reservation: unlimitedReservation };
    const use = this.#uses.get(model) ?? { inFlight: 0, window: new RateWindow() };
    this.#uses.set(model, use);
    const rateMs = use.window.waitMs(modelLimits, nowMs, tokens);
    if (rateMs > 0) return { kind: 'wait', waitMs: rateMs, because: 'rate' };
    if (use.inFlight >= (modelLimits.concurrency ?? Number.POSITIVE_INFINITY)) {
      return { kind: 'wait', waitMs: pollMs, because: 'concurrency' };
    }
    use.inFlight += 1;
    this.#made += 1;
    const reservation = String(this.#made);
    this.#open.set(reservation, { use, entry: use.window.add(nowMs, tokens) });
    return { kind: 'granted', reservation };
  }

  async settle(reservation: string, tokens: number | null): Promise<void> {
    const held = this.#open.get(reservation);
    if (held === undefined) return;
    this.#open.delete(reservation);
    held.use.inFlight -= 1;
    if (tokens === null) held.use.window.remove(held.entry);
    else held.use.window.correct(held.entry, tokens);
    this.#changes.notify();
  }

  async pause(model: ModelSpec, untilMs: number): Promise<void> {
    this.#pauses.set(model, Math.max(untilMs, this.#pauses.get(model) ?? untilMs));
    this.#changes.notify();
  }

  changed(atMostMs: number, signal: AbortSignal): Promise<void> {
    return this.#changes.next(Math.min(atMostMs, pollMs), signal);
  }
}
