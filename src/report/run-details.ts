/** What a run's page shows beside its report, read from the store: attempts, what was handed to them, calls and verdicts. */
import { handOverTo } from '../engine/hand-over-results.ts';
import type { Store } from '../engine/store.ts';
import type { Json } from '../json.ts';
import { computeLedger } from '../measure/ledger.ts';
import { loadRun } from '../measure/load-run.ts';
import { type RunReport, reportView } from '../measure/run-report.ts';
import { type AttemptView, listAttempts, type RunView } from '../measure/run-view.ts';
import type { CallRecord } from '../model/call-record.ts';
import { partOf, type SubtaskState } from '../schedule/state.ts';
import type { Verdict } from '../verify/verdict.ts';
import { mostEntries } from './bounds.ts';

export interface RunPageDetails {
  report: RunReport;
  /** The run, then the runs of its sub-teams below their subtasks. */
  runs: RunDetail[];
  /** Path of the store, when it is not the default one: the commands on the page then name it. */
  store?: string;
  /** ms since the Unix epoch. Without it the page has no date. */
  createdMs?: number;
}

export interface RunDetail {
  runId: string;
  /** Ids of the composite subtasks that lead to it; empty for the run itself. */
  path: string[];
  subtasks: SubtaskDetail[];
  /** On the longest chain of observed waiting, first to last. */
  criticalPath: string[];
  /** Calls that belong to no subtask: planning, replanning, synthesis. */
  otherCalls: CallDetail[];
}

export interface SubtaskDetail {
  id: string;
  role: string;
  instruction: string;
  status: SubtaskState['status'];
  dependsOn: string[];
  /** The mapped subtask that it is an item of. */
  itemOf?: string;
  /** ms from the start of the outermost run; null when it never started, or has not ended. */
  startedMs: number | null;
  endedMs: number | null;
  attempts: AttemptDetail[];
  /** As the last attempt was handed them. Absent where the page leaves the text out. */
  handed?: HandedText[];
  calls: CallDetail[];
  output: Json;
  error?: string;
}

export interface AttemptDetail extends Pick<AttemptView, 'attempt' | 'role' | 'outcome' | 'reason'> {
  startedMs: number;
  endedMs: number | null;
  verdict?: Verdict;
}

export interface HandedText {
  from: string;
  role: string;
  isDigest: boolean;
  text: string;
}

export interface CallDetail
  extends Pick<
    CallRecord,
    'attempt' | 'kind' | 'name' | 'purpose' | 'role' | 'outcome' | 'inputTokens' | 'outputTokens' | 'costUsd' | 'error'
  > {
  /** ms from the start of the outermost run. */
  startedMs: number;
  ms: number;
  /** What the model said, or what the tool gave; null without a result, and where the page leaves the text out. */
  answer: string | null;
}

export interface CollectOptions {
  /** Whether results, what was handed over and what models said are read: all but the ledger and the timeline show them. Default true. */
  texts?: boolean;
}

/** @throws {PlanwrightError} `run-unknown` */
export async function collectRunDetails(
  store: Store,
  runId: string,
  { texts = true }: CollectOptions = {},
): Promise<RunPageDetails> {
  const view = await loadRun(store, runId);
  const report = await reportView(store, view);
  const runs: RunDetail[] = [];
  const { startedMs } = view.state;
  const collect = async (one: RunView, path: string[]): Promise<void> => {
    // Before those below it, and so before their texts are counted.
    const place = runs.length;
    runs[place] = await collectRun(store, one, { path, startedMs, isTold: texts && place < mostEntries.runsTold });
    for (const { subtaskId, view: below } of one.children) await collect(below, [...path, subtaskId]);
  };
  await collect(view, []);
  return { report, runs };
}

