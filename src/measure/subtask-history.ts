/** All there is to say of one subtask: each attempt with what it was told, what it called, what came of it and why. */
import { contextOfAttempt } from '../engine/attempt-context.ts';
import { readSetup } from '../engine/run-setup.ts';
import type { Store } from '../engine/store.ts';
import { PlanwrightError } from '../errors.ts';
import type { Contradiction, JournalEntry } from '../events.ts';
import { layOutContext } from '../execute/context.ts';
import type { Handoff } from '../handoff/hand-over.ts';
import type { Json } from '../json.ts';
import type { CallRecord } from '../model/call-record.ts';
import type { JsonSchema, Subtask } from '../plan/plan.ts';
import { decide } from '../schedule/decide.ts';
import { createRunState, type SubtaskState } from '../schedule/state.ts';
import { findRole } from '../team/find-role.ts';
import type { Team } from '../team/team.ts';
import type { Verdict } from '../verify/verdict.ts';
import { listHandoffs } from './handoffs.ts';
import { tokensOf } from './ledger.ts';
import { loadRun } from './load-run.ts';
import { type AttemptView, listAttempts, type RunView } from './run-view.ts';

export interface SubtaskHistory {
  /** The run that it is a subtask of: the one asked about, or that of a sub-team. */
  runId: string;
  /** Ids from the outermost run's plan down. */
  path: string[];
  subtask: Subtask;
  status: SubtaskState['status'];
  /** The role of its last attempt. */
  role: string;
  output: Json;
  error?: { code: string; message: string };
  /** In order of their starts. */
  attempts: AttemptHistory[];
}

export interface AttemptHistory {
  attempt: number;
  role: string;
  /** ms since the Unix epoch. */
  startedMs: number;
  endedMs: number | null;
  outcome: AttemptView['outcome'];
  /** Why it was not accepted. */
  reason?: string;
  /** Its first prompt, to the letter. null for a sub-team, and when the run's team is not known any more. */
  context: { instructions: string; prompt: string } | null;
  /** The results that it was handed, and in which form. */
  handoffs: Handoff[];
  output: Json;
  contradictions: Contradiction[];
  /** null: it was not checked, or not yet. */
  verdict: Verdict | null;
  /** Of a sub-team: its run. */
  subRunId?: string;
  /** Its own and those of its checks, in order of their ends; a sub-team's are in its run. */
  calls: JournaledCall[];
  /** Input + output of those model calls. */
  tokens: number;
  /** null while any of them is unpriced. */
  costUsd: number | null;
}

export interface JournaledCall extends Omit<CallRecord, 'version' | 'runId' | 'rootRunId' | 'response'> {
  /** What a tool was called with; null for a model call. */
  input: Json;
  /** What came back; null unless it succeeded. */
  response: Json;
}

/**
 * @param path Ids from the run's plan down: `['release', 'ship']` is the subtask `ship` of the sub-team that does `release`.
 * @throws {PlanwrightError} `run-unknown`; `usage` when there is no such subtask.
 */
export async function readSubtaskHistory(store: Store, runId: string, path: readonly string[]): Promise<SubtaskHistory> {
  const root = await loadRun(store, runId);
  const { view, team, outputSchema } = descend(root, path.slice(0, -1), await readTeam(store, runId));
  const subtaskId = path.at(-1) ?? '';
  const item = view.state.subtasks.get(subtaskId);
  if (item === undefined) throw noSubtask(view, subtaskId);
  const contexts = await readContexts(store, view, { subtaskId, team, outputSchema });
  const handoffs = Map.groupBy(
    listHandoffs(view).filter(({ to }) => to === subtaskId),
    ({ attempt }) => attempt,
  );
  const attempts: AttemptHistory[] = [];
  for (const attempt of listAttempts(view).filter((one) => one.subtaskId === subtaskId)) {
    const handed = (handoffs.get(attempt.attempt) ?? []).map(({ from, mode, tokens }) => ({ from, mode, tokens }));
    attempts.push(await describeAttempt(store, view, { attempt, handed, context: contexts.get(attempt.attempt) ?? null }));
  }
  const { subtask, status, role, output, error } = item;
  return {
    runId: view.runId,
    path: [...path],
    subtask,
    status,
    role,
    output: output === null ? null : await store.getValue(output),
    ...(error === null ? {} : { error: { code: error.code, message: error.message } }),
    attempts,
  };
}

interface KnownTeam {
  team: Team | null;
  outputSchema?: JsonSchema | undefined;
}

interface Level extends KnownTeam {
  view: RunView;
}

async function readTeam(store: Store, runId: string): Promise<KnownTeam> {
  const record = await store.getRun(runId);
  if (record === undefined || record.parentRunId !== null) return { team: null };
  const { team, outputSchema } = readSetup(record.setup);
  return { team, outputSchema };
}

