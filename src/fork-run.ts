/**
 * A new run that begins as another one did: it folds a prefix of that run's events and goes on from there.
 *
 * 1. The parent is only read.
 * 2. Attempts that were under way at the cut start anew under their numbers; sub-teams that had finished come along with the
 *    events of their runs, those under way start anew.
 * 3. With a change, the prefix is that of a run in which the subtask was planned so (fork/change-subtask.ts).
 * 4. Calls stay with the parent, so a fork's ledger counts what the fork spends; only what led to a tool call that a person
 *    was asked about comes along (fork/carried-calls.ts). Values and patches are shared by hash.
 */
import { type Clock, type Random, systemClock, systemRandom } from './clock.ts';
import { readSetup, writeSetup } from './engine/run-setup.ts';
import type { RunRecord, Store } from './engine/store.ts';
import { PlanwrightError } from './errors.ts';
import type { JournalEntry } from './events.ts';
import { selectCarriedCalls } from './fork/carried-calls.ts';
import { changeSubtask, type SubtaskChange } from './fork/change-subtask.ts';
import { findDefaultCut, findStartOf } from './fork/find-cut.ts';
import { settleCut } from './fork/settle-cut.ts';
import { newRunId, subRunId } from './ids.ts';
import type { CallRecord } from './model/call-record.ts';
import { decide } from './schedule/decide.ts';
import { createRunState, type RunState } from './schedule/state.ts';

export interface ForkOptions {
  /** Begins with so many events of the parent. What was entered together stays together, and the end is never taken along. */
  atSeq?: number;
  /** Begins just before the first attempt at this subtask, which starts anew. */
  before?: string;
  /** What is to be otherwise about the subtask of `before`. Default: nothing. */
  change?: SubtaskChange;
  /** Default: a new one. */
  runId?: string;
  clock?: Clock;
  random?: Random;
}

/**
 * Makes a fork; `resumeRun` drives it. Without `atSeq` or `before` it begins with all events of a run that has not ended, and
 * with those before the first decisive failure of a run that failed or was cancelled.
 * @returns the new run's record; `forkedFrom.seq` says how many events it began with.
 * @throws {PlanwrightError} `run-unknown`; `usage` for the run of a sub-team, a place that is none, a run that succeeded when no
 *   place is given, an id that is taken, or a change that can't be made (fork/change-subtask.ts).
 */
export async function forkRun(store: Store, runId: string, options: ForkOptions = {}): Promise<RunRecord> {
  const { clock = systemClock } = options;
  const parent = await findParent(store, runId);
  const entries = await store.readEvents(runId);
  const cut = settleCut(entries, findWanted({ runId, entries, state: foldAll(entries) }, options));
  if (cut === 0) throw new PlanwrightError('usage', `Run "${runId}" ended with its first event: there is nothing to fork.`);
  const { prefix, setup } = changePrefix(parent, entries.slice(0, cut), options);
  const state = foldAll(prefix);
  const forkId = await nameFork(store, options, clock);

  const below = await copyBelow(store, { parent, forkId, prefix });
  const carried = selectCarriedCalls(
    (await store.listCalls(runId)).filter((call) => call.runId === runId),
    state,
    prefix.at(-1)?.atMs ?? 0,
  );
  const record: RunRecord = {
    version: 1,
    runId: forkId,
    rootRunId: forkId,
    parentRunId: null,
    task: parent.task,
    status: state.isWaiting || state.phase === 'approving' ? 'waiting' : 'running',
    strategy: state.phase === 'gating' ? state.settings.strategy : state.strategy,
    endReason: null,
    createdMs: clock.now(),
    endedMs: null,
    setup,
    ...(parent.forecast === undefined || !hasPlan(prefix) ? {} : { forecast: parent.forecast }),
    ...(parent.priority === undefined ? {} : { priority: parent.priority }),
    forkedFrom: { runId, seq: cut },
  };
  // In one turn, which a store may make one transaction; the outermost run last.
  const writes: Promise<unknown>[] = [
    ...carried.map((call) => store.putCall(moveCall(call, forkId))),
    ...below.map((copy) => writeRun(store, copy)),
  ];
  const [isNew] = await Promise.all([writeRun(store, { record, entries: prefix }), ...writes]);
  if (!isNew) throw idTaken(forkId, store);
  return record;
}

