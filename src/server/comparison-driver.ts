/**
 * Comparisons that this server runs, in this process.
 *
 * 1. A comparison that was accepted has begun: an error of use is the answer to its request, not a comparison.
 * 2. One comparison is run once: the same request while it runs is refused.
 * 3. Cancelling and closing interrupt its runs; the same request goes on from there without repeating a call.
 */
import {
  type Clock,
  type CompareTeamsOptions,
  type ComparisonBegun,
  type ComparisonTask,
  compareTeams,
  type DriveRunOptions,
  PlanwrightError,
  type Store,
  type Team,
} from '../index.ts';
import { ApiError } from './api-error.ts';
import type { ComparisonProgress } from './schemas/comparison.ts';

export interface ComparisonDriverOptions {
  store: Store;
  /** Models, tools and the like. */
  means?: Omit<DriveRunOptions, 'store' | 'signal' | 'onDelta'>;
  /** Comparisons at once. Default 4. */
  maxComparisons?: number;
  clock: Clock;
  onError: (thrown: unknown) => void;
}

export interface WantedComparison extends Pick<CompareTeamsOptions, 'maxUsd' | 'repeats' | 'concurrency' | 'seed' | 'fixedN'> {
  tasks: readonly ComparisonTask[];
  team: Team;
  /** Default: the server's. */
  model?: string;
}

interface Held {
  progress: ComparisonProgress;
  method: 'anytime' | 'fixed';
  stop: AbortController;
}

const defaultMaxComparisons = 4;
/** Those that have ended are remembered; the store has their pairs in any case. */
const rememberedMost = 100;

export class ComparisonDriver {
  readonly #options: ComparisonDriverOptions;
  /** By id, in order of their begin. */
  readonly #held = new Map<string, Held>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(options: ComparisonDriverOptions) {
    this.#options = options;
  }

  /**
   * Resolves when it has begun.
   * @throws {PlanwrightError} as `compareTeams`; `run-busy` when it runs already. {ApiError} `busy`.
   */
  async start(wanted: WantedComparison): Promise<ComparisonProgress> {
    this.#refuseTooMany();
    const begun = Promise.withResolvers<ComparisonProgress>();
    const working = this.#carryOut(wanted, begun.resolve).catch(begun.reject);
    this.#underWay.add(working);
    working.finally(() => this.#underWay.delete(working)).catch(begun.reject);
    return begun.promise;
  }

  /** @throws {ApiError} `not-found` for one that this server has not run; {PlanwrightError} `run-ended`. */
  cancel(comparisonId: string): ComparisonProgress {
    const held = this.#held.get(comparisonId);
    if (held === undefined) {
      throw new ApiError('not-found', `This server runs no comparison ${JSON.stringify(comparisonId.slice(0, 200))}.`);
    }
    if (!isOpen(held)) throw new PlanwrightError('run-ended', `Comparison "${comparisonId}" has ended.`);
    held.progress.state = 'stopping';
    held.stop.abort(new PlanwrightError('cancelled', 'A person has stopped the comparison.'));
    return held.progress;
  }

  progressOf(comparisonId: string): ComparisonProgress | null {
    return this.#held.get(comparisonId)?.progress ?? null;
  }

  /** How it is judged; the store does not keep it. */
  methodOf(comparisonId: string): 'anytime' | 'fixed' | undefined {
    return this.#held.get(comparisonId)?.method;
  }

  /** Newest first. */
  listUnderWay(): ComparisonProgress[] {
    return [...this.#held.values()]
      .filter(isOpen)
      .map(({ progress }) => progress)
      .toReversed();
  }

  async close(): Promise<void> {
    this.#closing.abort(new PlanwrightError('cancelled', 'The server is closing.'));
    await Promise.all(this.#underWay);
  }

  #refuseTooMany(): void {
    const { maxComparisons = defaultMaxComparisons } = this.#options;
    if (this.#closing.signal.aborted) throw new ApiError('busy', 'The server is closing.');
    if (this.#underWay.size < maxComparisons) return;
    throw new ApiError(
      'busy',
      `This server runs ${maxComparisons} comparisons now, as many as it may. Try again when one has ended.`,
    );
  }

  /** Rejects only before it has begun. */
  async #carryOut(wanted: WantedComparison, onBegun: (progress: ComparisonProgress) => void): Promise<void> {
    const { store, clock, onError } = this.#options;
    const { tools, env, random, packageFolders, model } = this.#options.means ?? {};
    const given = Object.entries({ tools, env, random, packageFolders, model }).filter(([, mean]) => mean !== undefined);
    const stop = new AbortController();
    let held: Held | undefined;
    try {
      const comparison = await compareTeams({
        ...(Object.fromEntries(given) as Pick<CompareTeamsOptions, 'tools' | 'env' | 'random' | 'packageFolders' | 'model'>),
        ...wanted,
        store,
        clock,
        signal: AbortSignal.any([stop.signal, this.#closing.signal]),
        onBegin: (facts) => {
          held = this.#hold(facts, wanted, stop);
          onBegun(held.progress);
        },
        onPair: ({ ended, eValue, tokens, spentUsd, left }) => {
          if (held !== undefined) Object.assign(held.progress, { pairsEnded: ended, eValue, tokens, spentUsd, left });
        },
      });
      if (held === undefined) return;
      const { stopped, notes, spentUsd } = comparison;
      Object.assign(held.progress, { state: 'ended', stopped, notes, spentUsd, left: null, endedMs: clock.now() });
    } catch (thrown) {
      if (held === undefined) throw thrown;
      const isTold = thrown instanceof PlanwrightError;
      // Of a defect nothing but that there is one: its text may hold anything.
      const failure = isTold ? thrown.message : 'Something went wrong in the server. Its log says what.';
      Object.assign(held.progress, { state: 'failed', failure, left: null, endedMs: clock.now() });
      if (!this.#closing.signal.aborted) onError(thrown);
    }
  }

  /** @throws {PlanwrightError} `run-busy` */
  #hold({ comparisonId, pairsPlanned }: ComparisonBegun, { team, fixedN }: WantedComparison, stop: AbortController): Held {
    const before = this.#held.get(comparisonId);
    if (before !== undefined && isOpen(before)) {
      throw new PlanwrightError('run-busy', `The same comparison is under way: "${comparisonId}".`);
    }
    const held: Held = {
      method: fixedN === true ? 'fixed' : 'anytime',
      stop,
      progress: {
        comparisonId,
        state: 'running',
        team: team.name,
        stopped: null,
        failure: null,
        startedMs: this.#options.clock.now(),
        endedMs: null,
        pairsEnded: 0,
        pairsPlanned,
        eValue: 1,
        tokens: 0,
        spentUsd: 0,
        left: null,
        notes: [],
      },
    };
    this.#held.delete(comparisonId);
    this.#held.set(comparisonId, held);
    const ended = [...this.#held].filter(([, one]) => !isOpen(one));
    for (const [id] of ended.slice(0, Math.max(0, ended.length - rememberedMost))) this.#held.delete(id);
    return held;
  }
}

function isOpen({ progress: { state } }: Held): boolean {
  return state === 'running' || state === 'stopping';
}
