import { join } from 'node:path';
import { MemoryStore, recordCalls, runTask } from 'planwright';
import { expect, test } from 'vitest';
import { planText, playModel, smallTeam, step } from './support/small-team.ts';
import { makeTemporaryFolder } from './support/temporary-folder.ts';

const common = { task: 't', team: smallTeam, strategy: 'team' as const };

test('a recorded run is played again without its model; a call that was not recorded is an error that names it', async () => {
  const file = join(makeTemporaryFolder(), 'calls.jsonl');
  const model = playModel(({ schema }) => (schema === 'plan' ? planText(step('a'), step('b', 'writer', ['a'])) : 'said once'));
  const first = await runTask({ ...common, model: recordCalls(model, file), store: new MemoryStore() });
  const asked = model.requests.length;
  const again = await runTask({ ...common, model: `recorded:${file}`, store: new MemoryStore() });
  expect(again).toMatchObject({ status: 'succeeded', deliverable: first.deliverable, ledger: { calls: 3, costUsd: 0 } });
  expect(model.requests).toHaveLength(asked);
  const other = await runTask({ ...common, task: 'another', model: `recorded:${file}`, store: new MemoryStore() });
  expect(other).toMatchObject({ status: 'failed', endReason: 'planner-failed', detail: expect.stringContaining('calls.jsonl') });
});