async function findParent(store: Store, runId: string): Promise<RunRecord> {
  const parent = await store.getRun(runId);
  if (parent === undefined) {
    throw new PlanwrightError('run-unknown', `No run "${runId}" in ${store.location}. List the runs with: planwright runs`);
  }
  if (parent.parentRunId === null) return parent;
  throw new PlanwrightError('usage', `Run "${runId}" is that of a sub-team. Fork the run it belongs to: ${parent.rootRunId}`);
}

function findWanted(
  journal: { runId: string; entries: JournalEntry[]; state: RunState },
  { atSeq, before }: ForkOptions,
): number {
  const { runId, entries } = journal;
  if (atSeq !== undefined && before !== undefined) {
    throw new PlanwrightError('usage', 'A fork begins at an event or before a subtask: give one of the two.');
  }
  if (before !== undefined) return findStartOf(journal, before);
  if (atSeq === undefined) return findDefaultCut(journal);
  if (Number.isSafeInteger(atSeq) && atSeq >= 1 && atSeq <= entries.length) return atSeq;
  throw new PlanwrightError('usage', `Run "${runId}" has events 1 to ${entries.length}; a fork can't begin with ${atSeq}.`);
}

function foldAll(entries: readonly JournalEntry[]): RunState {
  const state = createRunState();
  for (const entry of entries) decide(state, entry);
  return state;
}

function changePrefix(
  parent: RunRecord,
  prefix: JournalEntry[],
  { before, change }: ForkOptions,
): { prefix: JournalEntry[]; setup: RunRecord['setup'] } {
  if (change === undefined) return { prefix, setup: parent.setup };
  if (before === undefined) throw new PlanwrightError('usage', 'A fork changes the subtask that it begins before: name it.');
  const setup = readSetup(parent.setup);
  const changed = changeSubtask({ entries: prefix, team: setup.team }, before, change);
  return { prefix: changed.entries, setup: writeSetup({ ...setup, team: changed.team }) };
}

function hasPlan(prefix: readonly JournalEntry[]): boolean {
  return prefix.some(
    ({ event }) => event.type === 'plan-accepted' || (event.type === 'run-started' && event.settings.plan !== undefined),
  );
}

async function nameFork(store: Store, { runId, random }: ForkOptions, clock: Clock): Promise<string> {
  if (runId !== undefined) {
    if ((await store.getRun(runId)) !== undefined) throw idTaken(runId, store);
    return runId;
  }
  const chance = random ?? systemRandom;
  for (;;) {
    const drawn = newRunId(clock, chance);
    if ((await store.getRun(drawn)) === undefined) return drawn;
  }
}

function idTaken(runId: string, { location }: Store): PlanwrightError {
  return new PlanwrightError('usage', `Run "${runId}" is in ${location} already. Give the fork another id.`);
}

interface CopiedRun {
  record: RunRecord;
  entries: JournalEntry[];
}

interface Fork {
  parent: RunRecord;
  forkId: string;
  prefix: readonly JournalEntry[];
}

/** The runs of sub-teams whose attempts had finished at the cut, with all below them, under the fork's id. */
async function copyBelow(store: Store, { parent, forkId, prefix }: Fork): Promise<CopiedRun[]> {
  const below = Map.groupBy(await store.listRuns({ rootRunId: parent.runId }), ({ parentRunId }) => parentRunId);
  const finished = new Set(
    prefix.flatMap(({ event }) =>
      event.type === 'attempt-finished' ? [subRunId(parent.runId, event.subtaskId, event.attempt)] : [],
    ),
  );
  const move = (runId: string): string => `${forkId}${runId.slice(parent.runId.length)}`;
  const copies: CopiedRun[] = [];
  const pending = (below.get(parent.runId) ?? []).filter(({ runId }) => finished.has(runId));
  for (let run = pending.shift(); run !== undefined; run = pending.shift()) {
    const { runId, parentRunId } = run;
    const moved = { runId: move(runId), rootRunId: forkId, parentRunId: parentRunId === null ? null : move(parentRunId) };
    copies.push({ record: { ...run, ...moved }, entries: await store.readEvents(runId) });
    pending.push(...(below.get(runId) ?? []));
  }
  return copies;
}

function moveCall(call: CallRecord, forkId: string): CallRecord {
  return { ...call, key: `${forkId}${call.key.slice(call.runId.length)}`, runId: forkId, rootRunId: forkId };
}

/** @returns whether its id was free. */
async function writeRun(store: Store, { record, entries }: CopiedRun): Promise<boolean> {
  const [isNew] = await Promise.all([store.createRun(record), store.appendEvents(record.runId, entries)]);
  return isNew;
}
