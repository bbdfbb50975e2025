/** Runs that version 0.1.0 stored (test/fixtures/make-stored-runs.ts) are read, and go on, as if nothing had changed. */
import { readFileSync } from 'node:fs';
import {
  answerRun,
  type CallRecord,
  type JournalEntry,
  type Json,
  loadRun,
  MemoryStore,
  type RunRecord,
  resumeRun,
} from 'planwright';
import { describe, expect, test } from 'vitest';
import { lookTool, storingModel } from './support/storing-team.ts';

interface StoredRuns {
  title: string;
  runs: { record: RunRecord; entries: JournalEntry[] }[];
  calls: CallRecord[];
  values: Json[];
}

const dumps = JSON.parse(readFileSync(new URL('fixtures/stored-runs-0.1.0.json', import.meta.url), 'utf8')) as StoredRuns[];

async function restore({ runs, calls, values }: StoredRuns): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const { record, entries } of runs) {
    await store.createRun(record);
    await store.appendEvents(record.runId, entries);
  }
  for (const call of calls) await store.putCall(call);
  for (const value of values) await store.putValue(value);
  return store;
}

function findDump(title: string): StoredRuns {
  const found = dumps.find((dump) => dump.title === title);
  if (found === undefined) throw new Error(`No stored run "${title}".`);
  return found;
}

const modelCalls = (calls: CallRecord[]): CallRecord[] =>
  calls.filter(({ kind, outcome }) => kind === 'model' && outcome === 'succeeded');

const deliverable = 'writer did report-2 with [check-a,instead,together]';

test('a run that has ended is folded to the end that it had', async () => {
  const dump = findDump('ended');
  const { state } = await loadRun(await restore(dump), 'r');
  expect(state.end).toMatchObject({ status: 'succeeded', deliverable: { kind: 'inline', value: deliverable } });
  expect([...state.subtasks.values()].map(({ subtask, status, attempts }) => `${subtask.id} ${status} ${attempts}`)).toEqual([
    'find-a succeeded 1',
    'find-b succeeded 1',
    'check-a succeeded 2',
    'hopeless superseded 2',
    'together succeeded 1',
    'report superseded 0',
    'instead succeeded 1',
    'report-2 succeeded 1',
  ]);
});

describe.each(dumps.filter(({ title }) => title.startsWith('interrupted')))('$title', (dump) => {
  test('it is resumed, and no journaled call is made again', async () => {
    const store = await restore(dump);
    const model = storingModel();
    const result = await resumeRun({ runId: 'r', store, model, tools: [lookTool] });
    expect(result).toMatchObject({ status: 'succeeded', deliverable });
    const made = modelCalls(await store.listCalls('r')).length - modelCalls(dump.calls).length;
    expect(model.requests.length).toBe(made);
    expect(result.ledger.calls).toBe(modelCalls(findDump('ended').calls).length);
  });
});

test('it waits for the approval of its plan, is approved, and goes on', async () => {
  const store = await restore(findDump('waiting'));
  await answerRun(store, 'r', { type: 'approve', by: 'ada' });
  const result = await resumeRun({ runId: 'r', store, model: storingModel(), tools: [lookTool] });
  expect(result).toMatchObject({ status: 'succeeded', deliverable });
});
