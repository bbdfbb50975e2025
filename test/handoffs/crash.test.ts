/**
 * A crash after every single durable write of a run with a list that fans out, an item that is rejected, a sub-team for
 * each item of a second list, a digest that is read on in, and references: resumed, it ends as if nothing had happened.
 */
import { defineTeam, MemoryStore, type Plan, resumeRun, runTask, type Store } from 'planwright';
import { expect, test } from 'vitest';
import { isFirstStep } from '../approvals/setting.ts';
import { dyingStore } from '../support/dying-store.ts';
import { type Call, planText, playModel, step } from '../support/small-team.ts';

const finder = { description: 'Finds.', instructions: 'You are the finder.' };
const writer = { description: 'Writes.', instructions: 'You are the writer.' };
const team = defineTeam({
  name: 'crash',
  roles: {
    finder,
    checker: {
      description: 'Checks.',
      instructions: 'You are the checker.',
      accept: [{ kind: 'predicate', notContains: 'FAILED' }],
    },
    pair: { description: 'A pair.', team: { name: 'pair', roles: { finder, writer } } },
    writer: { ...writer, limits: { handoffTokens: 300 } },
  },
  limits: { replans: 0, retries: 1, reroutes: 0, concurrency: 3 },
});

const plan: Plan = {
  version: 1,
  task: 'the task',
  subtasks: [
    step('list'),
    { ...step('each', 'checker', ['list']), instruction: 'Look at {{item}}.', map: { over: 'list' } },
    { ...step('deep', 'pair', ['each']), instruction: 'Dig into {{item}}.', map: { over: 'each' } },
    { ...step('reduce', 'writer', ['each', 'deep', 'list']), instruction: 'Sum up what came of {{list}}.' },
  ],
};
const pairPlan = planText(step('part-1'), step('part-2', 'writer', ['part-1']));

/** Answers by the prompt alone, so that a repeated call gets the same answer. */
function answer(call: Call) {
  if (call.schema === 'plan') return pairPlan;
  if (call.text.includes('do list')) return '["a","b"]';
  if (call.text.includes('Look at b') && !call.text.includes('<feedback>')) return 'FAILED';
  const looked = /Look at (\w)\./.exec(call.text)?.[1];
  if (looked !== undefined) return `${looked.repeat(3)} ${'x'.repeat(2000)}`;
  if (call.text.includes('Sum up')) {
    if (isFirstStep(call)) return { toolCalls: [{ id: 'page', name: 'read_result', input: { result: 'each', from: 0 } }] };
    const page = call.text.includes('bbb xxx') ? 'all' : 'nothing';
    return `read ${page} of ${/what came of (.*)\.\n/.exec(call.text)?.[1] ?? '?'}`;
  }
  return `${call.role} is done`;
}

async function play(store: Store, model: ReturnType<typeof playModel>) {
  const hasEvents = (await store.readEvents('r')).length > 0;
  return hasEvents
    ? resumeRun({ runId: 'r', store, model })
    : runTask({ task: 'the task', team, plan, model, store, runId: 'r' });
}

const countCalls = async (store: Store): Promise<number> =>
  (await store.listCalls('r')).filter(({ kind, outcome }) => kind === 'model' && outcome === 'succeeded').length;

test('a crash after every durable write', { timeout: 60_000 }, async () => {
  const baseline = await play(new MemoryStore(), playModel(answer));
  expect(baseline).toMatchObject({ status: 'succeeded', deliverable: 'read all of ["a","b"]' });
  expect(baseline.ledger.handoffsByMode).toMatchObject({ digest: { count: 1 }, reference: { count: 6 } });
  let deathAt = 0;
  for (let died = true; died; ) {
    deathAt += 1;
    const disk = new MemoryStore();
    died = await play(dyingStore(disk, deathAt).store, playModel(answer)).then(
      () => false,
      () => true,
    );
    const before = await countCalls(disk);
    const model = playModel(answer);
    const result = await play(disk, model);
    expect(result.status, `crash after write ${deathAt}`).toBe('succeeded');
    expect(result.deliverable, `crash after write ${deathAt}`).toBe(baseline.deliverable);
    expect(result.ledger.handoffsByMode, `handoffs, crash after write ${deathAt}`).toEqual(baseline.ledger.handoffsByMode);
    expect(result.ledger.calls, `calls, crash after write ${deathAt}`).toBe(baseline.ledger.calls);
    expect(model.requests.length, `calls after a crash at write ${deathAt}`).toBe((await countCalls(disk)) - before);
  }
  expect(deathAt).toBeGreaterThan(40);
});
