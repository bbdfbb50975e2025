/** A fork that does one subtask otherwise: with another instruction, another role, another model. */
import { forkRun, MemoryStore, reportRun, resumeRun, runTask, type SubtaskChange } from 'planwright';
import { expect, test } from 'vitest';
import { planOf } from './approvals/setting.ts';
import { playModel, smallTeam, step } from './support/small-team.ts';

const plan = planOf(step('a'), step('b', 'finder', ['a']), step('c', 'writer', ['b']));
const model = playModel(({ role, text }) => `${role} was told ${/<instruction>\n(.*)\n<\/instruction>/.exec(text)?.[1] ?? ''}`);

async function forkWith(change: SubtaskChange) {
  const store = new MemoryStore();
  await runTask({ task: 'the task', team: smallTeam, plan, model, store, runId: 'parent' });
  const fork = await forkRun(store, 'parent', { runId: 'fork', before: 'b', change });
  const report = await resumeRun({ runId: fork.runId, store, model });
  return { store, report, subtask: report.subtasks.find(({ id }) => id === 'b') };
}

test('another instruction and role hold from the subtask on, and the parent stays as it was', async () => {
  const { store, report, subtask } = await forkWith({ instruction: 'do b better', role: 'checker' });
  expect(subtask).toMatchObject({ role: 'checker', instruction: 'do b better', output: 'checker was told do b better' });
  expect(report.plan.subtasks.map(({ instruction }) => instruction)).toEqual(['do a', 'do b better', 'do c']);
  expect((await store.listCalls('fork')).map(({ subtaskId }) => subtaskId)).toEqual(['b', 'c']);
  expect((await reportRun(store, 'parent')).subtasks[1]).toMatchObject({ role: 'finder', output: 'finder was told do b' });
});

test('another model is asked by this subtask alone', async () => {
  const { store, subtask } = await forkWith({ model: 'offline' });
  expect(subtask).toMatchObject({ status: 'succeeded', role: 'finder-changed', instruction: 'do b' });
  const calls = await store.listCalls('fork');
  expect(calls.filter(({ subtaskId }) => subtaskId === 'b').map(({ name }) => name)).toEqual(['offline']);
  expect(calls.find(({ subtaskId }) => subtaskId === 'c')?.name).not.toBe('offline');
});

test.each<[change: SubtaskChange, before: string | undefined, message: RegExp]>([
  [{ role: 'cook' }, 'b', /^Role "cook" is not in the run's team\. Its roles: /],
  [{ instruction: ' ' }, 'b', /^The instruction of "b" is empty\.$/],
  [{ instruction: 'x' }, undefined, /^A fork changes the subtask that it begins before: name it\.$/],
])('refused: %o before %s', async (change, before, message) => {
  const store = new MemoryStore();
  await runTask({ task: 'the task', team: smallTeam, plan, model, store, runId: 'parent' });
  const options = { change, ...(before === undefined ? { atSeq: 2 } : { before }) };
  await expect(forkRun(store, 'parent', options)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(message),
  });
});
