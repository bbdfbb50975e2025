/** A given plan, driven through the real run loop with executors that answer at once, or as slowly as they are told. */
import { systemClock } from '../src/clock.ts';
import { driveRun, type Perform, type RunJournal } from '../src/engine/drive.ts';
import type { RunRecord, Store } from '../src/engine/store.ts';
import type { RunEvent, RunSettings } from '../src/events.ts';
import type { Subtask } from '../src/plan/plan.ts';
import type { RunState } from '../src/schedule/state.ts';
import { workerRole } from './generate-dag.ts';

export interface PlanOptions {
  /** Attempts at once. Default 8, as in a team that states none. */
  concurrency?: number;
}

export function planSettings(subtasks: Subtask[], { concurrency = 8 }: PlanOptions = {}): RunSettings {
  // Named, so that the run ends with its result instead of a synthesis of many sinks.
  const deliverable = subtasks.at(-1)?.id;
  return {
    strategy: 'team',
    limits: { retries: 0, reroutes: 0, replans: 0, concurrency, perModel: {}, depth: 1 },
    generalist: workerRole,
    roles: { [workerRole]: { model: 'none', fallback: [], composite: false, checks: false } },
    plan: { subtasks, ...(deliverable === undefined ? {} : { deliverable }) },
    approve: false,
    planRepairs: 0,
    checksDeliverable: false,
    typed: false,
  };
}

export function succeeded(subtask: Subtask, attempt: number): RunEvent {
  return {
    type: 'attempt-finished',
    subtaskId: subtask.id,
    attempt,
    outcome: { kind: 'succeeded', output: { kind: 'inline', value: 'done' } },
  };
}

/** Posts each result before it returns. */
export const performAtOnce: Perform = (command, port) => {
  if (command.kind === 'start') port.post(succeeded(command.subtask, command.attempt));
};

export async function createRun(store: Store, runId: string): Promise<void> {
  const record: RunRecord = {
    version: 1,
    runId,
    rootRunId: runId,
    parentRunId: null,
    task: 'bench',
    status: 'running',
    strategy: 'team',
    endReason: null,
    createdMs: 0,
    endedMs: null,
    setup: null,
  };
  await store.createRun(record);
}

export interface DrivePlanOptions extends PlanOptions {
  runId: string;
  store: RunJournal;
  /** Default `performAtOnce`. */
  perform?: Perform;
}

/** @throws {Error} when the run does not succeed: what it took would mean nothing. */
export async function drivePlan(subtasks: Subtask[], options: DrivePlanOptions): Promise<RunState> {
  const { runId, store, perform = performAtOnce } = options;
  const first: RunEvent = { type: 'run-started', task: 'bench', settings: planSettings(subtasks, options) };
  const { state } = await driveRun({ runId, store, clock: systemClock, perform, first });
  if (state.end?.status !== 'succeeded') throw new Error(`The run ended as ${state.end?.status}: ${state.end?.detail}`);
  return state;
}
