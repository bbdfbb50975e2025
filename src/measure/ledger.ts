/**
 * The ledger: what a run's calls, handoffs and attempts add up to. Every agent at every depth is counted, once.
 * Definitions are in docs/ledger.md; they are kept to the letter.
 */
import type { CallPurpose, CallRecord } from '../model/call-record.ts';
import { isUnderWay, itemsOf } from '../schedule/state.ts';
import { type ActiveClock, createActiveClock, readHeldTimes } from './active-time.ts';
import { type HandoffsByMode, sumHandoffs } from './handoffs.ts';
import { type AttemptView, listAttempts, type RunView } from './run-view.ts';

export interface Ledger {
  /** Model calls, failed tries included. */
  calls: number;
  callsByPurpose: Partial<Record<CallPurpose, number>>;
  /** Input + output tokens of those calls. */
  tokensByPurpose: Partial<Record<CallPurpose, number>>;
  toolCalls: number;
  inputTokens: number;
  /** Part of inputTokens that providers read from their caches. */
  cachedInputTokens: number;
  outputTokens: number;
  /** Part of outputTokens that was reasoning. */
  reasoningTokens: number;
  /** null while any call is unpriced; 0 when the model costs nothing. */
  costUsd: number | null;
  unpricedCalls: number;
  /** Results handed from one subtask to an attempt of another. */
  handoffs: number;
  /** Estimated tokens of what was really handed over (characters ÷ 4). */
  handoffTokens: number;
  /** The same by how: `whole`, cut to a `digest`, or as a `reference` (in the instruction, or by its name only). */
  handoffsByMode: HandoffsByMode;
  /** Tokens of attempts whose result was not used, and of failed tries. */
  wasteTokens: number;
  /** Calls that are not `execute` ÷ calls that are; null without any that are. */
  turnOverhead: number | null;
  /** (Tokens of calls that are not `execute` + handoff tokens) ÷ (tokens of calls that are − handoff tokens); null when that is not positive. */
  tokenOverhead: number | null;
  /** From the run's first event to its last, less the time when no process drove it. */
  makespanMs: number;
  /** The same work one after the other: attempts of leaf subtasks and calls outside of subtasks. */
  serialMs: number;
  /** The longest chain of observed waiting: arrival of a subtask, then durations along its dependencies. */
  criticalPathMs: number;
  /** Subtasks on that chain, first to last. */
  criticalPath: string[];
}

const purposes: readonly CallPurpose[] = ['gate', 'plan', 'replan', 'manage', 'execute', 'verify', 'synthesize'];

export function computeLedger(view: RunView): Ledger {
  const calls = allCalls(view);
  const modelCalls = calls.filter((call) => call.kind === 'model');
  const execute = modelCalls.filter((call) => call.purpose === 'execute');
  const callsByPurpose: Partial<Record<CallPurpose, number>> = {};
  const tokensByPurpose: Partial<Record<CallPurpose, number>> = {};
  // In the order of a task's way, whichever call ended first.
  for (const purpose of purposes) {
    const ofPurpose = modelCalls.filter((call) => call.purpose === purpose);
    if (ofPurpose.length === 0) continue;
    callsByPurpose[purpose] = ofPurpose.length;
    tokensByPurpose[purpose] = sum(ofPurpose, tokensOf);
  }
  const unpricedCalls = modelCalls.filter((call) => call.costUsd === null).length;
  const handoffs = sumHandoffs(view);
  const executeTokens = sum(execute, tokensOf);
  const otherTokens = sum(modelCalls, tokensOf) - executeTokens;
  const domainTokens = executeTokens - handoffs.tokens;
  const path = observedCriticalPath(view);
  return {
    calls: modelCalls.length,
    callsByPurpose,
    tokensByPurpose,
    toolCalls: calls.length - modelCalls.length,
    inputTokens: sum(modelCalls, (call) => call.inputTokens),
    cachedInputTokens: sum(modelCalls, (call) => call.cachedInputTokens),
    outputTokens: sum(modelCalls, (call) => call.outputTokens),
    reasoningTokens: sum(modelCalls, (call) => call.reasoningTokens),
    costUsd: unpricedCalls > 0 ? null : sum(modelCalls, (call) => call.costUsd ?? 0),
    unpricedCalls,
    handoffs: handoffs.count,
    handoffTokens: handoffs.tokens,
    handoffsByMode: handoffs.byMode,
    wasteTokens: sumWaste(view, false),
    turnOverhead: execute.length === 0 ? null : (modelCalls.length - execute.length) / execute.length,
    tokenOverhead: domainTokens > 0 ? (otherTokens + handoffs.tokens) / domainTokens : null,
    makespanMs: view.state.activeMs,
    serialMs: serialTime(view),
    criticalPathMs: path.ms,
    criticalPath: path.ids,
  };
}

export function tokensOf(call: CallRecord): number {
  return call.inputTokens + call.outputTokens;
}

/** Of a run and of all its sub-teams' runs. */
export function allCalls(view: RunView): CallRecord[] {
  return [...view.calls, ...view.children.flatMap((child) => allCalls(child.view))];
}

