import { expect, test } from 'vitest';
import { MemoryStore } from '../engine/memory-store.ts';
import { runTask } from '../run-task.ts';
import { defineTeam } from '../team/define-team.ts';
import { scriptedModel } from '../testing/scripted-model.ts';
import { callOf, checked, scriptRun, subtaskOf } from './fixtures/scripted-run.ts';
import { loadRun } from './load-run.ts';
import { measureReliability } from './reliability.ts';
import { tallyRoles } from './role-tally.ts';

const step = (id: string, role: string, dependsOn: string[] = []) => ({ id, role, instruction: `do ${id}`, dependsOn });

test('each role’s attempts, what was taken of them, their calls and their time', () => {
  const view = scriptRun({
    subtasks: [subtaskOf('a', [], checked), subtaskOf('b', ['a']), subtaskOf('c', ['b'], { role: 'critic' })],
    endings: { 'a#1': 'reject', 'c#1': 'fail' },
  });
  view.calls = [
    callOf('@plan', 1, { purpose: 'plan' }),
    callOf('a', 1),
    callOf('a', 2),
    callOf('a', 2, { outcome: 'failed', inputTokens: 7, outputTokens: 0 }),
    callOf('a', 2, { kind: 'tool', costUsd: 0 }),
    callOf('b', 1),
    callOf('c', 1, { costUsd: null }),
    callOf('c', 2),
  ];
  expect(tallyRoles(view)).toEqual({
    worker: { attempts: 3, accepted: 2, checked: 2, verified: 1, calls: 4, tokens: 367, costUsd: 2, durationMs: 11 + 11 + 10 },
    critic: { attempts: 2, accepted: 1, checked: 0, verified: 0, calls: 2, tokens: 240, costUsd: null, durationMs: 20 },
  });
});

test('a result that is refused as the deliverable was not accepted', () => {
  const view = scriptRun({ subtasks: [subtaskOf('a')], deliverables: ['rejected', 'accepted'] });
  expect(tallyRoles(view)).toMatchObject({ worker: { attempts: 2, accepted: 1, checked: 2, verified: 1 } });
});

test('attempts that were stopped from outside, with their calls and their time, are in no column', () => {
  const view = scriptRun({ subtasks: [subtaskOf('a'), subtaskOf('b', [], { role: 'critic' })], endings: { 'b#1': 'budget' } });
  view.calls = [callOf('a', 1), callOf('b', 1)];
  expect(Object.keys(tallyRoles(view))).toEqual(['worker']);
});

test('a sub-team’s roles stand under their own names; the role that is the team holds all their calls', () => {
  const child = scriptRun({ runId: 'child', subtasks: [subtaskOf('x'), subtaskOf('y', ['x'], { role: 'critic' })] });
  child.calls = [callOf('@plan', 1, { purpose: 'plan' }), callOf('x', 1), callOf('y', 1)];
  const view = scriptRun({ subtasks: [subtaskOf('x', [], { role: 'team' }), subtaskOf('end', ['x'])] });
  view.calls = [callOf('end', 1)];
  view.children = [{ subtaskId: 'x', attempt: 1, view: child }];
  expect(tallyRoles(view)).toMatchObject({
    team: { attempts: 1, accepted: 1, calls: 3, tokens: 360 },
    worker: { attempts: 2, accepted: 2, calls: 2 },
    critic: { attempts: 1, accepted: 1, calls: 1 },
  });
});

test('a role may have the name of something that objects inherit', () => {
  const view = scriptRun({ subtasks: [subtaskOf('a', [], { role: '__proto__' }), subtaskOf('b', [], { role: 'constructor' })] });
  expect(Object.entries(tallyRoles(view)).map(([role, { attempts }]) => [role, attempts])).toEqual([
    ['__proto__', 1],
    ['constructor', 1],
  ]);
});

test('of a real run with a sub-team and a rejected result: every executor’s call is in the row of its role', async () => {
  const finder = { description: 'Finds.', instructions: 'You are the finder.' };
  const writer = {
    description: 'Writes.',
    instructions: 'You are the writer.',
    accept: [{ kind: 'predicate' as const, contains: 'good' }],
  };
  const lower = { name: 'lower', roles: { finder, writer } };
  const team = defineTeam({ name: 'upper', roles: { lower: { description: 'A team.', team: lower }, writer } });
  let written = 0;
  const model = scriptedModel((request) => {
    const text = JSON.stringify(request.prompt);
    if (request.responseFormat?.type === 'json') {
      const subtasks = text.includes('- lower:')
        ? [step('below', 'lower'), step('end', 'writer', ['below'])]
        : [step('find-1', 'finder'), step('find-2', 'finder'), step('join', 'writer', ['find-1', 'find-2'])];
      return JSON.stringify({ subtasks, deliverable: '' });
    }
    if (!text.includes('You are the writer')) return 'found';
    written += 1;
    return written === 1 ? 'bad' : 'good';
  });
  const store = new MemoryStore();
  const run = runTask({ task: 'the task', team, model, strategy: 'team', store });
  const { ledger, status } = await run;
  const view = await loadRun(store, run.runId);
  expect(status).toBe('succeeded');
  const { lower: composite, ...leaves } = tallyRoles(view);
  expect(leaves).toMatchObject({
    finder: { attempts: 2, accepted: 2, calls: 2 },
    writer: { attempts: 3, accepted: 2, calls: 3 },
  });
  const sum = (pick: (tally: { calls: number; tokens: number }) => number) =>
    Object.values(leaves).reduce((total, tally) => total + pick(tally), 0);
  expect(sum(({ calls }) => calls)).toBe(ledger.callsByPurpose.execute);
  expect(sum(({ tokens }) => tokens)).toBe(ledger.tokensByPurpose.execute);
  // The sub-team's plan, two finders and two tries at the join.
  expect(composite).toMatchObject({ attempts: 1, accepted: 1, calls: 5 });
  expect(measureReliability([view]).roles).toMatchObject([
    { role: 'finder', verified: { n: 0 }, delivered: { k: 2, n: 2 } },
    { role: 'lower', verified: { n: 0 }, delivered: { k: 1, n: 1 } },
    { role: 'writer', verified: { k: 2, n: 3 }, rejected: 1 },
  ]);
});
