/**
 * Asks a store's shared limits on behalf of one process: for each model one ask at a time, in the order in which they came, so
 * that a large call is not overtaken for ever by small ones.
 */
import { PlanwrightError } from '../errors.ts';
import type { ModelLimits } from '../team/team.ts';
import type { CallEstimate, Reservation } from './limiter.ts';
import type { ModelSpec } from './model.ts';
import { orAbort } from './or-abort.ts';
import type { SharedLimits } from './shared-limits.ts';

export class SharedQueue {
  readonly #shared: SharedLimits;
  /** Settled when the last that came has been answered or has left. */
  readonly #lastTurns = new Map<ModelSpec, Promise<void>>();

  constructor(shared: SharedLimits) {
    this.#shared = shared;
  }

  /** @throws the signal's reason when it aborts first. */
  async reserve(estimate: CallEstimate, modelLimits: ModelLimits, signal: AbortSignal): Promise<Reservation> {
    const before = this.#lastTurns.get(estimate.model);
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    const turn = before === undefined ? over : before.then(() => over);
    this.#lastTurns.set(estimate.model, turn);
    try {
      if (before !== undefined) await orAbort(before, signal);
      return this.#toReservation(await this.#ask(estimate, modelLimits, signal));
    } finally {
      end();
      if (this.#lastTurns.get(estimate.model) === turn) this.#lastTurns.delete(estimate.model);
    }
  }

  pause(model: ModelSpec, untilMs: number): Promise<void> {
    return this.#shared.pause(model, untilMs);
  }

  async #ask(estimate: CallEstimate, modelLimits: ModelLimits, signal: AbortSignal): Promise<string> {
    for (;;) {
      signal.throwIfAborted();
      const answer = await this.#shared.reserve({ ...estimate, modelLimits, budgets: [] });
      if (answer.kind === 'spent') {
        throw new PlanwrightError(
          'internal',
          `The store refused a call of ${estimate.model} for a budget that it was not asked about.`,
        );
      }
      if (answer.kind === 'wait') {
        await this.#shared.changed(answer.waitMs, signal);
        continue;
      }
      if (!signal.aborted) return answer.reservation;
      await this.#shared.settle(answer.reservation, null);
    }
  }

  #toReservation(reservation: string): Reservation {
    return {
      settle: ({ usage }) => this.#shared.settle(reservation, usage.inputTokens + usage.outputTokens),
      cancel: () => this.#shared.settle(reservation, null),
    };
  }
}
