/** A run with sub-teams, level by level, and what the same work would have been under one planner. */
import type { CallRecord } from '../model/call-record.ts';
import { tokensOf } from './ledger.ts';
import type { RunView } from './run-view.ts';

export interface HierarchyLevel {
  /** 1: the run itself. */
  level: number;
  runs: number;
  /** That are no teams of their own. */
  leaves: number;
  /** Model calls of these runs alone. */
  calls: number;
  tokens: number;
  /** Of one call: what the agents of this level had to hold at once. As the provider counts. */
  largestPromptTokens: number;
}

export interface HierarchyReport {
  levels: HierarchyLevel[];
  /** Rounds one after the other on the longest path: a plan, each subtask, a synthesis, at every level. */
  latencyLevels: number;
  /** The same leaves in one plan: one planning call, their own calls, the outermost synthesis. */
  flat: { calls: number; latencyLevels: number };
}

/** null for a run without sub-teams. */
export function measureHierarchy(view: RunView): HierarchyReport | null {
  if (view.children.length === 0) return null;
  const levels: HierarchyLevel[] = [];
  collect(view, 1, levels);
  const own = modelCalls(view);
  const syntheses = own.filter(({ purpose }) => purpose === 'synthesize').length;
  return {
    levels,
    latencyLevels: countRounds(view),
    flat: {
      calls: 1 + countLeafCalls(view) + syntheses,
      latencyLevels: 1 + longestChain(view, leafRounds) + (syntheses > 0 ? 1 : 0),
    },
  };
}

/** The largest prompt of any of these calls, tokens. */
export function largestPrompt(calls: readonly CallRecord[]): number {
  return calls.reduce((largest, { kind, inputTokens }) => (kind === 'model' ? Math.max(largest, inputTokens) : largest), 0);
}

function collect(view: RunView, level: number, levels: HierarchyLevel[]): void {
  const known = levels[level - 1] ?? { level, runs: 0, leaves: 0, calls: 0, tokens: 0, largestPromptTokens: 0 };
  levels[level - 1] = known;
  const calls = modelCalls(view);
  const composites = new Set(view.children.map(({ subtaskId }) => subtaskId));
  known.runs += 1;
  known.leaves += [...view.state.subtasks.values()].filter(
    (item) => item.attempts > 0 && !composites.has(item.subtask.id),
  ).length;
  known.calls += calls.length;
  known.tokens += calls.reduce((sum, call) => sum + tokensOf(call), 0);
  known.largestPromptTokens = Math.max(known.largestPromptTokens, largestPrompt(calls));
  for (const child of view.children) collect(child.view, level + 1, levels);
}

function countLeafCalls(view: RunView): number {
  const own = modelCalls(view).filter(({ purpose }) => purpose === 'execute').length;
  return view.children.reduce((sum, child) => sum + countLeafCalls(child.view), own);
}

function countRounds(view: RunView): number {
  const calls = modelCalls(view);
  const outside =
    Number(calls.some(({ purpose }) => purpose === 'plan')) + Number(calls.some(({ purpose }) => purpose === 'synthesize'));
  return outside + longestChain(view, (child) => (child === undefined ? 1 : countRounds(child)));
}

function leafRounds(child: RunView | undefined): number {
  return child === undefined ? 1 : longestChain(child, leafRounds);
}

/** Rounds on the longest path of the plan; `roundsOf` says how many a subtask takes, from the run of its sub-team if it has one. */
function longestChain(view: RunView, roundsOf: (child: RunView | undefined) => number): number {
  const children = new Map(view.children.map((child) => [child.subtaskId, child.view]));
  const chains = new Map<string, number>();
  let longest = 0;
  const ran = [...view.state.subtasks.values()]
    .filter((item) => item.attempts > 0)
    // A subtask starts after everything that it depends on has ended.
    .toSorted((a, b) => (a.startedMs ?? 0) - (b.startedMs ?? 0) || a.order - b.order);
  for (const { subtask } of ran) {
    const before = subtask.dependsOn.reduce((most, id) => Math.max(most, chains.get(id) ?? 0), 0);
    const chain = before + roundsOf(children.get(subtask.id));
    chains.set(subtask.id, chain);
    longest = Math.max(longest, chain);
  }
  return longest;
}

function modelCalls(view: RunView): CallRecord[] {
  return view.calls.filter(({ kind }) => kind === 'model');
}
