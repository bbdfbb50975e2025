/** The store's port: where runs, events, calls and large values are kept. One conformance suite runs against every implementation. */
import type { CalibrationRecord } from '../calibrate/calibration-record.ts';
import type { EndReason, EndStatus, GivenPlan, JournalEntry, RequestName, StoredValue } from '../events.ts';
import type { Strategy } from '../gate/gate.ts';
import type { Json } from '../json.ts';
import type { RunOutcome } from '../measure/outcome.ts';
import type { CallRecord } from '../model/call-record.ts';
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

/** The right to drive a run. At most one is live for a run at a time. */
export interface Lease {
  readonly runId: string;
  release(): Promise<void>;
}

export interface Store {
  readonly kind: string;
  /** Where it is, for messages: a file path, or `memory`. */
  readonly location: string;
  /** @returns false when a run with this id is there already; it is left as it is. */
  createRun(run: RunRecord): Promise<boolean>;
  getRun(runId: string): Promise<RunRecord | undefined>;
  /** Newest first; `rootsOnly` leaves out the runs of sub-teams. */
  listRuns(filter?: { rootsOnly?: boolean; limit?: number }): Promise<RunRecord[]>;
  updateRun(runId: string, patch: RunPatch): Promise<void>;
  /** Durable when it resolves. Entries come in order of `seq`; a seq that is there already is an error. */
  appendEvents(runId: string, entries: JournalEntry[]): Promise<void>;
  readEvents(runId: string): Promise<JournalEntry[]>;
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
  /** Removes and returns what was sent, oldest first. */
  takeSignals(runId: string): Promise<RunSignal[]>;
  close(): Promise<void>;
}

/** Values whose JSON text is at most this long stand in the event itself. */
export const inlineCharacters = 4096;
