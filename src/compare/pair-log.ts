/** The pairs of a comparison as they end: the evidence in order, and how much of everything is spent and left. */
import type { Clock } from '../clock.ts';
import { EProcess } from '../measure/statistics/e-process.ts';
import type { PairProgress } from './comparison.ts';
import type { Purse } from './purse.ts';
import type { EndedPair, PairPlan } from './run-pair.ts';

export interface PairLogOptions {
  alpha: number;
  planned: number;
  /** Pairs at once. */
  concurrency: number;
  purse: Purse;
  clock: Clock;
}

export class PairLog {
  /** Those that --max-usd cut off. */
  readonly cutPairs: PairPlan[] = [];
  readonly #options: PairLogOptions;
  readonly #process: EProcess;
  readonly #ended = new Map<number, EndedPair>();
  readonly #begunMs = new Map<number, number>();
  /** The first pair that has not entered the evidence. */
  #frontier = 0;
  #tokens = 0;
  /** Of pairs that were run now. */
  #run = { pairs: 0, ms: 0 };

  constructor(options: PairLogOptions) {
    this.#options = options;
    this.#process = new EProcess(options.alpha);
  }

  get isDecided(): boolean {
    return this.#process.decision !== 'undecided';
  }

  /** Whether every pair has been begun. */
  get isComplete(): boolean {
    return this.#ended.size + this.#begunMs.size + this.cutPairs.length >= this.#options.planned;
  }

  /** Whether one more pair fits into the money beside those under way, if they cost what pairs did so far. */
  affordsNext(): boolean {
    const { purse } = this.#options;
    const spentUsd = purse.spentUsd;
    if (spentUsd === null || this.#ended.size === 0) return true;
    return purse.affords((spentUsd / this.#ended.size) * (this.#begunMs.size + 1));
  }

  begin({ index }: PairPlan): void {
    this.#begunMs.set(index, this.#options.clock.now());
  }

  cut(plan: PairPlan): void {
    this.#begunMs.delete(plan.index);
    this.cutPairs.push(plan);
  }

  end(pair: EndedPair): PairProgress {
    const { index, task, repeat } = pair.plan;
    const { planned, purse, clock } = this.#options;
    const ms = clock.now() - (this.#begunMs.get(index) ?? clock.now());
    this.#begunMs.delete(index);
    this.#ended.set(index, pair);
    for (const { tokens } of pair.arms) this.#tokens += tokens;
    if (!pair.isStored) this.#run = { pairs: this.#run.pairs + 1, ms: this.#run.ms + ms };
    this.#enterEvidence();
    return {
      task: task.id,
      repeat,
      ...(task.class === undefined ? {} : { class: task.class }),
      arms: pair.arms,
      ...(pair.leftOut === null ? {} : { leftOut: pair.leftOut }),
      ended: this.#ended.size,
      planned,
      eValue: this.#process.max,
      tokens: this.#tokens,
      spentUsd: purse.spentUsd,
      left: this.#left(),
    };
  }

  /** In order. */
  pairs(): EndedPair[] {
    return [...this.#ended.values()].toSorted((a, b) => a.plan.index - b.plan.index);
  }

  grading(): { gradings: number; tokens: number; usd: number | null } {
    const costs = this.pairs().flatMap(({ grading }) => grading);
    const usd = costs.some((cost) => cost.usd === null) ? null : costs.reduce((sum, cost) => sum + (cost.usd ?? 0), 0);
    return { gradings: costs.length, tokens: costs.reduce((sum, cost) => sum + cost.tokens, 0), usd };
  }

  #enterEvidence(): void {
    for (let pair = this.#ended.get(this.#frontier); pair !== undefined; pair = this.#ended.get(this.#frontier)) {
      this.#frontier += 1;
      const { rows } = pair;
      const passed = (arm: string): boolean => rows.some((row) => row.arm === arm && row.success);
      if (rows.length > 0 && passed('team') !== passed('single')) this.#process.add(passed('team') ? 'team' : 'single');
    }
  }

  #left(): PairProgress['left'] {
    const { pairs, ms } = this.#run;
    if (pairs === 0) return null;
    const { planned, concurrency, purse } = this.#options;
    const left = planned - this.#ended.size;
    const spentUsd = purse.spentUsd;
    return {
      pairs: left,
      ms: ((ms / pairs) * left) / Math.min(concurrency, Math.max(1, left)),
      usd: spentUsd === null ? null : (spentUsd / this.#ended.size) * left,
    };
  }
}
