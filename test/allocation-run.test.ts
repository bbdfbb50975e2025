/** An allocation in real runs: who got what is in the journal, follows from it alone, and learns from earlier runs. */
import { defineTeam, MemoryStore, type Plan, type RunEvent, resumeRun, runTask, type Store } from 'planwright';
import { scriptedModel } from 'planwright/testing';
import { expect, test } from 'vitest';
import { step } from './support/small-team.ts';

const teamOf = (allocation: 'assigned' | 'capability' | 'contract-net' | 'response-threshold') =>
  defineTeam({
    name: 'pair',
    defaults: { limits: { concurrency: 1 }, accept: [{ kind: 'predicate', notContains: 'FAILED' }] },
    limits: { concurrency: 2, retries: 0, reroutes: 1 },
    roles: {
      coder: { skills: ['typescript'], instructions: 'You are the coder.' },
      tester: { skills: ['typescript'], instructions: 'You are the tester.' },
      writer: { instructions: 'You are the writer.' },
    },
    allocation,
  });

const ids = ['a', 'b', 'c', 'd'];
const plan: Plan = {
  version: 1,
  task: 't',
  deliverable: 'end',
  subtasks: [...ids.map((id) => step(id, 'coder')), step('end', 'writer', ids)],
};

/** One role may fail, at the length of a whole answer. Answers by the prompt alone. */
const model = (fails = 'nobody') =>
  scriptedModel((request) => {
    const role = /You are the (\w+)/.exec(JSON.stringify(request.prompt))?.[1] ?? '';
    return role === fails ? 'FAILED '.repeat(200) : `${role} did it`;
  });

type Started = Extract<RunEvent, { type: 'attempt-started' }>;

async function listStarts(store: Store, runId: string): Promise<Started[]> {
  const entries = await store.readEvents(runId);
  return entries.flatMap(({ event }) => (event.type === 'attempt-started' ? [event] : []));
}

test('assigned: the coder does all of it, and nothing is said of an allocation', async () => {
  const store = new MemoryStore();
  const result = await runTask({ task: 't', team: teamOf('assigned'), plan, model: model(), store, runId: 'r' });
  expect(result.status).toBe('succeeded');
  expect((await listStarts(store, 'r')).map(({ role }) => role)).toEqual(['coder', 'coder', 'coder', 'coder', 'writer']);
  expect(JSON.stringify(await store.readEvents('r'))).not.toContain('allocation');
});

test('capability: two roles share it, and each attempt’s event says why', async () => {
  const store = new MemoryStore();
  const result = await runTask({ task: 't', team: teamOf('capability'), plan, model: model(), store, runId: 'r' });
  expect(result.status).toBe('succeeded');
  const starts = await listStarts(store, 'r');
  expect(starts.slice(0, 2).map(({ subtaskId, role }) => [subtaskId, role])).toEqual([
    ['a', 'coder'],
    ['b', 'tester'],
  ]);
  expect(starts.map(({ allocation }) => allocation?.by)).toEqual([
    'capability',
    'capability',
    'capability',
    'capability',
    undefined,
  ]);
});

test('contract net: what fails is offered to the other; the next run knows who fails', async () => {
  const store = new MemoryStore();
  const run = (runId: string) =>
    runTask({ task: 't', team: teamOf('contract-net'), plan, model: model('coder'), store, runId, limits: { concurrency: 1 } });
  expect((await run('first')).status).toBe('succeeded');
  const first = await listStarts(store, 'first');
  expect(first[0]).toMatchObject({ subtaskId: 'a', role: 'coder', allocation: { messages: { cfp: 2, propose: 2 } } });
  const again = first.filter(({ attempt }) => attempt === 2);
  expect(again.map(({ role, allocation }) => [role, allocation?.messages.cfp])).toEqual(again.map(() => ['tester', 1]));

  expect((await run('second')).status).toBe('succeeded');
  const [started] = await store.readEvents('second');
  const estimates = started?.event.type === 'run-started' ? started.event.settings.allocation?.estimates : undefined;
  expect(estimates?.['coder']?.p).toBeLessThan(estimates?.['tester']?.p ?? 0);
  const second = await listStarts(store, 'second');
  expect(second.map(({ role }) => role)).toEqual(['tester', 'tester', 'tester', 'tester', 'writer']);
});

test('a run that was interrupted goes on with the roles it had given', async () => {
  const store = new MemoryStore();
  const stop = new AbortController();
  const first = runTask({
    task: 't',
    team: teamOf('response-threshold'),
    plan,
    model: scriptedModel(() => 'done', { latencyMs: 5 }),
    store,
    runId: 'r',
    seed: 7,
    signal: stop.signal,
  });
  for await (const { event } of first.events) if (event.type === 'attempt-finished') stop.abort(new Error('stopped'));
  await first.catch(() => {});
  const before = await listStarts(store, 'r');
  const result = await resumeRun({ runId: 'r', model: scriptedModel(() => 'done'), store });
  expect(result.status).toBe('succeeded');
  const after = await listStarts(store, 'r');
  expect(after.slice(0, before.length)).toEqual(before);
  expect(result.subtasks.map(({ id, role }) => [id, role])).toEqual(
    result.subtasks.map(({ id }) => [id, after.findLast(({ subtaskId }) => subtaskId === id)?.role]),
  );
});
