/** What patterns are made of, on the real engine with scripted models: plans without a planner, plans that grow, failures that are taken, tools as roles. */
import { defineTeam, MemoryStore, resumeRun, runTask } from 'planwright';
import { describe, expect, test } from 'vitest';
import { dyingStore } from '../support/dying-store.ts';
import { playModel, readCall } from '../support/small-team.ts';

const critique = (verdict: 'good' | 'revise') =>
  JSON.stringify({ verdict, feedback: verdict === 'good' ? '' : 'Name the year.' });

/** Criticized once. */
const refiner = () =>
  playModel(({ text }) => {
    if (text.includes('You judge drafts.')) return critique(text.includes('second') ? 'good' : 'revise');
    return text.includes('criticized') ? 'second' : 'first';
  });

const runAny = (options: object) => runTask({ task: 't', store: new MemoryStore(), model: playModel(() => 'x'), ...options });

describe('a plan that grows', () => {
  test('goes on while the critic is not content, and hands over the draft that is', async () => {
    const seen: string[] = [];
    const model = playModel(({ request }) => {
      const { text } = readCall(request);
      const isCritic = text.includes('You judge drafts.');
      seen.push(isCritic ? 'critic' : 'author');
      if (!isCritic) return `draft ${seen.filter((who) => who === 'author').length}`;
      return critique(seen.length < 4 ? 'revise' : 'good');
    });
    const { status, deliverable, subtasks, ledger, strategy } = await runTask({
      task: 'When was it?',
      pattern: 'self-refine',
      model,
      store: new MemoryStore(),
    });
    expect({ status, deliverable, strategy }).toEqual({ status: 'succeeded', deliverable: 'draft 2', strategy: 'team' });
    expect(subtasks.map(({ id, status: of }) => [id, of])).toEqual([
      ['draft-1', 'succeeded'],
      ['critique-1', 'succeeded'],
      ['draft-2', 'succeeded'],
      ['critique-2', 'succeeded'],
    ]);
    expect(seen).toEqual(['author', 'critic', 'author', 'critic']);
    expect(ledger.callsByPurpose).toMatchObject({ execute: 2, verify: 2 });
  });

  test('ends with its rounds', async () => {
    const model = playModel(({ text }, index) =>
      text.includes('You judge drafts.')
        ? JSON.stringify({ verdict: 'revise', feedback: `Fault ${index}.` })
        : `draft of call ${index}`,
    );
    const { status, ledger, subtasks } = await runTask({
      task: 't',
      pattern: { name: 'self-refine', rounds: 2 },
      model,
      store: new MemoryStore(),
    });
    expect({ status, calls: ledger.calls, last: subtasks.at(-1)?.id }).toEqual({
      status: 'succeeded',
      calls: 5,
      last: 'draft-3',
    });
  });

  test('what it can’t follow goes back to who said it, and ends the run with a reason when it stays so', async () => {
    let critiques = 0;
    const mended = playModel(({ text }) => {
      if (!text.includes('You judge drafts.')) return 'a draft';
      critiques += 1;
      return critiques === 1 ? 'fine by me' : critique('good');
    });
    const store = new MemoryStore();
    expect((await runTask({ task: 't', pattern: 'self-refine', model: mended, store })).status).toBe('succeeded');
    const stubborn = playModel(({ text }) =>
      text.includes('You judge drafts.') ? '{"verdict":"maybe","feedback":""}' : 'a draft',
    );
    const { status, subtasks } = await runTask({ task: 't', pattern: 'self-refine', model: stubborn, store });
    expect(status).toBe('partial');
    expect(subtasks.find(({ id }) => id === 'critique-1')).toMatchObject({ status: 'failed' });
  });

  test('is the same after a crash at any durable write', async () => {
    const options = { task: 't', pattern: 'self-refine', runId: 'r' };
    let deathAt = 0;
    for (let died = true; died; ) {
      deathAt += 1;
      const disk = new MemoryStore();
      const model = refiner();
      died = await runTask({ ...options, model, store: dyingStore(disk, deathAt).store }).then(
        () => false,
        () => true,
      );
      const hasBegun = (await disk.readEvents('r')).length > 0;
      const after = refiner();
      const { status, deliverable, subtasks } = await (hasBegun
        ? resumeRun({ runId: 'r', model: after, store: disk })
        : runTask({ ...options, model: after, store: disk }));
      expect({ deathAt, status, deliverable, ids: subtasks.map(({ id }) => id) }).toEqual({
        deathAt,
        status: 'succeeded',
        deliverable: 'second',
        ids: ['draft-1', 'critique-1', 'draft-2', 'critique-2'],
      });
      const grown = (await disk.readEvents('r')).filter(({ event }) => event.type === 'plan-grown');
      expect(grown).toHaveLength(2);
    }
    expect(deathAt).toBeGreaterThan(15);
  });
});

