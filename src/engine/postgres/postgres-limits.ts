/**
 * The limits that all processes share, kept by the server.
 *
 * 1. An ask is decided under the locks of its model and of its root run, taken in one order by all: of two who want the last
 *    place, one gets it.
 * 2. For each budget, spent + reserved never goes above it. What is spent is what `putCall` has counted, so a call's record is
 *    put before its reservation is settled: in between it counts twice, never not at all.
 * 3. What a dead member had reserved is free as soon as it is marked; for the rates its calls count as made.
 * 4. The last minute, pauses and lifetimes go by the server's clock. A pause is handed over as the time that is left.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { ModelSpec } from '../../model/model.ts';
import type { BudgetName, SharedAnswer, SharedAsk, SharedLimits } from '../../model/shared-limits.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { storeDamaged } from './postgres-error.ts';
import type { PostgresGroup } from './postgres-group.ts';
import { memberLost, type PostgresMembers } from './postgres-members.ts';
import type { PostgresNotices } from './postgres-notices.ts';
import { toColumn } from './postgres-text.ts';

type WaitReason = Extract<SharedAnswer, { kind: 'wait' }>['because'];

export interface PostgresLimitsOptions {
  connection: PostgresConnection;
  /** Locks names. */
  group: PostgresGroup;
  members: PostgresMembers;
  notices: PostgresNotices;
  clock: Clock;
}

export class PostgresLimits implements SharedLimits {
  readonly keepsBudgets = true;
  readonly #options: PostgresLimitsOptions;
  /** By reservation made here: what settling it locks, and the model for the notice. */
  readonly #open = new Map<string, { locks: readonly string[]; model: ModelSpec }>();

  constructor(options: PostgresLimitsOptions) {
    this.#options = options;
  }

  /** @throws {PlanwrightError} `run-busy` when this process was taken for dead. */
  async reserve(ask: SharedAsk): Promise<SharedAnswer> {
    const { group, members, connection } = this.#options;
    const { memberId } = await members.require();
    const reservation = randomUUID();
    const locks = [modelLock(ask.model), runLock(ask.rootRunId)];
    const answer = await group.write({
      call: 'pw_reserve(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      values: [reservation, memberId, ...amountsOf(ask), ...limitsOf(ask)],
      locks,
    });
    if (answer === 'granted') {
      this.#open.set(reservation, { locks, model: ask.model });
      return { kind: 'granted', reservation };
    }
    if (answer === 'lost') {
      await members.beat();
      throw memberLost(connection.location);
    }
    return readAnswer(answer, ask, connection.location);
  }

  async settle(reservation: string, tokens: number | null): Promise<void> {
    const { group, notices } = this.#options;
    const open = this.#open.get(reservation);
    this.#open.delete(reservation);
    await group.write({ call: 'pw_settle(?, ?)', values: [toColumn(reservation), tokens], locks: open?.locks ?? [] });
    notices.post('limits', toColumn(open?.model ?? ''));
  }

  async pause(model: ModelSpec, untilMs: number): Promise<void> {
    const leftMs = untilMs - this.#options.clock.now();
    if (leftMs <= 0) return;
    await this.#options.group.write({ call: 'pw_pause(?, ?)', values: [toColumn(model), leftMs], locks: [modelLock(model)] });
  }

  changed(atMostMs: number, signal: AbortSignal): Promise<void> {
    const { notices, clock } = this.#options;
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const timer = new AbortController();
      const settle = (end: () => void) => {
        stop();
        signal.removeEventListener('abort', abort);
        timer.abort();
        end();
      };
      const abort = () => settle(() => reject(signal.reason));
      const stop = notices.onChange('limits', null, () => settle(resolve));
      signal.addEventListener('abort', abort, { once: true });
      clock.sleep(atMostMs, timer.signal).then(
        () => settle(resolve),
        // Something changed, or the waiter left.
        () => undefined,
      );
    });
  }
}

function modelLock(model: ModelSpec): string {
  return `model ${toColumn(model)}`;
}

function runLock(runId: string): string {
  return `run ${toColumn(runId)}`;
}

function amountsOf(ask: SharedAsk): unknown[] {
  return [toColumn(ask.rootRunId), toColumn(ask.model), ask.tokens, ask.usd ?? 0];
}

function limitsOf({ modelLimits, budgets }: SharedAsk): unknown[] {
  const { concurrency, requestsPerMinute, tokensPerMinute } = modelLimits;
  const limitOf = (name: BudgetName) => budgets.map(({ limits }) => limits[name] ?? null);
  return [
    concurrency ?? null,
    requestsPerMinute ?? null,
    tokensPerMinute ?? null,
    budgets.map(({ runId }) => toColumn(runId)),
    limitOf('calls'),
    limitOf('tokens'),
    limitOf('usd'),
  ];
}

/** @param answer `wait ["rate", 1200]`, or `spent [0, "tokens", 900, 200]` with the index of the budget. */
function readAnswer(answer: string, ask: SharedAsk, location: string): SharedAnswer {
  if (answer.startsWith('wait ')) {
    const [because, waitMs] = JSON.parse(answer.slice('wait '.length)) as [WaitReason, number];
    return { kind: 'wait', waitMs, because };
  }
  if (answer.startsWith('spent ')) {
    const [index, name, spent, needed] = JSON.parse(answer.slice('spent '.length)) as [number, BudgetName, number, number];
    const budget = ask.budgets[index];
    if (budget !== undefined) return { kind: 'spent', budget, name, spent, needed };
  }
  throw storeDamaged(location, `it answers "${answer.slice(0, 80)}"`);
}
