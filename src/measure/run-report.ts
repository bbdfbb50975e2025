/** What a run is told as: the document of `run --json` and `show --json`, and what `runTask` resolves to. */

import type { RunStatus, Store } from '../engine/store.ts';
import type { EndReason } from '../events.ts';
import type { Strategy } from '../gate/gate.ts';
import type { Json } from '../json.ts';
import type { Forecast } from '../plan/forecast.ts';
import type { Plan } from '../plan/plan.ts';
import { itemsOf, partOf, type SubtaskState } from '../schedule/state.ts';
import { type Citation, parseCitations } from '../verify/citations.ts';
import { type HierarchyReport, largestPrompt, measureHierarchy } from './hierarchy.ts';
import { allCalls, computeLedger, type Ledger } from './ledger.ts';
import { findWaiting, type WaitingItem } from './list-waiting.ts';
import { loadRun } from './load-run.ts';
import type { RunView } from './run-view.ts';

export interface SubtaskReport {
  id: string;
  /** The role of its last attempt. */
  role: string;
  instruction: string;
  status: SubtaskState['status'];
  attempts: number;
  /** The mapped subtask that it is an item of; its items follow it. */
  itemOf?: string;
  dependsOn: string[];
  output: Json;
  /** ms from the run's start; null when it never started. */
  startedMs: number | null;
  endedMs: number | null;
  error?: { code: string; message: string };
  /** The largest prompt of any one of its calls, tokens; 0 without calls. */
  promptTokens: number;
  /** Subtasks of the sub-team that did it. */
  subtasks?: SubtaskReport[];
}

export interface RunReport {
  runId: string;
  task: string;
  status: RunStatus;
  strategy: Strategy;
  /** Why it ended as it did; null while it has not. */
  endReason: EndReason | null;
  detail?: string;
  gate?: { strategy: Strategy; reasons: string[] };
  deliverable: Json;
  plan: Plan;
  subtasks: SubtaskReport[];
  /** What a person has to decide, at every depth. */
  waiting: WaitingItem[];
  ledger: Ledger;
  /** Level by level, against the flat plan; absent for a run without sub-teams. */
  hierarchy?: HierarchyReport;
  /** What was expected of it when its plan stood. */
  forecast?: Forecast;
  citations: { file: string; line: number; quote: string }[];
  /**
   * The run whose first `seq` events this one began with. The ledger leaves out that run's calls, tokens and cost; times are
   * those of the whole. Absent: none.
   */
  forkedFrom?: { runId: string; seq: number };
}

/** @throws {PlanwrightError} `run-unknown` */
export async function reportRun(store: Store, runId: string): Promise<RunReport> {
  return reportView(store, await loadRun(store, runId));
}

export async function reportView(store: Store, view: RunView): Promise<RunReport> {
  const { runId, state } = view;
  const deliverable = state.end?.deliverable ? await store.getValue(state.end.deliverable) : null;
  const gate = view.entries.find(({ event }) => event.type === 'gate-decided')?.event;
  const detail = state.end?.detail;
  const record = await store.getRun(runId);
  const hierarchy = measureHierarchy(view);
  return {
    runId,
    task: state.task,
    status: await statusOf(store, view, record?.drivenBy === 'workers'),
    strategy: state.strategy,
    endReason: state.end?.reason ?? null,
    ...(detail === undefined ? {} : { detail }),
    ...(gate?.type === 'gate-decided' ? { gate: { strategy: gate.decision.strategy, reasons: gate.decision.reasons } } : {}),
    deliverable,
    plan: currentPlan(view),
    subtasks: await reportSubtasks(store, view),
    waiting: (await findWaiting(store, view)).map(({ item }) => item),
    ledger: computeLedger(view),
    ...(hierarchy === null ? {} : { hierarchy }),
    ...(record?.forecast === undefined ? {} : { forecast: record.forecast }),
    citations: typeof deliverable === 'string' ? parseCitations(deliverable).map(toCitation) : [],
    ...(record?.forkedFrom === undefined ? {} : { forkedFrom: record.forkedFrom }),
  };
}

async function statusOf(store: Store, view: RunView, isWorkers: boolean): Promise<RunStatus> {
  const { state } = view;
  if (state.end !== null) return state.end.status;
  if (state.phase === 'approving') return 'waiting';
  if (await store.isDriven(view.runId)) return 'running';
  if (state.isWaiting) return 'waiting';
  // It waits for a worker, or one has just died: another goes on with it.
  return isWorkers ? 'running' : 'interrupted';
}

/** What is left of the plan after replans: everything that was not superseded. */
function currentPlan({ state }: RunView): Plan {
  const live = [...state.subtasks.values()].filter((item) => item.status !== 'superseded' && partOf(item) === null);
  return {
    version: 1,
    task: state.task,
    ...(state.deliverable === null ? {} : { deliverable: state.deliverable }),
    subtasks: live.map((item) => item.subtask),
  };
}

async function reportSubtasks(store: Store, view: RunView): Promise<SubtaskReport[]> {
  const reports: SubtaskReport[] = [];
  const calls = Map.groupBy(view.calls, ({ subtaskId }) => subtaskId);
  for (const item of inOrder(view.state)) {
    const part = partOf(item);
    const since = (ms: number | null) => (ms === null ? null : ms - view.state.startedMs);
    const child = view.children.findLast(({ subtaskId }) => subtaskId === item.subtask.id);
    reports.push({
      id: item.subtask.id,
      role: item.role,
      instruction: item.subtask.instruction,
      status: item.status,
      attempts: item.attempts,
      ...(part === null ? {} : { itemOf: part.parent.subtask.id }),
      dependsOn: item.subtask.dependsOn,
      output: item.output === null ? null : await store.getValue(item.output),
      startedMs: since(item.startedMs),
      endedMs: since(item.endedMs),
      ...(item.error === null ? {} : { error: { code: item.error.code, message: item.error.message } }),
      promptTokens: largestPrompt(child === undefined ? (calls.get(item.subtask.id) ?? []) : allCalls(child.view)),
      ...(child === undefined ? {} : { subtasks: await reportSubtasks(store, child.view) }),
    });
  }
  return reports;
}

/** As they arrived, items after the mapped subtask that they are of. */
function inOrder({ subtasks }: RunView['state']): SubtaskState[] {
  return [...subtasks.values()].flatMap((item) => (partOf(item) === null ? [item, ...(itemsOf(item) ?? [])] : []));
}

function toCitation({ file, line, quote }: Citation): { file: string; line: number; quote: string } {
  return { file, line, quote };
}
