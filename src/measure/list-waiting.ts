/** What of a run, and of the runs of its sub-teams, waits for a person, and what the person has to see of it. */
import type { Store } from '../engine/store.ts';
import type { ApprovalRequest, RequestName } from '../events.ts';
import type { Json } from '../json.ts';
import { pendingRequests } from '../schedule/approval.ts';
import type { Command } from '../schedule/command.ts';
import type { SubtaskState } from '../schedule/state.ts';
import { loadRun } from './load-run.ts';
import type { RunView } from './run-view.ts';

export interface WaitingItem {
  /** A plan before it runs, an attempt before it starts, or a tool call before it acts. */
  kind: 'plan' | 'attempt' | 'tool';
  /** Names it among all that wait: `plan`, `ship#1` (subtask and attempt), `ship#1/2/0` (and the call: step and place in it). */
  id: string;
  /** The run that waits: the one asked about, or that of one of its sub-teams. */
  runId: string;
  /** As its own plan names it. */
  subtaskId?: string;
  /** From the outermost run down: `release/ship`; the subtask's id where there is no sub-team. */
  path?: string;
  attempt?: number;
  role?: string;
  instruction?: string;
  /** The results that the attempt is given. */
  inputs?: { subtaskId: string; output: Json }[];
  tool?: string;
  /** Exactly what the tool would be called with. */
  input?: Json;
  /** When the person was asked, ms since the Unix epoch. */
  askedMs: number;
}

/** An item with what an answer to it names. */
export interface NamedWaitingItem {
  item: WaitingItem;
  /** null: the plan. */
  request: RequestName | null;
}

/**
 * In the order in which plans name the subtasks, the plan first.
 * @throws {PlanwrightError} `run-unknown`
 */
export async function listWaiting(store: Store, runId: string): Promise<WaitingItem[]> {
  return (await findWaiting(store, await loadRun(store, runId))).map(({ item }) => item);
}

export async function findWaiting(store: Store, view: RunView, above: readonly string[] = []): Promise<NamedWaitingItem[]> {
  const { runId, state } = view;
  if (state.phase === 'ended' || state.phase === 'new') return [];
  if (state.phase === 'approving') {
    const id = [...above, 'plan'].join('/');
    return [{ item: { kind: 'plan', id, runId, askedMs: state.lastMs }, request: null }];
  }
  const found: NamedWaitingItem[] = [];
  const asked = readAskTimes(view);
  for (const item of state.subtasks.values()) {
    const path = [...above, item.subtask.id];
    const pending: Command[] = [];
    pendingRequests(item, pending);
    for (const command of pending) {
      if (command.kind !== 'ask' || item.frozen) continue;
      const { request } = command;
      const { attempt, role } = request;
      const name = nameOf(request);
      const id = `${path.join('/')}#${attempt}${name.call === undefined ? '' : `/${name.call}`}`;
      const askedMs = asked.get(keyOf(name)) ?? state.lastMs;
      const described = { id, ...(await describeSubtask(store, view, item, path)), attempt, role, askedMs };
      if (request.kind === 'attempt') found.push({ item: { kind: 'attempt', ...described }, request: name });
      else {
        const input = await store.getValue(request.input);
        found.push({ item: { kind: 'tool', ...described, tool: request.tool, input }, request: name });
      }
    }
    if (item.status !== 'running') continue;
    const child = view.children.find(({ subtaskId, attempt }) => subtaskId === item.subtask.id && attempt === item.attempt);
    if (child !== undefined) found.push(...(await findWaiting(store, child.view, path)));
  }
  return found;
}

async function describeSubtask(store: Store, { runId, state }: RunView, { subtask }: SubtaskState, path: string[]) {
  const inputs: { subtaskId: string; output: Json }[] = [];
  for (const subtaskId of subtask.dependsOn) {
    const output = state.subtasks.get(subtaskId)?.output;
    if (output) inputs.push({ subtaskId, output: await store.getValue(output) });
  }
  return { runId, subtaskId: subtask.id, path: path.join('/'), instruction: subtask.instruction, inputs };
}

function readAskTimes({ entries }: RunView): Map<string, number> {
  const times = new Map<string, number>();
  for (const { event, atMs } of entries) {
    if (event.type !== 'approval-asked') continue;
    times.set(keyOf(nameOf(event.request)), atMs);
  }
  return times;
}

function nameOf(request: ApprovalRequest): RequestName {
  const { subtaskId, attempt } = request;
  return { subtaskId, attempt, ...(request.kind === 'tool' ? { call: request.call } : {}) };
}

function keyOf({ subtaskId, attempt, call = '' }: RequestName): string {
  return `${attempt} ${call} ${subtaskId}`;
}
