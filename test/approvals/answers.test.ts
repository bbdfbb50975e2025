/** Answers: which count, and what time does meanwhile. */
import { answerRun, cancelRun, compareTeams, defineTeam, MemoryStore, resumeRun, runTask } from 'planwright';
import { fakeClock } from 'planwright/testing';
import { describe, expect, test } from 'vitest';
import { makeTasks } from '../compare/scripted-comparison.ts';
import { step } from '../support/small-team.ts';
import { acts, approve, begin, deny, goOn, namesOf, newSetting, operatorModel, planOf, releaseTeam, tools } from './setting.ts';

describe('answers', () => {
  test('a run that does not wait, a name of nothing that waits, and a run of a sub-team are refused', async () => {
    const setting = newSetting();
    await begin(setting, planOf(step('ship', 'deployer')));
    await expect(approve(setting, 'shop')).rejects.toMatchObject({
      code: 'usage',
      message: 'Nothing of "shop" waits for a person. What waits: ship#1.',
    });
    await expect(
      answerRun(setting.store, 'r', { type: 'approve', by: 'ada', plan: planOf(step('ship', 'deployer')) }),
    ).rejects.toMatchObject({ code: 'usage' });
    await expect(approve({ ...setting, store: new MemoryStore() })).rejects.toMatchObject({ code: 'run-unknown' });
  });

  test('two answers to one question: the first one counts', async () => {
    const setting = newSetting();
    await begin(setting, planOf(step('live', 'operator')));
    await deny(setting, 'no');
    await approve(setting);
    expect((await goOn(setting)).status).toBe('succeeded');
    expect(acts).toEqual([]);
  });

  test('an answer to an attempt that is over changes nothing', async () => {
    const setting = newSetting();
    await begin(setting, planOf(step('ship', 'deployer')));
    await deny(setting, 'no');
    await setting.store.sendSignal('r', { type: 'approve', by: 'bob', request: { subtaskId: 'ship', attempt: 1 } });
    const waiting = await goOn(setting);
    expect(namesOf(waiting.waiting)).toEqual(['attempt ship#2']);
  });
});

test('days of waiting are not active time, and the deadline does not come nearer', async () => {
  const fake = fakeClock();
  const store = new MemoryStore({ clock: fake.clock });
  const model = operatorModel();
  const options = { team: releaseTeam, tools, store, model, clock: fake.clock };
  const plan = planOf(step('ship', 'deployer'), step('live', 'operator', ['ship']));
  const waiting = await runTask({ ...options, task: 'the task', plan, runId: 'r', limits: { timeoutMs: 60_000 } });
  expect(waiting.status).toBe('waiting');
  await fake.advance(3 * 24 * 3_600_000);
  await answerRun(store, 'r', { type: 'approve', by: 'ada' });
  const second = await resumeRun({ ...options, runId: 'r' });
  expect(namesOf(second.waiting)).toEqual(['tool live#1/1/0']);
  await fake.advance(3 * 24 * 3_600_000);
  await answerRun(store, 'r', { type: 'approve', by: 'ada' });
  const ended = await resumeRun({ ...options, runId: 'r' });
  expect(ended).toMatchObject({ status: 'succeeded', ledger: { makespanMs: 0 } });
});

test('a comparison, where nobody can be asked, refuses a team that needs a person', async () => {
  const shared = { tasks: makeTasks(1), store: new MemoryStore(), model: operatorModel() };
  await expect(compareTeams({ ...shared, team: releaseTeam, tools })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('has a person approve role "deployer"'),
  });
  const careful = tools.map((tool) => ({ ...tool, approval: 'required' as const }));
  const plain = defineTeam({ name: 'plain', roles: { operator: { tools: ['look'] }, builder: {} } });
  await expect(compareTeams({ ...shared, team: plain, tools: careful })).rejects.toMatchObject({
    message: expect.stringContaining('has a person approve tool "look"'),
  });
});

test('cancelling a run that waits for an attempt and a call ends it; a late answer finds it ended', async () => {
  const setting = newSetting();
  await begin(setting, planOf(step('ship', 'deployer'), step('live', 'operator')));
  expect(await cancelRun(setting.store, 'r')).toBe('cancelled');
  await expect(approve(setting)).rejects.toMatchObject({ code: 'run-ended' });
  const { subtasks } = await goOn(setting);
  expect(subtasks.map(({ status }) => status)).toEqual(['skipped', 'cancelled']);
});
