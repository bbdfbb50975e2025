/** A run of Planwright's own as a trace: its journaled calls in order of their ends, and its plan as exact data flow. */
import { readSetup } from '../../engine/run-setup.ts';
import type { Store } from '../../engine/store.ts';
import { subRunId } from '../../ids.ts';
import { listHandoffs } from '../../measure/handoffs.ts';
import { loadRun } from '../../measure/load-run.ts';
import { listAttempts, type RunView } from '../../measure/run-view.ts';
import type { CallRecord } from '../../model/call-record.ts';
import { readAnswer } from '../../model/response-json.ts';
import type { SubtaskState } from '../../schedule/state.ts';
import type { Team } from '../../team/team.ts';
import { textOf } from '../../verify/verifier.ts';
import type { Trace, TraceAgent, TraceCall, TraceEnding, WorkItem } from '../trace.ts';
import { type DraftStep, finishTrace } from './finish-trace.ts';
import { canonicalInput, canonicalJson, isFailure } from './plain-text.ts';

/**
 * Subtasks of sub-teams are named `parent/child`. Calls of the planner are steps of an agent `planner`. The run may still be under way.
 * @throws {PlanwrightError} `run-unknown`; `usage` for a run without a step or with more than 100,000.
 */
export async function traceOfRun(store: Store, runId: string): Promise<Trace> {
  const view = await loadRun(store, runId);
  const record = await store.getRun(runId);
  const steps: DraftStep[] = [{ number: 0, kind: 'request', agent: 'user', text: view.state.task }];
  const lastSteps = new Map<string, number>();
  for (const { kind, call, start } of listMoments(view)) {
    const step =
      kind === 'call' ? toStep(call, steps.length) : { number: steps.length, kind: 'request' as const, agent: 'plan', ...start };
    if (step === null) continue;
    steps.push(step);
    if (kind !== 'call') continue;
    const key = `${call.runId}/${call.subtaskId}`;
    if (step.kind === 'message' || !lastSteps.has(key)) lastSteps.set(key, step.number);
  }
  const { status } = view.state.end ?? {};
  return finishTrace(
    {
      id: runId,
      layout: 'planwright',
      task: view.state.task,
      steps,
      agents: record === undefined || record.parentRunId !== null ? new Map() : agentsOf(readSetup(record.setup).team),
      outcome: status === 'succeeded' ? 'succeeded' : status === 'failed' || status === 'partial' ? 'failed' : 'unknown',
      ending: endingOf(view),
      work: await listWork(store, view, lastSteps, ''),
    },
    { file: runId },
  );
}

function endingOf({ state }: RunView): TraceEnding {
  if (state.end === null) return { kind: 'unknown', detail: 'it has not ended' };
  const { reason, status, detail } = state.end;
  const said = `${status}, ${reason}${detail === undefined ? '' : `: ${detail}`}`;
  if (reason === 'completed') return { kind: 'completed', detail: said };
  const isLimit = reason === 'budget' || reason === 'share' || reason === 'time';
  return { kind: isLimit ? 'limit' : 'stopped', detail: said };
}

function agentsOf(team: Team): Map<string, TraceAgent> {
  const agents = new Map<string, TraceAgent>();
  for (const role of [...Object.values(team.roles), team.generalist]) {
    // Groups such as `files` stand for several tools, so what a role may call is not told by its list.
    agents.set(role.name, { instructions: role.instructions, tools: null });
    if (role.team !== undefined) for (const [name, agent] of agentsOf(role.team)) if (!agents.has(name)) agents.set(name, agent);
  }
  return agents;
}

type Moment =
  | { kind: 'call'; atMs: number; call: CallRecord; start?: undefined }
  /** An attempt begins: who is asked for what, and what was wrong with the attempt before. */
  | { kind: 'start'; atMs: number; call?: undefined; start: { to: string; text: string } };

/** Of the whole tree in order of time; tries of calls that failed are none. */
function listMoments(view: RunView): Moment[] {
  const moments: Moment[] = [];
  const collect = ({ calls, children, entries, state }: RunView): void => {
    for (const call of calls)
      if (!call.key.includes('#') && call.outcome === 'succeeded') moments.push({ kind: 'call', atMs: call.endedMs, call });
    const feedback = new Map<string, string>();
    for (const { event, atMs } of entries) {
      if (event.type === 'verdict-given' && event.verdict.kind === 'rejected')
        feedback.set(event.subtaskId, event.verdict.reason);
      if (event.type !== 'attempt-started') continue;
      const { instruction = '' } = state.subtasks.get(event.subtaskId)?.subtask ?? {};
      const before = feedback.get(event.subtaskId);
      const text = before === undefined ? instruction : `${instruction}\nThe attempt before was rejected: ${before}`;
      moments.push({ kind: 'start', atMs, start: { to: event.role, text } });
    }
    for (const child of children) collect(child.view);
  };
  collect(view);
  return moments.toSorted((a, b) => a.atMs - b.atMs);
}

