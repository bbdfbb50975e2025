/**
 * What all calls of one MCP connection share: the store, what the operator allows, the runs under way.
 *
 * Invariants
 * 1. A client names no model, no team file, no server and no folder outside of `filesRoot`: it chooses among what the operator gave.
 * 2. At most `maxRuns` pieces of work are under way at once; the next is refused, not queued.
 * 3. When the desk closes, work under way is interrupted, never cancelled: a run can be resumed.
 * 4. Once `close` has resolved, nothing is under way and the store is closed.
 */
import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { Clock } from '../../clock.ts';
import { systemClock } from '../../clock.ts';
import { openStore } from '../../engine/open-store.ts';
import type { RunRecord, Store } from '../../engine/store.ts';
import { PlanwrightError } from '../../errors.ts';
import type { RunTaskOptions } from '../../run-task.ts';
import { findPreset, listPresets } from '../../team/presets.ts';
import type { RunLimits, Team } from '../../team/team.ts';
import { resolveInside } from './files-root.ts';

export interface RunDeskOptions {
  /** Default `.planwright`. */
  store?: string;
  /** Of every run whose client names no preset. Default: the preset `research`. */
  team?: Team | string;
  /** For roles that name none. Default `offline`. */
  model?: string | LanguageModelV4;
  /** Folders that clients name lie in it. Absent: clients can give no files. */
  filesRoot?: string;
  /** Replaces single limits of the team; of `usd`, `tokens`, `timeoutMs` and `concurrency` a client may ask for less. */
  limits?: Partial<RunLimits>;
  /** Runs, plans and comparisons at once. Default 4. */
  maxRuns?: number;
  clock?: Clock;
}

/** What a client may ask for of a run's surroundings. */
export interface AskedSurroundings {
  files?: string | undefined;
  preset?: string | undefined;
  budgetUsd?: number | undefined;
  budgetTokens?: number | undefined;
  timeoutS?: number | undefined;
  concurrency?: number | undefined;
}

const defaultMaxRuns = 4;

export class RunDesk {
  readonly clock: Clock;
  readonly #options: RunDeskOptions;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  #store: Promise<Store> | null = null;

  constructor(options: RunDeskOptions) {
    this.#options = options;
    this.clock = options.clock ?? systemClock;
  }

  /** Aborts when the client is gone: what runs stops where it can be resumed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Opened when it is first asked for. @throws {PlanwrightError} as `openStore`. */
  openStore(): Promise<Store> {
    this.#store ??= openStore(this.#options.store, this.clock).catch((thrown: unknown) => {
      this.#store = null;
      throw thrown;
    });
    return this.#store;
  }

  get filesRoot(): string | undefined {
    return this.#options.filesRoot;
  }

  /** @throws {PlanwrightError} `usage` when as much as is allowed is under way, or the desk closes. */
  async carryOut<Result>(work: () => Promise<Result>): Promise<Result> {
    const { maxRuns = defaultMaxRuns } = this.#options;
    if (this.closing.aborted) throw new PlanwrightError('cancelled', 'The server is closing.');
    if (this.#underWay.size >= maxRuns) {
      throw new PlanwrightError(
        'usage',
        `${maxRuns} runs are under way, as many as this server allows at once. Wait for one to end, or cancel one.`,
      );
    }
    const working = work();
    const settled = working.catch(() => undefined).finally(() => this.#underWay.delete(settled));
    this.#underWay.add(settled);
    return working;
  }

  /**
   * The options of a run: the operator's, narrowed to what the client asks for.
   * @throws {PlanwrightError} `usage` for an unknown preset; `path-outside-root` for a folder that clients can't have.
   */
  async surroundings(asked: AskedSurroundings): Promise<Pick<RunTaskOptions, 'team' | 'model' | 'files' | 'limits'>> {
    const { team, model, limits = {} } = this.#options;
    if (asked.preset !== undefined && findPreset(asked.preset) === undefined) {
      const names = listPresets().map(({ name }) => name);
      throw new PlanwrightError('usage', `There is no preset "${asked.preset}". Presets: ${names.join(', ')}.`);
    }
    const chosen = asked.preset ?? team;
    const timeoutMs = asked.timeoutS === undefined ? undefined : Math.ceil(asked.timeoutS * 1000);
    return {
      ...(chosen === undefined ? {} : { team: chosen }),
      ...(model === undefined ? {} : { model }),
      ...(asked.files === undefined ? {} : { files: await resolveInside(this.filesRoot, asked.files) }),
      limits: {
        ...limits,
        ...least('usd', limits.usd, asked.budgetUsd),
        ...least('tokens', limits.tokens, asked.budgetTokens),
        ...least('timeoutMs', limits.timeoutMs, timeoutMs),
        ...least('concurrency', limits.concurrency, asked.concurrency),
      },
    };
  }

  /** @param wanted An id, or `last`. @throws {PlanwrightError} `run-unknown` */
  async findRun(wanted: string): Promise<RunRecord> {
    const store = await this.openStore();
    const [run] = wanted === 'last' ? await store.listRuns({ rootsOnly: true, limit: 1 }) : [await store.getRun(wanted)];
    if (run !== undefined) return run;
    throw new PlanwrightError(
      'run-unknown',
      `No run "${wanted.slice(0, 100)}" in this server's store. The tool "runs" lists them.`,
    );
  }

  /** Interrupts what is under way and waits for it. */
  async close(): Promise<void> {
    this.#closing.abort(new PlanwrightError('cancelled', 'The MCP client is gone.'));
    await Promise.all(this.#underWay);
    if (this.#store !== null) await this.#store.then((store) => store.close()).catch(() => undefined);
  }
}

function least(
  name: 'usd' | 'tokens' | 'timeoutMs' | 'concurrency',
  allowed: number | undefined,
  asked: number | undefined,
): Partial<RunLimits> {
  if (asked === undefined) return {};
  return { [name]: Math.min(asked, allowed ?? Number.POSITIVE_INFINITY) };
}
