/** One run in a tree of runs: the task's own, or that of a sub-team. */
import type { RunSettings } from '../events.ts';
import type { Json } from '../json.ts';
import { spentBy } from '../measure/spent.ts';
import { carveLimiter } from '../model/limits.ts';
import { hasBudget } from '../team/carve-limits.ts';
import { type DriveOutcome, driveRun } from './drive.ts';
import { createPerformer } from './perform.ts';
import type { RunEnvironment, RunNode, RunNodeOptions } from './run-environment.ts';
import type { RunRecord, Store } from './store.ts';

/** Starts a run, or takes it up where its events end, and drives it until it ends or waits. */
export async function driveNode(env: RunEnvironment, node: RunNode, options: RunNodeOptions): Promise<DriveOutcome> {
  const { store, clock, onEntries } = env;
  const { runId, task } = node;
  const performer = createPerformer(env, node, async (child, childOptions) =>
    driveNode(await carveEnvironment(env, child), child, childOptions),
  );
  try {
    const outcome = await driveRun({
      runId,
      store: options.start === undefined ? store : createOnFirstEvent(store, newRecord(node, options.start, clock.now())),
      clock,
      perform: performer.perform,
      ...(options.start === undefined ? {} : { first: { type: 'run-started', task, settings: options.start.settings } }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.onCancelable === undefined ? {} : { onCancelable: options.onCancelable }),
      ...(options.onWaiting === undefined ? {} : { onWaiting: options.onWaiting }),
      ...(onEntries === undefined ? {} : { onEntries: (entries) => onEntries(runId, entries) }),
    });
    await storeStatus(store, runId, outcome);
    return outcome;
  } finally {
    await performer.settled();
  }
}

/** A sub-team with budgets of its own is watched over by its own limiter, which goes on from what its calls have used. */
async function carveEnvironment(env: RunEnvironment, { runId, rootRunId, team }: RunNode): Promise<RunEnvironment> {
  if (!hasBudget(team.limits)) return env;
  const calls = (await env.store.listCalls(rootRunId)).filter(
    (call) => call.runId === runId || call.runId.startsWith(`${runId}.`),
  );
  const { limits, name } = team;
  return { ...env, limiter: carveLimiter(env.limiter, { limits, spent: spentBy(calls), clock: env.clock, shareOf: name }) };
}

/** A run is there when its first event is: both are written in one turn, which a store makes one transaction. */
function createOnFirstEvent(store: Store, record: RunRecord): Pick<Store, 'readEvents' | 'appendEvents' | 'takeSignals'> {
  return {
    readEvents: (runId) => store.readEvents(runId),
    takeSignals: (runId) => store.takeSignals(runId),
    appendEvents: async (runId, entries) => {
      const created = entries[0]?.seq === 1 ? store.createRun(record) : undefined;
      await Promise.all([created, store.appendEvents(runId, entries)]);
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
  const { runId, rootRunId, parentRunId, task } = node;
  const unended = { status: 'running', endReason: null, endedMs: null } as const;
  return { version: 1, runId, rootRunId, parentRunId, task, strategy: settings.strategy, createdMs, setup, ...unended };
}