function toStep({ key, kind, name, role, purpose, response }: CallRecord, number: number): DraftStep | null {
  if (response === null) return null;
  if (kind === 'tool') {
    const text = textOfResponse(response);
    return { number, kind: 'result', agent: name, text, result: { tool: name, callId: key, failed: isFailure(text) } };
  }
  const agent = purpose === 'plan' || purpose === 'replan' || purpose === 'gate' ? 'planner' : role;
  const { text, calls } = readParts(response, key);
  return { number, kind: 'message', agent, text, calls };
}

function readParts(response: string, key: string): { text: string; calls: TraceCall[] } {
  const texts: string[] = [];
  const calls: TraceCall[] = [];
  try {
    for (const part of readAnswer(response).content) {
      if (part.type === 'text') texts.push(part.text);
      // A tool call's record is named after the place of its part in the answer.
      else if (part.type === 'tool-call')
        calls.push({ id: `${key}/${calls.length}`, tool: part.toolName, input: canonicalInput(part.input) });
    }
  } catch {
    texts.push(response);
  }
  return { text: texts.join('\n'), calls };
}

function textOfResponse(response: string): string {
  try {
    const value: unknown = JSON.parse(response);
    return typeof value === 'string' ? value : canonicalJson(value);
  } catch {
    return response;
  }
}

async function listWork(
  store: Store,
  view: RunView,
  lastSteps: ReadonlyMap<string, number>,
  prefix: string,
): Promise<WorkItem[]> {
  const { state } = view;
  const usedBy = new Map<string, string[]>();
  for (const { from, to } of listHandoffs(view)) usedBy.set(from, [...(usedBy.get(from) ?? []), prefix + to]);
  const verdicts = readVerdicts(view);
  const isSynthesized = state.synthesized !== null;
  const items = [...state.subtasks.values()];
  const sinks = items.filter(
    ({ status, dependents }) => status !== 'superseded' && dependents.every((one) => one.status === 'superseded'),
  );
  const work: WorkItem[] = [];
  for (const item of items) {
    const { id } = item.subtask;
    const { verdict = 'none', reason = '' } = verdicts.get(id) ?? {};
    const isMapped = item.mapping !== null;
    work.push({
      id: prefix + id,
      agent: item.role,
      status: item.status,
      output: item.output === null ? '' : textOf(await store.getValue(item.output)),
      usedBy: [...new Set(usedBy.get(id))],
      isDeliverable:
        isMapped ||
        (state.deliverable === null
          ? isSynthesized || sinks.length === 1
            ? sinks.includes(item)
            : false
          : state.deliverable === id),
      isWanted: item.dependents.some(({ status }) => status !== 'superseded'),
      verdict,
      reason: item.error?.message ?? reason,
      errorCode: item.error?.code ?? null,
      step: lastStepOf(view, item, lastSteps),
    });
  }
  for (const { subtaskId, view: child } of view.children)
    work.push(...(await listWork(store, child, lastSteps, `${prefix}${subtaskId}/`)));
  return work;
}

/** Of the last attempt; that of a sub-team is of its run. */
function lastStepOf(
  { runId, children }: RunView,
  { subtask, attempt }: SubtaskState,
  lastSteps: ReadonlyMap<string, number>,
): number | null {
  const own = lastSteps.get(`${runId}/${subtask.id}`);
  if (own !== undefined) return own;
  if (!children.some(({ subtaskId }) => subtaskId === subtask.id)) return null;
  const prefix = `${subRunId(runId, subtask.id, attempt)}/`;
  const below = [...lastSteps].filter(([key]) => key.startsWith(prefix)).map(([, step]) => step);
  return below.length === 0 ? null : Math.max(...below);
}

/** The last verdict on each subtask; without one, what became of its attempts. */
function readVerdicts(view: RunView): Map<string, { verdict: WorkItem['verdict']; reason: string }> {
  const verdicts = new Map<string, { verdict: WorkItem['verdict']; reason: string }>();
  for (const { subtaskId, reason } of listAttempts(view))
    if (reason !== undefined) verdicts.set(subtaskId, { verdict: 'none', reason });
  for (const { event } of view.entries) {
    if (event.type !== 'verdict-given') continue;
    const { verdict } = event;
    verdicts.set(event.subtaskId, { verdict: verdict.kind, reason: verdict.kind === 'accepted' ? '' : verdict.reason });
  }
  return verdicts;
}
