/** One run in a tree of runs: the task's own, or that of a sub-team. */
import type { RunSettings } from '../events.ts';
import type { Json } from '../json.ts';
import { redactingPerform } from '../redact/redacting-perform.ts';
import type { Redactor } from '../redact/redactor.ts';
import { hasBudget } from '../team/carve-limits.ts';
import { type DriveOutcome, driveRun, type RunJournal } from './drive.ts';
import { createPerformer } from './perform.ts';
import type { RunEnvironment, RunNode, RunNodeOptions } from './run-environment.ts';
import type { RunRecord, Store } from './store.ts';

/** Starts a run, or takes it up where its events end, and drives it until it ends or waits. */
export async function driveNode(env: RunEnvironment, given: RunNode, options: RunNodeOptions): Promise<DriveOutcome> {
  const { store, clock, onEntries, redactor } = env;
  // A sub-team's task is put together of texts; what they make where they meet is new.
  const node = redactor === undefined ? given : { ...given, task: redactor.text(given.task) };
  const { runId, task } = node;
  const performer = createPerformer(env, node, async (child, childOptions) =>
    driveNode(await carveEnvironment(env, child), child, childOptions),
  );
  try {
    const outcome = await driveRun({
      runId,
      store: options.start === undefined ? store : createOnFirstEvent(store, newRecord(node, options.start, clock.now())),
      clock,
      perform: redactingPerform(performer.perform, redactor),
      ...(options.start === undefined ? {} : { first: { type: 'run-started', task, settings: options.start.settings } }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.onCancelable === undefined ? {} : { onCancelable: redactReason(options.onCancelable, redactor) }),
      ...(options.onWaiting === undefined ? {} : { onWaiting: options.onWaiting }),
      ...(onEntries === undefined ? {} : { onEntries: (entries) => onEntries(runId, entries) }),
    });
    await storeStatus(store, runId, outcome);
    return outcome;
  } finally {
    await performer.settled();
  }
}

function redactReason(
  hand: NonNullable<RunNodeOptions['onCancelable']>,
  redactor: Redactor | undefined,
): NonNullable<RunNodeOptions['onCancelable']> {
  return redactor === undefined ? hand : (cancel) => hand((reason) => cancel(redactor.text(reason)));
}

/** A sub-team with budgets of its own has a limiter below the run's, which goes on from what its calls have used. */
async function carveEnvironment(env: RunEnvironment, { runId, rootRunId, team }: RunNode): Promise<RunEnvironment> {
  if (!hasBudget(team.limits)) return env;
  const { limits, name } = team;
  const spent = await env.store.sumCalls(rootRunId, runId);
  return { ...env, limiter: env.limiter.carve({ runId, team: name, limits, spent }) };
}

/** As the store has it, or not at all. */
function watchOf(store: Store): Pick<RunJournal, 'watchSignals'> {
  if (store.watchSignals === undefined) return {};
  return { watchSignals: (runId, look) => store.watchSignals?.(runId, look) ?? (() => {}) };
}

/** A run is there when its first event is: both are written in one turn, which a store makes one transaction. */
function createOnFirstEvent(store: Store, record: RunRecord): RunJournal {
  return {
    readEvents: (runId) => store.readEvents(runId),
    readSignals: (runId) => store.readSignals(runId),
    ...watchOf(store),
    appendEvents: async (runId, entries, options) => {
      const created = entries[0]?.seq === 1 ? store.createRun(record) : undefined;
      await Promise.all([created, store.appendEvents(runId, entries, options)]);
    },
  };
}

export async function storeStatus(store: Store, runId: string, { kind, state }: DriveOutcome): Promise<void> {
  if (state.end !== null) {
    const { status, reason } = state.end;
    await store.updateRun(runId, { status, strategy: state.strategy, endReason: reason, endedMs: state.endedMs });
  } else {
    const status = kind === 'waiting' || state.isWaiting ? 'waiting' : 'running';
    await store.updateRun(runId, { status, strategy: state.strategy });
  }
}

function newRecord(node: RunNode, { settings, setup }: { settings: RunSettings; setup: Json }, createdMs: number): RunRecord {
  const { runId, rootRunId, parentRunId, task, priority } = node;
  const unended = { status: 'running', endReason: null, endedMs: null } as const;
  const ranked = priority === undefined ? {} : { priority };
  return {
    version: 1,
    runId,
    rootRunId,
    parentRunId,
    task,
    strategy: settings.strategy,
    createdMs,
    setup,
    ...unended,
    ...ranked,
  };
}
