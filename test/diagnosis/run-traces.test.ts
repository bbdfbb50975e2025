/** Planwright's own runs, from the store: what their events and receipts decide. */
import { defineTeam, defineTool, diagnoseTrace, MemoryStore, runTask, type Store, traceOfRun } from 'planwright';
import { type ScriptedAnswer } from 'planwright/testing';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Call, playModel, step } from '../support/small-team.ts';

const lookUp = defineTool({
  name: 'look_up',
  description: 'Looks something up.',
  effect: 'read',
  input: z.object({ word: z.string() }),
  execute: ({ word }) => `${word}: seen`,
});

const roles = {
  finder: { description: 'Finds.', instructions: 'You are the finder.', tools: ['look_up'] },
  writer: { description: 'Writes.', instructions: 'You are the writer.', tools: ['look_up'] },
};
const limits = { retries: 0, reroutes: 0, replans: 0 };

interface Played {
  subtasks: ReturnType<typeof step>[];
  deliverable?: string;
  answer: (call: Call, index: number) => string | ScriptedAnswer;
  team?: Parameters<typeof defineTeam>[0];
}

async function diagnose({ subtasks, deliverable, answer, team = { name: 't', roles, limits } }: Played) {
  const store: Store = new MemoryStore();
  const { runId, status } = await runTask({
    task: 'Tell what was seen.',
    team: defineTeam(team),
    plan: { version: 1, task: 'Tell what was seen.', subtasks, ...(deliverable === undefined ? {} : { deliverable }) },
    model: playModel(answer),
    tools: [lookUp],
    store,
  });
  const trace = await traceOfRun(store, runId);
  return { status, trace, diagnosis: diagnoseTrace(trace) };
}

const chain = [step('find'), step('write', 'writer', ['find'])];
const callFirst = ({ text, role }: Call): string | ScriptedAnswer =>
  role === 'finder' && !text.includes('tool-result')
    ? { toolCalls: [{ name: 'look_up', input: { word: 'heron' } }] }
    : `The ${role} has seen a heron at the lake.`;

test('a healthy run: requests, calls and results as steps, and nothing found', async () => {
  const { status, trace, diagnosis } = await diagnose({ subtasks: chain, answer: callFirst });
  expect(status).toBe('succeeded');
  expect(trace.steps.map(({ kind, agent }) => `${kind} ${agent}`)).toEqual([
    'request user',
    'request plan',
    'message finder',
    'result look_up',
    'message finder',
    'request plan',
    'message writer',
  ]);
  expect(trace).toMatchObject({ layout: 'planwright', outcome: 'succeeded', ending: { kind: 'completed' } });
  expect(trace.work).toMatchObject([
    { id: 'find', usedBy: ['write'], isDeliverable: false, step: 4 },
    { id: 'write', usedBy: [], isDeliverable: true, step: 6 },
  ]);
  expect(diagnosis).toMatchObject({ findings: [], coverage: { toolCalls: 1, answeredCalls: 1, agents: 2 } });
  expect(diagnosis.decisive).toBeUndefined();
});

test('a result of which the one who was given it says nothing is ignored input', async () => {
  const found = 'The census of 14 May counted 212 herons, 37 egrets and 9 spoonbills on the eastern shore near "Old Mill".';
  const answer =
    (written: string) =>
    ({ role }: Call): string =>
      role === 'finder' ? found : written;
  const ignored = await diagnose({
    subtasks: chain,
    answer: answer('Our company was founded long ago and values friendship, cooking, music and long walks in autumn.'),
  });
  expect(ignored.diagnosis.findings).toMatchObject([
    { mode: '2.5', agent: 'finder', step: 2, evidence: expect.stringContaining('“find” was given to “write”') },
  ]);
  // It succeeded all the same.
  expect(ignored.diagnosis.decisive).toBeUndefined();
  const used = await diagnose({
    subtasks: chain,
    answer: answer(
      'On the eastern shore there are far more herons than other birds: 212 were counted in May, six times as many.',
    ),
  });
  expect(used.diagnosis.findings).toEqual([]);
});

test('an executor that never answers does not know when to end; what waits for it ends too early', async () => {
  let word = 0;
  const { status, diagnosis } = await diagnose({
    subtasks: chain,
    answer: () => ({ toolCalls: [{ name: 'look_up', input: { word: `bird-${++word}` } }] }),
  });
  expect(status).toBe('failed');
  expect(diagnosis.findings.map(({ mode }) => mode)).toEqual(['1.5', '3.1']);
  expect(diagnosis.findings[1]?.evidence).toMatch(/2 of 2 subtasks unfinished: find \(failed\), write \(skipped\)/);
  expect(diagnosis.decisive).toMatchObject({ agent: 'finder' });
});

test('the same call without news is a repetition, also in a run of one’s own', async () => {
  let asked = 0;
  const { diagnosis } = await diagnose({
    subtasks: chain,
    answer: ({ role }) =>
      role === 'finder' && ++asked <= 3
        ? { toolCalls: [{ name: 'look_up', input: { word: 'heron' } }] }
        : `The ${role} has seen a heron at the lake.`,
  });
  expect(diagnosis.findings).toMatchObject([
    { mode: '1.3', agent: 'finder', evidence: expect.stringContaining('called look_up') },
  ]);
});

test('a claim without a receipt', async () => {
  const { diagnosis } = await diagnose({
    subtasks: chain,
    answer: ({ role }) =>
      role === 'finder' ? 'I searched all bird lists of the lake, and none of them names a heron.' : 'No list names a heron.',
  });
  expect(diagnosis.findings).toMatchObject([
    { mode: '1.2', agent: 'finder', evidence: expect.stringContaining('I searched all bird lists') },
  ]);
});

test('a retry answers its verdict: doing the work again is no repetition', async () => {
  const { status, trace, diagnosis } = await diagnose({
    subtasks: chain,
    team: {
      name: 't',
      roles: { ...roles, writer: { ...roles.writer, accept: [{ kind: 'predicate' as const, contains: 'kingfisher' }] } },
      limits: { ...limits, retries: 1 },
    },
    answer: (call) => {
      if (call.role === 'finder') return callFirst(call);
      return call.text.includes('rejected') || call.text.includes('kingfisher')
        ? 'A heron and a kingfisher at the lake.'
        : 'The writer has seen a heron at the lake.';
    },
  });
  expect(status).toBe('succeeded');
  expect(trace.steps.filter(({ agent }) => agent === 'plan').map(({ text }) => text.includes('rejected'))).toEqual([
    false,
    false,
    true,
  ]);
  expect(diagnosis.findings).toEqual([]);
});

test('a deliverable that breaks the task’s own limit, whoever spoke last', async () => {
  const store = new MemoryStore();
  const task = 'Say in at most five words what was seen.';
  const plan = { version: 1 as const, task, subtasks: [step('write', 'writer')] };
  const run = (text: string) =>
    runTask({ task, team: defineTeam({ name: 't', roles, limits }), plan, model: playModel(() => text), tools: [lookUp], store });
  const long = await run('A heron stood in the reeds at the lake until noon.');
  expect(diagnoseTrace(await traceOfRun(store, long.runId)).findings).toMatchObject([{ mode: '1.1', agent: 'writer', step: 2 }]);
  const short = await run('A heron at the lake.');
  expect(diagnoseTrace(await traceOfRun(store, short.runId)).findings).toEqual([]);
});

test('an unknown run is told', async () => {
  await expect(traceOfRun(new MemoryStore(), 'nope')).rejects.toMatchObject({ code: 'run-unknown' });
});
