/** Reads a run and the runs of its sub-teams from a store. */

import type { Store } from '../engine/store.ts';
import { PlanwrightError } from '../errors.ts';
import { subRunId } from '../ids.ts';
import type { CallRecord } from '../model/call-record.ts';
import { decide } from '../schedule/decide.ts';
import { createRunState } from '../schedule/state.ts';
import { readHandoffs } from './handoffs.ts';
import type { RunView } from './run-view.ts';

/** @throws {PlanwrightError} `run-unknown` */
export async function loadRun(store: Store, runId: string): Promise<RunView> {
  const record = await store.getRun(runId);
  if (record === undefined) {
    throw new PlanwrightError('run-unknown', `No run "${runId}" in ${store.location}. List the runs with: planwright runs`);
  }
  const calls = new Map<string, CallRecord[]>();
  for (const call of await store.listCalls(record.rootRunId)) {
    const known = calls.get(call.runId);
    if (known === undefined) calls.set(call.runId, [call]);
    else known.push(call);
  }
  return loadView(store, runId, calls);
}

async function loadView(store: Store, runId: string, calls: Map<string, CallRecord[]>): Promise<RunView> {
  const entries = await store.readEvents(runId);
  const state = createRunState();
  for (const entry of entries) decide(state, entry);
  const children: RunView['children'] = [];
  for (const { event } of entries) {
    if (event.type !== 'attempt-started' || state.settings.roles[event.role]?.composite !== true) continue;
    const { subtaskId, attempt } = event;
    const childId = subRunId(runId, subtaskId, attempt);
    if ((await store.getRun(childId)) !== undefined) {
      children.push({ subtaskId, attempt, view: await loadView(store, childId, calls) });
    }
  }
  const view: RunView = { runId, state, entries, calls: calls.get(runId) ?? [], children };
  return { ...view, handoffs: await readHandoffs(store, view) };
}
