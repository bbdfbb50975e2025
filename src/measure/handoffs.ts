/** What was handed from subtask to subtask in one run, and how: from its journal, its settings and its results. */
import { loadItem } from '../engine/hand-over-results.ts';
import type { Store } from '../engine/store.ts';
import { charactersOf } from '../handoff/characters-of.ts';
import { type HandedResult, type Handoff, type HandoffMode, handOver } from '../handoff/hand-over.ts';
import { partOf, type RunState, type SubtaskState } from '../schedule/state.ts';
import { listAttempts, type RunView } from './run-view.ts';

export interface AttemptHandoff extends Handoff {
  /** The subtask that it was handed to, and which attempt at it. */
  to: string;
  attempt: number;
}

export type HandoffsByMode = Record<HandoffMode, { count: number; tokens: number }>;

/** Of this run alone, in order of the attempts' starts. */
export function listHandoffs(view: RunView): AttemptHandoff[] {
  return listAttempts(view).flatMap(({ subtaskId, attempt }) => {
    const handed = view.handoffs?.get(`${attempt}/${subtaskId}`) ?? handedWhole(view.state, subtaskId);
    return handed.map((handoff) => ({ ...handoff, to: subtaskId, attempt }));
  });
}

/** Of this run and the runs of its sub-teams. */
export function sumHandoffs(view: RunView): { count: number; tokens: number; byMode: HandoffsByMode } {
  const byMode: HandoffsByMode = {
    whole: { count: 0, tokens: 0 },
    digest: { count: 0, tokens: 0 },
    reference: { count: 0, tokens: 0 },
  };
  addHandoffs(view, byMode);
  const all = Object.values(byMode);
  return {
    count: all.reduce((sum, { count }) => sum + count, 0),
    tokens: all.reduce((sum, { tokens }) => sum + tokens, 0),
    byMode,
  };
}

function addHandoffs(view: RunView, byMode: HandoffsByMode): void {
  for (const { mode, tokens } of listHandoffs(view)) {
    byMode[mode].count += 1;
    byMode[mode].tokens += tokens;
  }
  for (const child of view.children) addHandoffs(child.view, byMode);
}

function handedWhole(state: RunState, subtaskId: string): Handoff[] {
  return outputsOf(state, state.subtasks.get(subtaskId)).map(({ subtaskId: from, stored }) => ({
    from,
    mode: 'whole',
    tokens: Math.ceil(charactersOf(stored) / 4),
  }));
}

/**
 * The handoffs of attempts that were not simply given all results whole, by `attempt/subtaskId`: what was cut, and what an
 * instruction refers to, depends on the results themselves.
 */
export async function readHandoffs(store: Store, view: RunView): Promise<Map<string, Handoff[]>> {
  const { state } = view;
  const handoffs = new Map<string, Handoff[]>();
  const sizes = new Map<string, number>();
  for (const { subtaskId, attempt, role } of listAttempts(view)) {
    const item = state.subtasks.get(subtaskId);
    const handoffTokens = state.settings.roles[role]?.handoffTokens;
    const outputs = outputsOf(state, item);
    if (item === undefined || outputs.length === 0) continue;
    if (outputs.some(({ stored }) => stored.kind === 'stored')) {
      handoffs.set(`${attempt}/${subtaskId}`, await wholeOf(outputs, sizes, store));
    }
    if (handoffTokens === undefined) continue;
    const { instruction } = item.subtask;
    const part = partOf(item);
    const total = outputs.reduce((sum, { stored }) => sum + charactersOf(stored), 0);
    if (part === null && total <= handoffTokens * 4 && !/\{\{|#E\d|\$\d/.test(instruction)) continue;
    const dependencies: HandedResult[] = [];
    for (const output of outputs) {
      if (output.subtaskId !== part?.over) dependencies.push({ ...output, output: await store.getValue(output.stored) });
    }
    const handed = part === null ? {} : { item: await loadItem(store, part) };
    handoffs.set(`${attempt}/${subtaskId}`, handOver({ instruction, dependencies, ...handed, handoffTokens }).handoffs);
  }
  return handoffs;
}

/** A text counts as itself; that it stands in the store as JSON is no matter of who is handed it. @param sizes Known ones, by hash. */
async function wholeOf(
  outputs: readonly Omit<HandedResult, 'output'>[],
  sizes: Map<string, number>,
  store: Store,
): Promise<Handoff[]> {
  const handoffs: Handoff[] = [];
  for (const { subtaskId: from, stored } of outputs) {
    let characters = charactersOf(stored);
    if (stored.kind === 'stored') {
      const known = sizes.get(stored.hash);
      const value = known === undefined ? await store.getValue(stored) : null;
      characters = known ?? (typeof value === 'string' ? value.length : stored.characters);
      sizes.set(stored.hash, characters);
    }
    handoffs.push({ from, mode: 'whole', tokens: Math.ceil(characters / 4) });
  }
  return handoffs;
}

function outputsOf(state: RunState, item: SubtaskState | undefined): Omit<HandedResult, 'output'>[] {
  return (item?.subtask.dependsOn ?? []).flatMap((subtaskId) => {
    const dependency = state.subtasks.get(subtaskId);
    return dependency?.output ? [{ subtaskId, role: dependency.role, stored: dependency.output }] : [];
  });
}