/** To the run of the last sub-team that did the subtasks on the way. */
function descend(root: RunView, above: readonly string[], known: KnownTeam): Level {
  let level: Level = { ...known, view: root };
  for (const subtaskId of above) {
    const child = level.view.children.findLast((one) => one.subtaskId === subtaskId);
    if (child === undefined) throw noSubtask(level.view, subtaskId, 'no sub-team');
    const { role } = level.view.state.subtasks.get(subtaskId) ?? { role: '' };
    const team = level.team === null ? undefined : findRole(level.team, role)?.team;
    // The form is asked of the subtask that delivers, which is known of the start alone.
    level = { view: child.view, team: team ?? null };
  }
  return level;
}

function noSubtask({ runId, state }: RunView, subtaskId: string, what = 'no subtask'): PlanwrightError {
  const known = [...state.subtasks.keys()];
  const shown = known.slice(0, 10).join(', ') + (known.length > 10 ? ` and ${known.length - 10} more` : '');
  const named = JSON.stringify(subtaskId.slice(0, 200));
  return new PlanwrightError('usage', `Run "${runId}" has ${what} ${named}. Its subtasks: ${shown || 'none'}.`);
}

/** By attempt: folded up to each start, for what an attempt is told depends on what was there then. */
async function readContexts(
  store: Store,
  view: RunView,
  { subtaskId, team, outputSchema }: KnownTeam & { subtaskId: string },
): Promise<Map<number, AttemptHistory['context']>> {
  const contexts = new Map<number, AttemptHistory['context']>();
  if (team === null) return contexts;
  const state = createRunState();
  for (const entry of view.entries) {
    decide(state, entry);
    if (!startsAttempt(entry, subtaskId)) continue;
    const command = state.subtasks.get(subtaskId)?.started;
    const role = command === null || command === undefined ? undefined : findRole(team, command.role);
    if (command === null || command === undefined || role === undefined || role.team !== undefined) continue;
    const told = await contextOfAttempt(store, state, { command, role, task: state.task, outputSchema });
    contexts.set(command.attempt, layOutContext(told));
  }
  return contexts;
}

function startsAttempt({ event }: JournalEntry, subtaskId: string): boolean {
  return event.type === 'attempt-started' && event.subtaskId === subtaskId;
}

async function describeAttempt(
  store: Store,
  view: RunView,
  { attempt, handed, context }: { attempt: AttemptView; handed: Handoff[]; context: AttemptHistory['context'] },
): Promise<AttemptHistory> {
  const isOwn = (event: { subtaskId: string; attempt: number }): boolean =>
    event.subtaskId === attempt.subtaskId && event.attempt === attempt.attempt;
  let output: Json = null;
  let verdict: Verdict | null = null;
  let contradictions: Contradiction[] = [];
  for (const { event } of view.entries) {
    if (event.type === 'attempt-finished' && isOwn(event) && event.outcome.kind === 'succeeded') {
      output = await store.getValue(event.outcome.output);
      contradictions = event.outcome.contradictions ?? [];
    } else if (event.type === 'verdict-given' && isOwn(event)) verdict = event.verdict;
  }
  const calls = view.calls.filter(isOwn);
  const modelCalls = calls.filter(({ kind }) => kind === 'model');
  const child = view.children.find(isOwn);
  const { reason } = attempt;
  return {
    attempt: attempt.attempt,
    role: attempt.role,
    startedMs: attempt.startedMs,
    endedMs: attempt.endedMs,
    outcome: attempt.outcome,
    ...(reason === undefined ? {} : { reason }),
    context,
    handoffs: handed,
    output,
    contradictions,
    verdict,
    ...(child === undefined ? {} : { subRunId: child.view.runId }),
    calls: describeCalls(calls),
    tokens: modelCalls.reduce((sum, call) => sum + tokensOf(call), 0),
    costUsd: modelCalls.some(({ costUsd }) => costUsd === null)
      ? null
      : modelCalls.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0),
  };
}

function describeCalls(calls: readonly CallRecord[]): JournaledCall[] {
  const answers = new Map<string, Json>();
  for (const { key, kind, response } of calls) if (kind === 'model' && response !== null) answers.set(key, parse(response));
  return calls.map(({ version: _version, runId: _runId, rootRunId: _rootRunId, response, ...call }) => ({
    ...call,
    input: call.kind === 'tool' ? inputOf(call.key, answers) : null,
    response: call.kind === 'model' ? (answers.get(call.key) ?? null) : response === null ? null : parse(response),
  }));
}

/** A tool call is named after the place of its part in the model's answer: `…/step/toolIndex`. */
function inputOf(key: string, answers: ReadonlyMap<string, Json>): Json {
  const at = key.lastIndexOf('/');
  const answer = answers.get(key.slice(0, at));
  const content = isObject(answer) ? answer['content'] : null;
  if (!Array.isArray(content)) return null;
  const asked = content.filter((part) => isObject(part) && part['type'] === 'tool-call');
  const part = asked[Number.parseInt(key.slice(at + 1), 10)];
  const input = isObject(part) ? part['input'] : undefined;
  return typeof input === 'string' ? parse(input) : (input ?? null);
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is no JSON is told as it stands. */
function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
