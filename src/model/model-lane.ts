/** The reservations that wait for one model, and what it is doing. */
import type { PlanwrightError } from '../errors.ts';
import type { ModelLimits } from '../team/team.ts';
import type { CallEstimate, Reservation } from './limiter.ts';
import { RateWindow } from './rate-window.ts';

export interface Ticket {
  /** Order of asking, over all models. */
  seq: number;
  estimate: CallEstimate;
  done: boolean;
  grant(reservation: Reservation): void;
  refuse(error: PlanwrightError): void;
}

export class ModelLane {
  readonly limits: ModelLimits;
  readonly concurrency: number;
  readonly window = new RateWindow();
  inFlight = 0;
  pausedUntilMs = Number.NEGATIVE_INFINITY;
  timer: AbortController | undefined;
  #waiting: Ticket[] = [];
  #first = 0;

  constructor(limits: ModelLimits) {
    this.limits = limits;
    this.concurrency = limits.concurrency ?? Number.POSITIVE_INFINITY;
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

  /** For its pause and its rates; 0 when neither holds a call of this size up. */
  waitMs(nowMs: number, tokens: number): number {
    return Math.max(0, this.pausedUntilMs - nowMs, this.window.waitMs(this.limits, nowMs, tokens));
  }
}
