/** What waits inside a sub-team makes the outermost run wait, and is answered through it. */
import { answerRun, defineTeam, listWaiting, MemoryStore, resumeRun, runTask } from 'planwright';
import { fakeClock, type ScriptedModel } from 'planwright/testing';
import { beforeEach, expect, test } from 'vitest';
import { type Call, planText, playModel, step } from '../support/small-team.ts';
import { acts, idOf, isFirstStep, namesOf, planOf, tools } from './setting.ts';

const operator = { description: 'Operates.', instructions: 'You are the operator.', tools: ['deploy'] };
const builder = { description: 'Builds.', instructions: 'You are the builder.' };
const deployer = { description: 'Deploys.', instructions: 'You are the deployer.', approval: 'required' as const };
const crew = { name: 'crew', roles: { operator, deployer, builder }, limits: { replans: 0 } };
const unit = { name: 'unit', roles: { crew: { description: 'A crew.', team: crew }, builder } };
const team = defineTeam({
  name: 'top',
  roles: { unit: { description: 'A unit.', team: unit }, crew: { description: 'A crew.', team: crew }, builder, operator },
  approvals: { tools: ['deploy'] },
  limits: { depth: 3, replans: 0 },
});

beforeEach(() => {
  acts.length = 0;
});

/** A unit has a crew do it; a crew deploys, has it looked after by a deployer, and tells. */
function answerCall(call: Call, shipped: string[] = ['live', 'ship', 'tell']) {
  if (call.schema === 'plan') {
    if (call.text.includes('- crew:')) return planText(step('inner', 'crew'), step('wrap', 'builder', ['inner']));
    const [live = '', ship = '', tell = ''] = shipped;
    return planText(step(live, 'operator'), step(ship, 'deployer'), step(tell, 'builder', [live, ship]));
  }
  if (call.role === 'operator' && isFirstStep(call)) return { toolCalls: [{ name: 'deploy', input: { to: idOf(call) } }] };
  return `${call.role} did ${idOf(call)}`;
}

const newModel = (): ScriptedModel => playModel((call) => answerCall(call));

test('three levels: everything that waits is listed by its path, and each is answered by it', async () => {
  const store = new MemoryStore();
  const model = newModel();
  const plan = planOf(step('outer', 'unit'), step('build', 'builder'));
  const waiting = await runTask({ task: 'the task', team, tools, store, model, plan, runId: 'r' });
  expect(waiting.status).toBe('waiting');
  expect(namesOf(waiting.waiting)).toEqual(['tool outer/inner/live#1/1/0', 'attempt outer/inner/ship#1']);
  expect(waiting.waiting.map(({ runId, path, subtaskId }) => [runId, path, subtaskId])).toEqual([
    ['r.outer.1.inner.1', 'outer/inner/live', 'live'],
    ['r.outer.1.inner.1', 'outer/inner/ship', 'ship'],
  ]);
  expect(waiting.subtasks.map(({ id, status }) => `${id} ${status}`)).toEqual(['outer running', 'build succeeded']);
  expect((await store.listRuns()).map(({ runId, status }) => `${runId} ${status}`)).toEqual([
    'r.outer.1.inner.1 waiting',
    'r.outer.1 waiting',
    'r waiting',
  ]);
  await expect(answerRun(store, 'r.outer.1', { type: 'approve', by: 'ada' })).rejects.toMatchObject({
    code: 'usage',
    message: 'Run "r.outer.1" is that of a sub-team. Answer the run it belongs to: r',
  });

  await answerRun(store, 'r', { type: 'approve', by: 'ada', only: 'outer/inner/ship' });
  const second = await resumeRun({ runId: 'r', store, model, tools });
  expect(namesOf(second.waiting)).toEqual(['tool outer/inner/live#1/1/0']);
  expect(acts).toEqual([]);
  await answerRun(store, 'r', { type: 'approve', by: 'ada', only: 'live' });
  const ended = await resumeRun({ runId: 'r', store, model, tools });
  expect(ended).toMatchObject({ status: 'succeeded', waiting: [] });
  expect(acts).toEqual(['deploy live']);
});

