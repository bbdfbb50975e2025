/** Runs that version 0.1.0 stored (test/fixtures/make-stored-runs.ts) are read, and go on, as if nothing had changed. */
import { answerRun, type CallRecord, loadRun, MemoryStore, resumeRun } from 'planwright';
import { describe, expect, test } from 'vitest';
import { findStoredRuns, restoreRuns, type StoredRuns, storedRuns } from './support/stored-runs.ts';
import { lookTool, storingModel } from './support/storing-team.ts';

const restore = (dump: StoredRuns): Promise<MemoryStore> => restoreRuns(new MemoryStore(), dump);

const modelCalls = (calls: CallRecord[]): CallRecord[] =>
  calls.filter(({ kind, outcome }) => kind === 'model' && outcome === 'succeeded');

const deliverable = 'writer did report-2 with [check-a,instead,together]';

test('a run that has ended is folded to the end that it had', async () => {
  const dump = findStoredRuns('ended');
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

describe.each(storedRuns.filter(({ title }) => title.startsWith('interrupted')))('$title', (dump) => {
  test('it is resumed, and no journaled call is made again', async () => {
    const store = await restore(dump);
    const model = storingModel();
    const result = await resumeRun({ runId: 'r', store, model, tools: [lookTool] });
    expect(result).toMatchObject({ status: 'succeeded', deliverable });
    const made = modelCalls(await store.listCalls('r')).length - modelCalls(dump.calls).length;
    expect(model.requests.length).toBe(made);
    expect(result.ledger.calls).toBe(modelCalls(findStoredRuns('ended').calls).length);
  });
});

test('it waits for the approval of its plan, is approved, and goes on', async () => {
  const store = await restore(findStoredRuns('waiting'));
  await answerRun(store, 'r', { type: 'approve', by: 'ada' });
  const result = await resumeRun({ runId: 'r', store, model: storingModel(), tools: [lookTool] });
  expect(result).toMatchObject({ status: 'succeeded', deliverable });
});
