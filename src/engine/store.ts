/** The store's port: where runs, events, calls and large values are kept. One conformance suite runs against every implementation. */
import type { CalibrationRecord } from '../calibrate/calibration-record.ts';
import type { EndReason, EndStatus, GivenPlan, JournalEntry, RequestName, StoredValue } from '../events.ts';
import type { Strategy } from '../gate/gate.ts';
import type { Json } from '../json.ts';
import type { RunOutcome } from '../measure/outcome.ts';
import type { CallRecord } from '../model/call-record.ts';
import type { Amounts } from '../model/limits.ts';
import type { SharedLimits } from '../model/shared-limits.ts';
import type { Forecast } from '../plan/forecast.ts';
import type { BlobStore } from '../workspace/blob-store.ts';

/** `interrupted` is not stored: it is a `running` run that no live process holds. */
export type StoredStatus = 'running' | 'waiting' | EndStatus;
export type RunStatus = StoredStatus | 'interrupted';

/** A run's card: everything needed to drive it again, and what a list shows. */
export interface RunRecord {
  version: 1;
  runId: string;
  /** Equal to runId for a run that has no parent. */
  rootRunId: string;
  parentRunId: string | null;
  task: string;
  status: StoredStatus;
  strategy: Strategy | 'auto';
  endReason: EndReason | null;
  createdMs: number;
  endedMs: number | null;
  /** The resolved team and options as plain JSON; secrets stay `{env:NAME}`. */
  setup: Json;
  /** Made when the plan was accepted, before a token of its work was spent; absent until then. */
  forecast?: Forecast;
  /** Where several runs wait for a worker, the lowest goes first. Absent: 0. */
  priority?: number;
  /** Workers drive it, whoever asks. Absent: whoever runs or resumes it. */
  drivenBy?: 'workers';
  /** The run whose first `seq` events this one began with. */
  forkedFrom?: { runId: string; seq: number };
}

export type RunPatch = Partial<Pick<RunRecord, 'status' | 'strategy' | 'endReason' | 'endedMs' | 'forecast'>>;

/** Absent: any. */
export interface OutcomeFilter {
  taskClass?: string;
  team?: string;
  limit?: number;
}

/** A request from outside to a run that some process may be driving. An answer without `request` is about the plan. */
export type RunSignal =
  | { type: 'cancel'; reason: string }
  | { type: 'approve'; by: string; request?: RequestName /** Takes the plan's place. */; plan?: GivenPlan }
  | { type: 'deny'; by: string; reason: string; request?: RequestName };

/** A signal as it waits in the store; ids of one run rise. */
export interface StoredSignal {
  id: string;
  signal: RunSignal;
}

/** The right to drive a run and all runs below it. At most one is live for a run at a time. */
export interface Lease {
  readonly runId: string;
  /** Aborts when another process may have taken the run over. What this one still appends is refused as `run-busy`. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

export interface RunFilter {
  rootsOnly?: boolean;
  /** The runs of one tree. */
  rootRunId?: string;
  limit?: number;
}

export interface GarbageOptions {
  /** What was put less than this long ago is kept: a run may be about to refer to it. Default one hour. */
  minAgeMs?: number;
}

/** What a collection removed. */
export interface Garbage {
  values: number;
  blobs: number;
  bytes: number;
}

export interface Store {
  readonly kind: string;
  /** Where it is, for messages: a file path, or `memory`. */
  readonly location: string;
  /** @returns false when a run with this id is there already; it is left as it is. */
  createRun(run: RunRecord): Promise<boolean>;
  getRun(runId: string): Promise<RunRecord | undefined>;
  /** Newest first; `rootsOnly` leaves out the runs of sub-teams. */
  listRuns(filter?: RunFilter): Promise<RunRecord[]>;
  updateRun(runId: string, patch: RunPatch): Promise<void>;
  /**
   * Removes a run with the runs below it, their events, calls, signals and its outcome; values and blobs are left to `collectGarbage`.
   * @returns false when it is not there.
   * @throws {PlanwrightError} `run-busy` when a live process holds it; `usage` for the run of a sub-team.
   */
  deleteRun(rootRunId: string): Promise<boolean>;
  /** Removes values and blobs that nothing refers to any more. */
  collectGarbage(options?: GarbageOptions): Promise<Garbage>;
  /**
   * Durable when it resolves. Entries come in order of `seq`; a seq that is there already is an error. `takes`: ids of the
   * signals that these entries hold; they leave the store in the same transaction, and an id that is gone already is no error.
   */
  appendEvents(runId: string, entries: JournalEntry[], options?: { takes?: readonly string[] }): Promise<void>;
  /** In order; those behind `after` only. Default 0: all. */
  readEvents(runId: string, after?: number): Promise<JournalEntry[]>;
  /** Keeps small values inline, larger ones once by hash. */
  putValue(value: Json): Promise<StoredValue>;
  getValue(stored: StoredValue): Promise<Json>;
  /** Contents of files, by hash. The same store each time. */
  openBlobs(): Promise<BlobStore>;
  findCall(key: string): Promise<CallRecord | undefined>;
  /** Durable when it resolves. The same key again replaces the record. */
  putCall(call: CallRecord): Promise<void>;
  /** Calls of a run and of all its sub-runs, in order of their end. */
  listCalls(rootRunId: string): Promise<CallRecord[]>;
  /** What the model calls of a tree of runs add up to; with `below`, those of this run of the tree and of the runs below it. */
  sumCalls(rootRunId: string, below?: string): Promise<Amounts>;
  /** Keeps what came of a run; an outcome of the same run is replaced. The run need not be in the store. */
  putOutcome(outcome: RunOutcome): Promise<void>;
  getOutcome(runId: string): Promise<RunOutcome | undefined>;
  /** Newest end first; of one end, by run id. */
  listOutcomes(filter?: OutcomeFilter): Promise<RunOutcome[]>;
  /** Keeps how a critic was measured; a later calibration of the same critic replaces it. */
  putCalibration(record: CalibrationRecord): Promise<void>;
  getCalibration(criticHash: string): Promise<CalibrationRecord | undefined>;
  /** @throws {PlanwrightError} `run-busy` when a live process holds it. */
  acquireLease(runId: string): Promise<Lease>;
  /** Whether a live process holds the run. */
  isDriven(runId: string): Promise<boolean>;
  sendSignal(runId: string, signal: RunSignal): Promise<void>;
  /** What was sent and not taken yet, oldest first. */
  readSignals(runId: string): Promise<StoredSignal[]>;
  /**
   * Calls `look` when a signal to this run may have come, and now and then without one. Absent: whoever drives a run looks
   * every 250 ms.
   * @returns what ends it.
   */
  watchSignals?(runId: string, look: () => void): () => void;
  readonly limits: SharedLimits;
  close(): Promise<void>;
}

export const defaultGarbageAgeMs = 3_600_000;

/** Values whose JSON text is at most this long stand in the event itself. */
export const inlineCharacters = 512;