test('a refusal below goes to the ladder below', async () => {
  const store = new MemoryStore();
  const model = newModel();
  const plan = planOf(step('outer', 'crew'));
  await runTask({ task: 'the task', team, tools, store, model, plan, runId: 'r' });
  await answerRun(store, 'r', { type: 'deny', by: 'ada', reason: 'no', only: 'outer/ship' });
  const waiting = await resumeRun({ runId: 'r', store, model, tools });
  expect(namesOf(waiting.waiting)).toEqual(['tool outer/live#1/1/0', 'attempt outer/ship#2']);
  expect(waiting.subtasks).toMatchObject([{ id: 'outer', attempts: 1, status: 'running' }]);
});

test('an answer is taken up below while the run above goes on', async () => {
  const store = new MemoryStore();
  const answerAll = async (): Promise<void> => {
    while ((await listWaiting(store, 'r')).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await answerRun(store, 'r', { type: 'approve', by: 'ada' });
    while ((await store.getRun('r.outer.1'))?.endedMs === null) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const model = playModel(async (call) => {
    if (idOf(call) === 'build') await answerAll();
    return answerCall(call);
  });
  const plan = planOf(step('outer', 'crew'), step('build', 'builder'), step('end', 'builder', ['outer', 'build']));
  const ended = await runTask({ task: 'the task', team, tools, store, model, plan, runId: 'r' });
  expect(ended.status).toBe('succeeded');
  const types = (await store.readEvents('r')).map(({ event }) => event.type);
  expect(types.filter((type) => type.startsWith('wait'))).toEqual([]);
  const below = (await store.readEvents('r.outer.1')).map(({ event }) => event.type);
  expect(below.filter((type) => type.startsWith('wait') || type.startsWith('approval'))).toEqual([
    'approval-asked',
    'approval-asked',
    'wait-began',
    'approval-given',
    'approval-given',
  ]);
});

test('a sub-team’s deadline does not come nearer while it waits and the run above works on', async () => {
  const fake = fakeClock();
  const store = new MemoryStore({ clock: fake.clock });
  const timed = defineTeam({
    name: 'timed',
    roles: { crew: { team: { ...crew, limits: { replans: 0, timeoutMs: 5000 } } }, builder },
    approvals: { tools: ['deploy'] },
  });
  const model = playModel(
    (call) => {
      const answer = answerCall(call);
      return idOf(call) === 'build' ? { text: 'built', latencyMs: 60_000 } : answer;
    },
    { clock: fake.clock },
  );
  const plan = planOf(step('outer', 'crew'), step('build', 'builder'), step('end', 'builder', ['outer', 'build']));
  const options = { team: timed, tools, store, model, clock: fake.clock };
  const run = runTask({ ...options, task: 'the task', plan, runId: 'r' });
  for (let at = 0; at < 400; at++) await fake.advance(100);
  expect(namesOf(await listWaiting(store, 'r'))).toEqual(['tool outer/live#1/1/0', 'attempt outer/ship#1']);
  await answerRun(store, 'r', { type: 'approve', by: 'ada' });
  for (let at = 0; at < 400; at++) await fake.advance(100);
  expect(await run).toMatchObject({ status: 'succeeded' });
});

test('what any team of the tree wants approved waits in all of them', async () => {
  const inner = { name: 'inner', roles: { operator, builder } };
  const generous = defineTeam({
    name: 'generous',
    roles: { inner: { team: { ...inner, approvals: { tools: ['deploy'] } } }, operator },
    limits: { replans: 0 },
  });
  expect(generous.approvals).toEqual({ tools: ['deploy'] });
  const strict = defineTeam({ name: 'strict', roles: { inner: { team: inner } }, approvals: { tools: ['deploy'] } });
  const model = playModel((call) =>
    call.schema === 'plan' ? planText(step('live', 'operator'), step('b', 'builder')) : answerCall(call),
  );
  const store = new MemoryStore();
  const shared = { task: 'the task', tools, store, model };
  const above = await runTask({ ...shared, team: generous, plan: planOf(step('s', 'operator')), runId: 'above' });
  expect(namesOf(above.waiting)).toEqual(['tool s#1/1/0']);
  const below = await runTask({ ...shared, team: strict, plan: planOf(step('s', 'inner')), runId: 'below' });
  expect(namesOf(below.waiting)).toEqual(['tool s/live#1/1/0']);
});
