/** Drives a run with everything that its tree of runs shares, from wherever its events end until it ends or waits. */
import type { DriveRunOptions } from '../drive-options.ts';
import { openRunTelemetry, type RunTelemetry } from '../interop/otel/run-telemetry.ts';
import { loadRun } from '../measure/load-run.ts';
import { type RunReport, reportView } from '../measure/run-report.ts';
import { recordOutcome } from '../measure/summarize-outcome.ts';
import { createRedactor } from '../redact/redactor.ts';
import type { RunUpdate } from '../run-handle.ts';
import { checkFeasible } from './check-feasible.ts';
import { describeForGate } from './describe-for-gate.ts';
import type { Dispatcher } from './dispatcher.ts';
import { createForecastKeeper } from './keep-forecast.ts';
import { closeEnvironment, openEnvironment } from './open-environment.ts';
import type { PreparedRun } from './prepare-run.ts';
import type { RunEnvironment, RunNode } from './run-environment.ts';
import { driveNode } from './run-node.ts';
import { type RunSetup, writeSetup } from './run-setup.ts';
import type { Store } from './store.ts';

export interface DriveTreeOptions extends DriveRunOptions {
  prepared: PreparedRun;
  push: (updates: RunUpdate[]) => void;
  onCancelable?: (cancel: (reason: string) => void) => void;
  /** Absent: this process carries everything out. */
  dispatcher?: Dispatcher;
}

/** @throws {PlanwrightError} for what can't work (see `checkFeasible`), and `run-busy` when a live process holds the run. */
export async function driveTree(store: Store, runId: string, options: DriveTreeOptions): Promise<void> {
  const { setup, settings } = options.prepared;
  const record = await store.getRun(runId);
  const forecast = createForecastKeeper(store, runId, setup);
  const telemetry = await openTelemetry(store, runId, options);
  const opened = await openEnvironment(runId, telemetry?.store ?? store, setup, options, (updates) => {
    options.push(updates);
    for (const update of updates) telemetry?.enter(update.runId, [update]);
    forecast.see(updates.filter((update) => update.runId === runId));
  });
  const { dispatcher } = options;
  const env: RunEnvironment = dispatcher === undefined ? opened : { ...opened, dispatcher };
  try {
    await checkFeasible(env, setup, settings);
    setup.taskClass ??= (await describeForGate(env, setup)).taskClass;
    const lease = await store.acquireLease(runId);
    try {
      await telemetry?.begin();
      if (settings === null && record?.forecast === undefined) forecast.see(await store.readEvents(runId));
      await driveNode(env, rootNode(runId, setup, record?.priority ?? options.prepared.priority), {
        ...(settings === null ? {} : { start: { settings, setup: writeSetup(setup) } }),
        signal: AbortSignal.any([lease.lost, ...(options.signal === undefined ? [] : [options.signal])]),
        ...(options.onCancelable === undefined ? {} : { onCancelable: options.onCancelable }),
      });
    } finally {
      try {
        await forecast.settled();
      } finally {
        await lease.release();
      }
    }
  } finally {
    await closeEnvironment(env);
    await telemetry?.close();
  }
}

async function openTelemetry(
  store: Store,
  rootRunId: string,
  { telemetry, env = process.env, prepared, dispatcher }: DriveTreeOptions,
): Promise<RunTelemetry | undefined> {
  const { team } = prepared.setup;
  return telemetry === undefined
    ? undefined
    : openRunTelemetry({
        store,
        rootRunId,
        team,
        telemetry,
        env,
        ...(team.redact === undefined ? {} : { redactor: createRedactor(team.redact) }),
        isShared: dispatcher !== undefined,
      });
}

/** Keeps what came of a run that has ended, unless that was done before a crash, and reports it. */
export async function concludeRun(store: Store, runId: string): Promise<RunReport> {
  const view = await loadRun(store, runId);
  await recordOutcome(store, view);
  return reportView(store, view);
}

function rootNode(runId: string, setup: RunSetup, priority: number | undefined): RunNode {
  const { task, team, taskClass, outputSchema } = setup;
  return {
    runId,
    rootRunId: runId,
    parentRunId: null,
    task,
    team,
    ...(taskClass === undefined ? {} : { taskClass }),
    ...(outputSchema === undefined ? {} : { outputSchema }),
    ...(priority === undefined ? {} : { priority }),
  };
}
