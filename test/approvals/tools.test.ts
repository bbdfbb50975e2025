/** Tool calls that need approval: they wait with their exact input, and act once. */
import { answerRun, defineTeam, defineTool, listWaiting, resumeRun, runTask } from 'planwright';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { playModel, step } from '../support/small-team.ts';
import {
  acts,
  approve,
  begin,
  deny,
  deploy,
  goOn,
  idOf,
  isFirstStep,
  look,
  namesOf,
  newSetting,
  operatorModel,
  planOf,
  releaseTeam,
  tools,
} from './setting.ts';

describe('a tool call that needs approval', () => {
  test('waits with its exact input, and acts once when it is approved', async () => {
    const setting = newSetting();
    const waiting = await begin(setting, planOf(step('live', 'operator')));
    expect(waiting.status).toBe('waiting');
    expect(waiting.waiting).toMatchObject([
      { kind: 'tool', id: 'live#1/1/0', role: 'operator', tool: 'deploy', input: { to: 'live' }, instruction: 'do live' },
    ]);
    expect(acts).toEqual([]);
    await approve(setting);
    const ended = await goOn(setting);
    expect(ended).toMatchObject({ status: 'succeeded', deliverable: 'operator did live "value":"deployed to live"' });
    expect(acts).toEqual(['deploy live']);
    expect(setting.model.requests).toHaveLength(2);
    expect(ended.ledger).toMatchObject({ calls: 2, toolCalls: 1 });
  });

  test('refused, the model gets the reason as the tool’s error; nothing acts', async () => {
    const setting = newSetting();
    await begin(setting, planOf(step('live', 'operator')));
    await deny(setting, 'the freeze is on');
    const ended = await goOn(setting);
    expect(ended.status).toBe('succeeded');
    expect(acts).toEqual([]);
    expect(JSON.stringify(setting.model.requests[1]?.prompt)).toContain(
      'ada did not approve this call of \\"deploy\\": the freeze is on',
    );
    const call = (await setting.store.listCalls('r')).find(({ kind }) => kind === 'tool');
    expect(call).toMatchObject({ name: 'deploy', outcome: 'failed', error: expect.stringContaining('the freeze is on') });
  });

  test('two of one step: each is answered by itself, and what is approved acts while the other still waits', async () => {
    const model = operatorModel(() => [
      { name: 'deploy', input: { to: 'a' } },
      { name: 'look', input: { at: 'x' } },
      { name: 'deploy', input: { to: 'b' } },
    ]);
    const setting = newSetting(model);
    const waiting = await begin(setting, planOf(step('live', 'operator')));
    expect(namesOf(waiting.waiting)).toEqual(['tool live#1/1/0', 'tool live#1/1/2']);
    expect(acts).toEqual(['look x']);
    await approve(setting, 'live#1/1/2');
    const second = await goOn(setting);
    expect(namesOf(second.waiting)).toEqual(['tool live#1/1/0']);
    expect(acts).toEqual(['look x', 'deploy b']);
    await deny(setting, 'no', 'live');
    expect((await goOn(setting)).status).toBe('succeeded');
    expect(acts).toEqual(['look x', 'deploy b']);
    expect(model.requests).toHaveLength(2);
  });

  test('it holds no slot while it waits: with one at a time everything else still runs', async () => {
    const setting = newSetting();
    const plan = planOf(step('live', 'operator'), step('build', 'builder'), step('after', 'builder', ['build']));
    const waiting = await begin(setting, plan, { limits: { concurrency: 1 } });
    expect(waiting.subtasks.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'live running',
      'build succeeded',
      'after succeeded',
    ]);
    await approve(setting);
    expect((await goOn(setting)).status).toBe('succeeded');
  });

  test('an answer that comes while other subtasks run is taken up by the process that drives them', async () => {
    let answered = false;
    const { store } = newSetting();
    const model = playModel(async (call) => {
      if (call.role === 'operator') {
        return isFirstStep(call) ? { toolCalls: [{ name: 'deploy', input: { to: 'live' } }] } : 'deployed';
      }
      if (idOf(call) !== 'build') return 'told';
      while ((await listWaiting(store, 'r')).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await answerRun(store, 'r', { type: 'approve', by: 'ada' });
      while (acts.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      answered = true;
      return 'built';
    });
    const plan = planOf(step('live', 'operator'), step('build', 'builder'), step('tell', 'builder', ['live', 'build']));
    const ended = await begin({ store, model }, plan);
    expect(ended.status).toBe('succeeded');
    expect({ answered, acts }).toEqual({ answered: true, acts: ['deploy live'] });
  });

  test('a tool says itself that it needs approval', async () => {
    const careful = defineTool({ ...look, name: 'look', approval: 'required', input: z.object({ at: z.string() }) });
    const setting = newSetting(operatorModel(() => [{ name: 'look', input: { at: 'y' } }]));
    const { store, model } = setting;
    const options = { task: 'the task', team: releaseTeam, tools: [deploy, careful], store, model };
    const waiting = await runTask({ ...options, plan: planOf(step('s', 'operator')), runId: 'r' });
    expect(namesOf(waiting.waiting)).toEqual(['tool s#1/1/0']);
    await approve(setting);
    expect((await resumeRun({ ...options, runId: 'r' })).status).toBe('succeeded');
    expect(acts).toEqual(['look y']);
  });

  test('a call that was asked about waits for its answer even where the tools no longer say so', async () => {
    const careful = defineTool({ ...look, name: 'look', approval: 'required', input: z.object({ at: z.string() }) });
    const setting = newSetting(operatorModel(() => [{ name: 'look', input: { at: 'y' } }]));
    const { store, model } = setting;
    await runTask({
      task: 'the task',
      team: releaseTeam,
      tools: [deploy, careful],
      store,
      model,
      plan: planOf(step('s', 'operator')),
      runId: 'r',
    });
    expect((await goOn(setting)).status).toBe('waiting');
    expect(acts).toEqual([]);
  });

  test('resumed with another tool, the journaled model call no longer fits: an error that says so, and nothing acts', async () => {
    const setting = newSetting();
    await begin(setting, planOf(step('live', 'operator')));
    await approve(setting);
    const other = defineTool({ ...deploy, description: 'Deploys to everywhere.', input: z.object({ to: z.string() }) });
    const ended = await resumeRun({ runId: 'r', ...setting, tools: [other, look] });
    expect(ended.subtasks).toMatchObject([{ status: 'failed', error: { code: 'replay-mismatch' } }]);
    expect(acts).toEqual([]);
  });

  test('the time for a tool is its own: waiting takes none of it', async () => {
    const quick = defineTeam({
      name: 'quick',
      roles: {
        operator: { instructions: 'You are the operator.', tools: ['deploy'], limits: { toolTimeoutMs: 30 } },
        builder: { instructions: 'You are the builder.' },
      },
      approvals: { tools: ['deploy'] },
    });
    const { store } = newSetting();
    const model = playModel(async (call) => {
      if (idOf(call) === 'build') {
        // Keeps the process alive, and the call waiting, for longer than the tool is given.
        await new Promise((resolve) => setTimeout(resolve, 60));
        await answerRun(store, 'r', { type: 'approve', by: 'ada' });
        await new Promise((resolve) => setTimeout(resolve, 350));
      } else if (idOf(call) === 's' && isFirstStep(call)) return { toolCalls: [{ name: 'deploy', input: { to: 's' } }] };
      return 'done';
    });
    const plan = planOf(step('s', 'operator'), step('build', 'builder'), step('end', 'builder', ['s', 'build']));
    const ended = await runTask({ task: 'the task', team: quick, tools, store, model, plan, runId: 'r' });
    expect(ended.status).toBe('succeeded');
    expect(acts).toEqual(['deploy s']);
  });
});