async function collectRun(
  store: Store,
  view: RunView,
  { path, startedMs, isTold }: { path: string[]; startedMs: number; isTold: boolean },
): Promise<RunDetail> {
  const attempts = Map.groupBy(listAttempts(view), ({ subtaskId }) => subtaskId);
  const verdicts = listVerdicts(view);
  const calls = Map.groupBy(view.calls, (call) => ownerOf(call, view));
  const subtasks: SubtaskDetail[] = [];
  for (const item of view.state.subtasks.values()) {
    const { id } = item.subtask;
    const part = partOf(item);
    const since = (ms: number | null) => (ms === null ? null : ms - startedMs);
    const isLaidOut = isTold && subtasks.length < mostEntries.subtasksTold;
    subtasks.push({
      id,
      role: item.role,
      instruction: item.subtask.instruction,
      status: item.status,
      dependsOn: item.subtask.dependsOn,
      ...(part === null ? {} : { itemOf: part.parent.subtask.id }),
      startedMs: since(item.startedMs),
      endedMs: since(item.endedMs),
      attempts: (attempts.get(id) ?? []).map(({ attempt, role, outcome, reason, startedMs: from, endedMs }) => {
        const verdict = verdicts.get(`${attempt}/${id}`);
        return {
          attempt,
          role,
          outcome,
          ...(reason === undefined ? {} : { reason }),
          startedMs: from - startedMs,
          endedMs: since(endedMs),
          ...(verdict === undefined ? {} : { verdict }),
        };
      }),
      ...(isLaidOut ? { handed: await readHanded(store, view, item) } : {}),
      calls: (calls.get(id) ?? []).map((call) => toDetail(call, startedMs, isLaidOut)),
      output: item.output === null || !isLaidOut ? null : await store.getValue(item.output),
      ...(item.error === null ? {} : { error: `${item.error.code}: ${item.error.message}` }),
    });
  }
  const otherCalls = (calls.get(null) ?? []).map((call) => toDetail(call, startedMs, isTold));
  return { runId: view.runId, path, subtasks, criticalPath: computeLedger(view).criticalPath, otherCalls };
}

function listVerdicts({ entries }: RunView): Map<string, Verdict> {
  const verdicts = new Map<string, Verdict>();
  for (const { event } of entries) {
    if (event.type === 'verdict-given') verdicts.set(`${event.attempt}/${event.subtaskId}`, event.verdict);
  }
  return verdicts;
}

/** Judges' calls belong to the subtask whose result they judge. null: to none. */
function ownerOf({ subtaskId }: CallRecord, { state }: RunView): string | null {
  const id = /^@(?:critic|rubric)\.\d+\.(.*)$/s.exec(subtaskId)?.[1] ?? subtaskId;
  return state.subtasks.has(id) ? id : null;
}

async function readHanded(store: Store, { state }: RunView, item: SubtaskState): Promise<HandedText[]> {
  if (item.started === null) return [];
  const { dependencies, item: own } = await handOverTo({ store }, { state }, item.started);
  const ofItem =
    own === undefined ? [] : [{ from: `item ${own.index + 1} of ${own.of}`, role: '', isDigest: own.isDigest, text: own.text }];
  const ofResults = dependencies.map(({ subtaskId, role, output, isDigest }) => ({
    from: subtaskId,
    role,
    isDigest: isDigest === true,
    text: typeof output === 'string' ? output : JSON.stringify(output),
  }));
  return [...ofItem, ...ofResults];
}

function toDetail(call: CallRecord, startedMs: number, isLaidOut: boolean): CallDetail {
  const { attempt, kind, name, purpose, role, outcome, inputTokens, outputTokens, costUsd, error } = call;
  const shared = { attempt, kind, name, purpose, role, outcome, inputTokens, outputTokens, costUsd, error };
  const answer = isLaidOut ? answerOf(call) : null;
  return { ...shared, startedMs: call.startedMs - startedMs, ms: call.endedMs - call.startedMs, answer };
}

/** What was said and which tools were asked for, of a model's answer; a tool's result as it is. */
function answerOf({ kind, response }: CallRecord): string | null {
  if (response === null || kind === 'tool') return response;
  try {
    const { content } = JSON.parse(response) as {
      content?: { type: string; text?: string; toolName?: string; input?: string }[];
    };
    return (content ?? [])
      .flatMap(({ type, text, toolName, input }) => {
        if (type === 'tool-call') return [`${toolName ?? ''}(${input ?? ''})`];
        return type === 'text' && text !== undefined ? [text] : [];
      })
      .join('\n');
  } catch {
    return response;
  }
}
