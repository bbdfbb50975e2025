/** A plan that a person edits before it runs. */
import { answerRun, type Plan, runTask } from 'planwright';
import { describe, expect, test } from 'vitest';
import { playModel, step } from '../support/small-team.ts';
import { goOn, idOf, namesOf, newSetting, planOf, releaseTeam, tools } from './setting.ts';

describe('the plan', () => {
  const planned = JSON.stringify({ subtasks: [step('a', 'builder'), step('b', 'builder', ['a'])], deliverable: '' });
  const model = () => playModel((call) => (call.schema === 'plan' ? planned : `${call.role} did ${idOf(call)}`));

  test('can be edited before it runs; the edit and who made it are in the journal', async () => {
    const setting = newSetting(model());
    const { store } = setting;
    const waiting = await runTask({
      task: 'the task',
      team: releaseTeam,
      tools,
      strategy: 'team',
      approve: true,
      store,
      model: setting.model,
      runId: 'r',
    });
    expect(namesOf(waiting.waiting)).toEqual(['plan plan']);
    const edited = planOf(step('a', 'builder'), { ...step('c', 'builder', ['a']), instruction: 'do c' });
    await answerRun(store, 'r', { type: 'approve', by: 'ada', plan: { ...edited, deliverable: 'c' } });
    const ended = await goOn(setting);
    expect(ended).toMatchObject({ status: 'succeeded', deliverable: 'builder did c' });
    expect(ended.subtasks.map(({ id, status }) => `${id} ${status}`)).toEqual(['a succeeded', 'c succeeded']);
    const approved = (await store.readEvents('r')).find(({ event }) => event.type === 'plan-approved')?.event;
    expect(approved).toEqual({ type: 'plan-approved', by: 'ada', plan: { subtasks: edited.subtasks, deliverable: 'c' } });
    expect((await store.getRun('r'))?.forecast).toBeDefined();
  });

  test('an edited plan is checked against the run’s own team', async () => {
    const setting = newSetting(model());
    const { store } = setting;
    await runTask({
      task: 'the task',
      team: releaseTeam,
      tools,
      strategy: 'team',
      approve: true,
      store,
      model: setting.model,
      runId: 'r',
    });
    const edit = (plan: Plan) => answerRun(store, 'r', { type: 'approve', by: 'ada', plan });
    await expect(edit(planOf(step('a', 'nobody')))).rejects.toMatchObject({
      code: 'plan-invalid',
      message: expect.stringContaining('nobody'),
    });
    await expect(edit(planOf(step('a', 'builder', ['gone'])))).rejects.toMatchObject({ code: 'plan-invalid' });
    expect((await goOn(setting)).status).toBe('waiting');
    await edit(planOf(step('a', 'builder')));
    expect((await goOn(setting)).status).toBe('succeeded');
    await expect(edit(planOf(step('a', 'builder')))).rejects.toMatchObject({ code: 'run-ended' });
  });
});
