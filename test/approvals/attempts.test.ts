/** Attempts of roles that need approval: they start only after a person has approved them. */
import { runTask } from 'planwright';
import { describe, expect, test } from 'vitest';
import { step } from '../support/small-team.ts';
import { approve, begin, deny, goOn, namesOf, newSetting, planOf, releaseTeam, tools } from './setting.ts';

describe('an attempt of a role that needs approval', () => {
  const plan = planOf(step('build', 'builder'), step('ship', 'deployer', ['build']), step('other', 'builder'));

  test('starts only after it was approved; everything else goes on, and then the run waits', async () => {
    const setting = newSetting();
    const waiting = await begin(setting, plan);
    expect(waiting).toMatchObject({ status: 'waiting', deliverable: null });
    expect(waiting.subtasks.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'build succeeded',
      'ship waiting',
      'other succeeded',
    ]);
    expect(waiting.waiting).toEqual([
      {
        kind: 'attempt',
        id: 'ship#1',
        runId: 'r',
        subtaskId: 'ship',
        path: 'ship',
        attempt: 1,
        role: 'deployer',
        instruction: 'do ship',
        inputs: [{ subtaskId: 'build', output: 'builder did build' }],
        askedMs: expect.any(Number),
      },
    ]);
    expect(await setting.store.getRun('r')).toMatchObject({ status: 'waiting' });
    expect(namesOf(await approve(setting))).toEqual(['attempt ship#1']);
    const ended = await goOn(setting);
    expect(ended).toMatchObject({ status: 'succeeded', waiting: [] });
    expect(ended.subtasks.map(({ id, attempts }) => `${id} ${attempts}`)).toEqual(['build 1', 'ship 1', 'other 1']);
  });

  test('resumed without an answer, the run waits again and calls nothing', async () => {
    const setting = newSetting();
    await begin(setting, plan);
    const calls = setting.model.requests.length;
    const again = await goOn(setting);
    expect(again.status).toBe('waiting');
    expect(namesOf(again.waiting)).toEqual(['attempt ship#1']);
    expect(setting.model.requests).toHaveLength(calls);
  });

  test('refused, it goes to the ladder with the reason; every further attempt is asked for, whatever its role', async () => {
    const setting = newSetting();
    await begin(setting, plan);
    await deny(setting, 'not on a Friday');
    const second = await goOn(setting);
    expect(namesOf(second.waiting)).toEqual(['attempt ship#2']);
    await deny(setting, 'not today either');
    const third = await goOn(setting);
    expect(third.waiting).toMatchObject([{ id: 'ship#3', role: 'generalist' }]);
    await approve(setting);
    const ended = await goOn(setting);
    expect(ended.status).toBe('succeeded');
    expect(ended.subtasks[1]).toMatchObject({ id: 'ship', role: 'generalist', attempts: 1, status: 'succeeded' });
    const prompts = setting.model.requests.map(({ prompt }) => JSON.stringify(prompt));
    const shipped = prompts.filter((prompt) => prompt.includes('do ship'));
    expect(shipped).toEqual([expect.stringContaining('ada did not approve this attempt: not today either')]);
  });

  test('refused on every rung, its subtask fails with the last reason', async () => {
    const setting = newSetting();
    await begin(setting, plan);
    for (const reason of ['a', 'b', 'c']) {
      await deny(setting, reason);
      await goOn(setting);
    }
    const ended = await goOn(setting);
    expect(ended).toMatchObject({ status: 'partial', endReason: 'failed-subtasks' });
    expect(ended.subtasks[1]).toMatchObject({
      status: 'failed',
      attempts: 0,
      error: { code: 'rejected', message: 'ada did not approve this attempt: c' },
    });
  });

  test('a limit of one subtask at once hides nothing: all that could start is asked for at once', async () => {
    const setting = newSetting();
    const parallel = planOf(step('ship-a', 'deployer'), step('build', 'builder'), step('ship-b', 'deployer'));
    const waiting = await begin(setting, parallel, { limits: { concurrency: 1 } });
    expect(namesOf(waiting.waiting)).toEqual(['attempt ship-a#1', 'attempt ship-b#1']);
    expect(waiting.subtasks[1]?.status).toBe('succeeded');
    await approve(setting, 'ship-b');
    const after = await goOn(setting);
    expect(namesOf(after.waiting)).toEqual(['attempt ship-a#1']);
    expect(after.subtasks.map(({ status }) => status)).toEqual(['waiting', 'succeeded', 'succeeded']);
    await approve(setting);
    expect((await goOn(setting)).status).toBe('succeeded');
  });

  test('a single agent that may do what such a role does needs approval too', async () => {
    const setting = newSetting();
    const { store, model } = setting;
    const waiting = await runTask({ task: 'the task', team: releaseTeam, tools, strategy: 'single', store, model, runId: 'r' });
    expect(waiting.waiting).toMatchObject([{ kind: 'attempt', id: '@task#1', role: 'generalist', instruction: 'the task' }]);
    await approve(setting);
    expect((await goOn(setting)).status).toBe('succeeded');
  });
});
