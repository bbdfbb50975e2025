/** One run in a tree of runs: the task's own, or that of a sub-team. */
import type { Clock } from '../clock.ts';
import type { JournalEntry, RunSettings } from '../events.ts';
import type { Tool } from '../execute/tool.ts';
import type { Gate } from '../gate/gate.ts';
import type { Json } from '../json.ts';
import type { LiveDelta } from '../live.ts';
import type { Limiter } from '../model/limiter.ts';
import type { ModelRegistry } from '../model/model.ts';
import type { JsonSchema } from '../plan/plan.ts';
import type { Team } from '../team/team.ts';
import { type DriveOutcome, driveRun } from './drive.ts';
import { createPerformer } from './perform.ts';
import type { Slots } from './slots.ts';
import type { RunRecord, Store } from './store.ts';

/** What a whole tree of runs shares. */
export interface RunEnvironment {
  store: Store;
  clock: Clock;
  models: ModelRegistry;
  limiter: Limiter;
  slots: Slots;
  gate: Gate;
  /** Tools beyond the built-in ones. */
  tools: Tool[];
  /** The model of every role and planner that names none. */
  defaultModel: string;
  files?: RunFiles;
  onEntries?: (runId: string, entries: JournalEntry[]) => void;
  onDelta?: (runId: string, delta: LiveDelta) => void;
}

/** The folder given with a task. */
export interface RunFiles {
  root: string;
  /** One line a file, for the planner. */
  listing: string;
  /** Size of it all (characters ÷ 4). */
  tokens: number;
  /** Readable text of raw lines `from` to `to`, from 1. */
  readLines(file: string, from: number, to: number): Promise<string[]>;
}

export interface RunNode {
  runId: string;
  rootRunId: string;
  parentRunId: string | null;
  task: string;
  team: Team;
  /** The form the deliverable must have. */
  outputSchema?: JsonSchema;
}

export interface RunNodeOptions {
  /** Absent for a run that has events already. `setup`: what else has to be stored to drive it again. */
  start?: { settings: RunSettings; setup: Json };
  /** Stops without journaling: the run can be resumed. */
  signal?: AbortSignal;
  onCancelable?: (cancel: (reason: string) => void) => void;
}

/** Starts a run, or takes it up where its events end, and drives it until it ends or waits. */
export async function driveNode(env: RunEnvironment, node: RunNode, options: RunNodeOptions): Promise<DriveOutcome> {
  const { store, clock, onEntries } = env;
  const { runId, task } = node;
  if (options.start !== undefined) await store.createRun(newRecord(node, options.start, clock.now()));
  const performer = createPerformer(env, node);
  try {
    const outcome = await driveRun({
      runId,
      store,
      clock,
      perform: performer.perform,
      ...(options.start === undefined ? {} : { first: { type: 'run-started', task, settings: options.start.settings } }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.onCancelable === undefined ? {} : { onCancelable: options.onCancelable }),
      ...(onEntries === undefined ? {} : { onEntries: (entries) => onEntries(runId, entries) }),
    });
    await storeStatus(store, runId, outcome);
    return outcome;
  } finally {
    await performer.settled();
  }
}

export async function storeStatus(store: Store, runId: string, { kind, state }: DriveOutcome): Promise<void> {
  if (state.end !== null) {
    const { status, reason } = state.end;
    await store.updateRun(runId, { status, strategy: state.strategy, endReason: reason, endedMs: state.endedMs });
  } else await store.updateRun(runId, { status: kind === 'waiting' ? 'waiting' : 'running', strategy: state.strategy });
}

function newRecord(node: RunNode, { settings, setup }: { settings: RunSettings; setup: Json }, createdMs: number): RunRecord {
  const { runId, rootRunId, parentRunId, task } = node;
  const unended = { status: 'running', endReason: null, endedMs: null } as const;
  return { version: 1, runId, rootRunId, parentRunId, task, strategy: settings.strategy, createdMs, setup, ...unended };
}