test('a role that is one tool makes no model call, and gets data as they are', async () => {
  const team = defineTeam({
    name: 'sums',
    roles: { sum: { tool: 'calc' }, writer: { instructions: 'You are the writer.' } },
  });
  const model = playModel(({ text }) => `It is ${/<dependency[^>]*>\s*([\s\S]*?)\s*<\/dependency>/.exec(text)?.[1]}`);
  const plan = {
    version: 1 as const,
    task: 't',
    subtasks: [
      { id: 'a', role: 'sum', instruction: '6 * 7', dependsOn: [] },
      { id: 'b', role: 'sum', instruction: '{{a.value}} + 1', dependsOn: ['a'] },
      { id: 'c', role: 'writer', instruction: 'Write.', dependsOn: ['b'] },
    ],
  };
  const { status, ledger, subtasks } = await runTask({ task: 't', team, plan, model, store: new MemoryStore() });
  expect({ status, calls: ledger.calls, tools: ledger.toolCalls }).toEqual({ status: 'succeeded', calls: 1, tools: 2 });
  expect(subtasks.map(({ output }) => output)).toMatchObject([
    expect.anything(),
    expect.anything(),
    expect.stringContaining('43'),
  ]);
});

const sumsOf = (role: string) => ({
  version: 1 as const,
  task: 't',
  subtasks: [
    { id: 'a', role, instruction: '6 * 7', dependsOn: [] },
    { id: 'b', role, instruction: '{{a}} / 4', dependsOn: ['a'] },
  ],
});

test('a role that is one tool may give a part of what the tool gives; without that part the tool has failed', async () => {
  const team = defineTeam({ roles: { sum: { tool: 'calc', result: 'value' }, other: { tool: 'calc', result: 'valu' } } });
  const limits = { retries: 0, reroutes: 0 };
  const whole = await runAny({ team, plan: sumsOf('sum'), limits });
  expect(whole.subtasks.map(({ output }) => output)).toEqual([42, 10.5]);
  const { status, subtasks } = await runAny({ team, plan: sumsOf('other'), limits });
  expect({ status, error: subtasks[0]?.error }).toMatchObject({
    status: 'failed',
    error: { message: 'What tool "calc" gave has no "valu".' },
  });
});

test('what is wrong with a pattern is said before anything runs', async () => {
  await expect(runAny({ pattern: 'debat' })).rejects.toThrow(/^There is no pattern "debat"\. Patterns: .*\bdebate, /);
  await expect(runAny({ pattern: { name: 'debate', rounds: 0 } })).rejects.toThrow(/pattern.rounds/);
  await expect(runAny({ pattern: { name: 'debate', roun: 2 } })).rejects.toThrow(/roun/);
  await expect(runAny({ pattern: 'debate', team: 'report' })).rejects.toThrow(/needs a role "proposer"/);
  expect(() => defineTeam({ roles: { a: {} }, pattern: 'debate' })).toThrow(/needs a role "proposer"/);
  expect(() => defineTeam({ roles: { a: { tool: 'calc', model: 'offline' } } })).toThrow(/one call of the tool/);
  expect(() => defineTeam({ roles: { a: { result: 'value' } } })).toThrow(/belongs to a role that is one tool/);
  expect(() => defineTeam({ roles: { a: { tool: 'calc', result: 'a..b' } } })).toThrow(/is not a path/);
});

const offline = (options: object) => runTask({ task: 'What is 6 * 7?', store: new MemoryStore(), model: 'offline', ...options });

test('what the offline model can’t do is refused before it is tried', async () => {
  await expect(offline({ pattern: 'debate' })).rejects.toThrow(
    /^Pattern "debate" needs a language model: role "judge" answers in a form/,
  );
  await expect(offline({ pattern: 'rewoo' })).rejects.toThrow(/^Pattern "rewoo" needs a language model: the planner writes/);
  // In a sub-team too.
  await expect(offline({ pattern: 'chatdev' })).rejects.toThrow(/^Pattern "dialogue" needs a language model/);
  const { status } = await offline({ pattern: { name: 'best-of-n', judge: 'none' } });
  expect(status).toBe('succeeded');
});