function sumWaste(view: RunView, isWasted: boolean): number {
  const used = (subtaskId: string, attempt: number): boolean => {
    if (isWasted) return false;
    const item = view.state.subtasks.get(subtaskId);
    // What an attempt under way has used is not lost yet.
    if (item !== undefined) return (item.status === 'succeeded' || isUnderWay(item)) && item.attempt === attempt;
    // Not a subtask: the planner's accepted attempt, a revision that was applied, a synthesis.
    return /^@plan(?:\.\d+)?$/.test(subtaskId)
      ? attempt === view.state.planAttempt && view.state.subtasks.size > 0
      : subtaskId.startsWith('@');
  };
  let tokens = 0;
  for (const call of view.calls) {
    if (call.kind === 'model' && (call.outcome !== 'succeeded' || !used(call.subtaskId, call.attempt))) tokens += tokensOf(call);
  }
  for (const child of view.children) tokens += sumWaste(child.view, isWasted || !used(child.subtaskId, child.attempt));
  return tokens;
}

function serialTime(view: RunView): number {
  const composites = new Set(view.children.map((child) => child.subtaskId));
  const leaves = listAttempts(view).filter((attempt) => !composites.has(attempt.subtaskId));
  const clock = createActiveClock(view.entries);
  const held = readHeldTimes(view.entries, clock);
  const durationOf = ({ subtaskId, attempt, startedMs, endedMs }: AttemptView): number =>
    endedMs === null ? 0 : clock(endedMs) - clock(startedMs) - (held.get(`${attempt}/${subtaskId}`) ?? 0);
  const outside = view.calls.filter(
    (call) => call.kind === 'model' && call.purpose !== 'execute' && !view.state.subtasks.has(call.subtaskId),
  );
  return (
    sum(leaves, durationOf) +
    sum(outside, (call) => call.endedMs - call.startedMs) +
    sum(view.children, (child) => serialTime(child.view))
  );
}

/**
 * cp(s) = duration(s) + max(arrival(s), cp of its dependencies), over the subtasks that ran; arrival is when the
 * subtask was known, counted from the run's start. Dependencies of a subtask always come before it in order of end.
 */
function observedCriticalPath(view: RunView): { ms: number; ids: string[] } {
  const clock = createActiveClock(view.entries);
  const arrivals = arrivalTimes(view, clock);
  const ran = [...view.state.subtasks.values()]
    .filter((item) => itemsOf(item) === null)
    .flatMap((item) =>
      item.startedMs === null || item.endedMs === null ? [] : [{ item, start: clock(item.startedMs), end: clock(item.endedMs) }],
    )
    .toSorted((a, b) => a.start - b.start || a.item.order - b.item.order);
  const paths = new Map<string, { ms: number; before: string | null }>();
  let last: string | null = null;
  let longest = 0;
  for (const { item, start, end } of ran) {
    let ms = arrivals.get(item.subtask.id) ?? 0;
    let before: string | null = null;
    for (const id of item.subtask.dependsOn.flatMap((dependency) => doneBy(view, dependency))) {
      const path = paths.get(id);
      if (path !== undefined && path.ms >= ms) {
        ms = path.ms;
        before = id;
      }
    }
    ms += end - start;
    paths.set(item.subtask.id, { ms, before });
    if (ms >= longest) {
      longest = ms;
      last = item.subtask.id;
    }
  }
  const ids: string[] = [];
  for (let id = last; id !== null; id = paths.get(id)?.before ?? null) ids.unshift(id);
  const closing = view.calls.filter((call) => call.purpose === 'synthesize');
  return { ms: longest + sum(closing, (call) => call.endedMs - call.startedMs), ids };
}

/** Whose work a result is: a mapped subtask's is its items', or of an empty list that of what gave it. */
function doneBy({ state }: RunView, id: string): string[] {
  const item = state.subtasks.get(id);
  const items = item === undefined ? null : itemsOf(item);
  if (item === undefined || items === null) return [id];
  return items.length === 0 ? item.subtask.dependsOn : items.map(({ subtask }) => subtask.id);
}

function arrivalTimes(view: RunView, clock: ActiveClock): Map<string, number> {
  const arrivals = new Map<string, number>();
  for (const { event, atMs } of view.entries) {
    const sinceStart = clock(atMs);
    if (event.type === 'subtask-proposed') arrivals.set(event.subtask.id, sinceStart);
    if (event.type === 'plan-accepted') for (const { id } of event.subtasks ?? []) arrivals.set(id, sinceStart);
    if (event.type === 'plan-approved') for (const { id } of event.plan?.subtasks ?? []) arrivals.set(id, sinceStart);
    if (event.type === 'subtask-expanded') {
      event.items.forEach((_, index) => arrivals.set(`${event.subtaskId}[${index}]`, sinceStart));
    }
    if (event.type === 'plan-revised') for (const { id } of event.add) arrivals.set(id, sinceStart);
  }
  return arrivals;
}

function sum<Item>(items: Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
