/** LLMCompiler on the real engine: calls start while their plan is written, a joiner finishes or has the planner go on. */
import { defineTeam, defineTool, MemoryStore, resumeRun, runTask, type Tool } from 'planwright';
import type { ScriptedAnswer } from 'planwright/testing';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { dyingStore } from '../support/dying-store.ts';
import { playModel, readCall } from '../support/small-team.ts';

const task = 'Which of the two mountains is higher (by how much)?';
const heights: Record<string, number> = { Everest: 8849, Kilimanjaro: 5895 };

const search: Tool = defineTool({
  name: 'search',
  description: 'Says what is known of a subject.',
  effect: 'read',
  input: z.object({ query: z.string() }),
  execute: ({ query }) => {
    const found = heights[query];
    if (found === undefined) throw new Error(`Nothing is known of "${query}".`);
    return `"${query}" is\n${found} m high, {"limit": 1}`;
  },
});

/** Gives back what it was given. */
const compare: Tool = defineTool({
  name: 'compare',
  description: 'Compares what its context says.',
  effect: 'read',
  input: z.object({ question: z.string(), context: z.array(z.string()).optional() }),
  execute: (input) => input as { question: string },
});

const tools = [search, compare];
const team = defineTeam(
  { preset: 'llmcompiler', roles: { search: { tool: 'search' }, compare: { tool: 'compare' } } },
  { tools: ['search', 'compare'] },
);

const twoMountains =
  '1. search("Everest")\n2. search("Kilimanjaro")\n3. compare("which is higher?", ["$1", "$2"])\n4. join()<END_OF_PLAN>';

const isPlanner = (text: string): boolean => text.includes('Plan the calls of tools');
const isReplanner = (text: string): boolean => text.includes('You plan further calls');
const isJoiner = (text: string): boolean => text.includes('You answer the task from results');
const asAuthors = (): string => 'Thought: so it is.\nAction: Finish(Everest (8,849 m), as said (twice))';
const finish = (answer: string): string => JSON.stringify({ action: 'finish', answer });
const replan = (answer: string): string => JSON.stringify({ action: 'replan', answer });

interface Parts {
  plan: string | ScriptedAnswer | ((index: number) => string);
  join?: (text: string, index: number) => string;
  replan?: (text: string, index: number) => string;
}

function play({ plan, join = () => finish('Everest'), replan: goOn = () => '' }: Parts) {
  const counts = { plan: 0, join: 0, replan: 0 };
  return playModel(({ text }) => {
    if (isPlanner(text)) return typeof plan === 'function' ? plan(counts.plan++) : plan;
    if (isReplanner(text)) return goOn(text, counts.replan++);
    return isJoiner(text) ? join(text, counts.join++) : 'thought';
  });
}

const run = (model: ReturnType<typeof play>, more: object = {}) =>
  runTask({ task, team, strategy: 'team', tools, model, store: new MemoryStore(), ...more });

const textsOf = (model: ReturnType<typeof play>): string[] => model.requests.map((request) => readCall(request).text);
const idsOf = (subtasks: readonly { id: string; status: string }[]) => subtasks.map(({ id, status }) => [id, status]);

describe('a plan that suffices', () => {
  test('has 1 + tasks + 1 calls, of which tools need no model; an answer keeps its brackets', async () => {
    const answer = 'Everest (8,849 m), by 2,954 m (not 2,953).';
    const { status, deliverable, ledger, subtasks } = await run(play({ plan: twoMountains, join: () => finish(answer) }));
    expect({ status, deliverable }).toEqual({ status: 'succeeded', deliverable: answer });
    expect(ledger).toMatchObject({ calls: 2, toolCalls: 3, callsByPurpose: { plan: 1, synthesize: 1 } });
    expect(subtasks.map(({ id, role, dependsOn }) => [id, role, dependsOn])).toEqual([
      ['1', 'search', []],
      ['2', 'search', []],
      ['3', 'compare', ['1', '2']],
      ['join-1', 'joiner', ['1', '2', '3']],
    ]);
    const thought = await run(play({ plan: '1. llm("a")\n2. llm("b", $1)\n3. join()' }));
    expect(thought.ledger).toMatchObject({ calls: 4, callsByPurpose: { plan: 1, execute: 2, synthesize: 1 } });
  });

  test('references stand for results inside text, lists and named arguments, whatever the results hold', async () => {
    const plan = `1. search('Everest')
2. compare("of $1?", ["$1", 'and \${1}'])
3. compare(question=$1, context=[$1])
4. compare("open", ["$1"
5. join()`;
    const { subtasks } = await run(play({ plan }));
    const found = '"Everest" is\n8849 m high, {"limit": 1}';
    expect(subtasks.slice(1, 4).map(({ output }) => output)).toEqual([
      { question: `of ${found}?`, context: [found, `and ${found}`] },
      { question: found, context: [found] },
      { question: 'open', context: [found] },
    ]);
  });

  test('the joiner is shown the calls and their results', async () => {
    const model = play({ plan: twoMountains });
    await run(model);
    const joined = textsOf(model).find(isJoiner);
    expect(joined).toContain('1. search("Everest")\n2. search("Kilimanjaro")\n3. compare("which is higher?", ["[1]","[2]"])');
    expect(joined).toMatch(/<dependency id="2" role="search">\n"Kilimanjaro" is/);
  });

  test('the form that the run asks for is the answer’s', async () => {
    const model = play({ plan: twoMountains, join: () => finish('{"height": 8849}') });
    const output = z.object({ height: z.number() });
    expect((await run(model, { output })).deliverable).toEqual({ height: 8849 });
    expect(textsOf(model).find(isJoiner)).toContain('A finished answer is the text of JSON with this schema: {');
  });
});

test('a call starts while the plan is still being written', async () => {
  const model = play({ plan: { text: ['1. search("Everest")\n', '2. search("Kili', 'manjaro")\n', '3. join()'], deltaMs: 60 } });
  const store = new MemoryStore();
  const { runId } = await run(model, { store });
  const events = (await store.readEvents(runId)).map(({ event }) =>
    'subtaskId' in event ? `${event.type} ${event.subtaskId}` : event.type,
  );
  expect(events.indexOf('attempt-started 1')).toBeGreaterThan(0);
  expect(events.indexOf('attempt-finished 1')).toBeLessThan(events.indexOf('plan-accepted'));
  // The planner's call is one, and it had not ended.
  const plan = (await store.listCalls(runId)).find(({ purpose }) => purpose === 'plan');
  const started = (await store.readEvents(runId)).find(({ event }) => event.type === 'attempt-started');
  expect(started?.atMs).toBeLessThan(plan?.endedMs ?? 0);
});

describe('a replan', () => {
  test('adds the suffix only: ids go on, results so far are referred to, nothing is done again', async () => {
    let told = '';
    const model = play({
      plan: '1. search("Everest")\n2. join()',
      join: (_text, index) => (index === 0 ? replan('the height of Kilimanjaro') : finish('Everest')),
      replan: (text) => {
        told = text;
        return '2. search("Kilimanjaro")\n3. compare("which?", ["$1", "$2"])\n4. join()';
      },
    });
    const { status, deliverable, ledger, subtasks } = await run(model);
    expect({ status, deliverable }).toEqual({ status: 'succeeded', deliverable: 'Everest' });
    expect(idsOf(subtasks).map(([id]) => id)).toEqual(['1', 'join-1', 'replan-1', '2', '3', 'join-2']);
    expect(subtasks.find(({ id }) => id === '3')?.dependsOn).toEqual(['1', '2']);
    expect(subtasks.find(({ id }) => id === 'join-2')?.dependsOn).toEqual(['1', '2', '3']);
    expect(ledger).toMatchObject({ calls: 4, toolCalls: 3, callsByPurpose: { plan: 1, replan: 1, synthesize: 2 } });
    expect(told).toContain('numbered from 2:\n2. tool("text", 2)');
    expect(told).not.toContain('<missing>');
    expect(told).toContain('the height of Kilimanjaro');
    expect(told).toContain('- search(query): Says what is known of a subject.');
  });

  test('that reuses an id, names no tool, builds on what failed or has no call goes back with what is wrong', async () => {
    for (const [wrong, said] of [
      ['1. search("Kilimanjaro")', 'Step 1 is there twice'],
      ['3. find("Kilimanjaro")', 'step 3 calls "find", and there is no such tool'],
      ['3. compare("which?", ["$2"])', 'Step 3 uses $2, which gave no result'],
      ['nothing more', 'There is no call'],
    ] as const) {
      const model = play({
        plan: '1. search("Everest")\n2. search("Atlantis")\n3. join()',
        join: (_text, index) => (index === 0 ? replan('more') : finish('Everest')),
        replan: (_text, index) => (index === 0 ? wrong : '3. search("Kilimanjaro")\n4. join()'),
      });
      const { deliverable, subtasks } = await run(model);
      expect({ wrong, deliverable, last: subtasks.at(-1)?.id }).toEqual({ wrong, deliverable: 'Everest', last: 'join-2' });
      expect(textsOf(model).filter(isReplanner)[1]).toContain(said);
    }
  });

  test('happens at most `replans` times; who still asks for one is told to finish, and ends the run when it will not', async () => {
    let asked = 0;
    const parts: Parts = {
      plan: '1. search("Everest")\n2. join()',
      replan: () => `${(asked += 1) + 1}. search("Everest")`,
      join: (text) => (text.includes('No more calls can be made. Finish') ? finish('what there is') : replan('more')),
    };
    const pattern = { name: 'llmcompiler', replans: 3 };
    expect(await run(play(parts), { pattern })).toMatchObject({ status: 'succeeded', deliverable: 'what there is' });
    expect(asked).toBe(3);
    asked = 0;
    const stubborn = await run(play({ ...parts, join: () => replan('more') }), { pattern });
    expect({ status: stubborn.status, asked, last: stubborn.subtasks.at(-1) }).toMatchObject({
      status: 'partial',
      asked: 3,
      last: { id: 'join-4', status: 'failed', attempts: 2 },
    });
    const none = await run(play({ ...parts, join: () => finish('x') }), { pattern: { name: 'llmcompiler', replans: 0 } });
    expect(none.ledger.calls).toBe(2);
  });
});

describe('what goes wrong', () => {
  test('a failed task and what needs it are told to the joiner, and the run ends', async () => {
    const model = play({
      plan: '1. search("Atlantis")\n2. compare("of", ["$1"])\n3. search("Everest")\n4. join()',
      join: () => finish('Atlantis is not known.'),
    });
    const { status, deliverable, subtasks } = await run(model);
    expect({ status, deliverable }).toEqual({ status: 'partial', deliverable: 'Atlantis is not known.' });
    expect(idsOf(subtasks)).toEqual([
      ['1', 'failed'],
      ['2', 'skipped'],
      ['3', 'succeeded'],
      ['join-1', 'succeeded'],
    ]);
    const joined = textsOf(model).find(isJoiner);
    expect(joined).toMatch(/<failed id="1" role="search">\n[^\n]*Nothing is known of "Atlantis"/);
    expect(joined).toContain('<failed id="2" role="compare">');
  });

  test('a task that had failed before the call that needs it was written hangs nothing', async () => {
    const plan = { text: ['1. search("Atlantis")\n', '2. compare("of", ["$1"])\n', '3. join()'], deltaMs: 80 };
    const { status, deliverable, subtasks } = await run(play({ plan }), { limits: { retries: 0, reroutes: 0 } });
    expect({ status, deliverable }).toEqual({ status: 'partial', deliverable: 'Everest' });
    expect(idsOf(subtasks)).toEqual([
      ['1', 'failed'],
      ['2', 'skipped'],
      ['join-1', 'succeeded'],
    ]);
  });

  test('an unknown tool and a line that calls none go back to the planner once', async () => {
    const wrong = '1. search("Everest")\n2. lookup("x", [$1])\n3. what now?\n4. join()';
    const model = play({ plan: (index) => (index === 0 ? wrong : twoMountains) });
    expect(await run(model)).toMatchObject({ status: 'succeeded', ledger: { callsByPurpose: { plan: 2 } } });
    const again = textsOf(model).find((text) => text.includes('<problems>'));
    expect(again).toContain('Line 2, column 1: step 2 calls "lookup", and there is no such tool.');
    expect(again).toContain('Line 3, column 1: This line is numbered and calls no tool.');
    expect(await run(play({ plan: wrong }))).toMatchObject({ status: 'failed', ledger: { calls: 2 } });
  });

  test('a joiner that answers in another form is asked again; one without a form may say it as its authors’ do', async () => {
    const model = play({ plan: twoMountains, join: (_text, index) => (index === 0 ? 'Everest, I think' : finish('Everest')) });
    expect(await run(model)).toMatchObject({ status: 'succeeded', deliverable: 'Everest' });
    const plain = defineTeam(
      {
        pattern: 'llmcompiler',
        roles: {
          search: { tool: 'search' },
          joiner: { instructions: 'You answer the task from results.' },
          planner: { instructions: 'You plan further calls.' },
        },
      },
      { tools: ['search'] },
    );
    const { deliverable } = await run(play({ plan: '1. search("Everest")\n2. join()', join: asAuthors }), { team: plain });
    expect(deliverable).toBe('Everest (8,849 m), as said (twice)');
    const fenced = play({ plan: '1. search("Everest")\n2. join()', join: () => `\`\`\`json\n${finish('a (b)')}\n\`\`\`` });
    expect((await run(fenced, { team: plain })).deliverable).toBe('a (b)');
    expect(textsOf(fenced).find(isJoiner)).toContain('Write JSON and nothing else');
  });

  test('a plan without a call is only a join, and nothing at all is a problem', async () => {
    const { deliverable, subtasks } = await run(play({ plan: '1. join()' }));
    expect({ deliverable, ids: subtasks.map(({ id }) => id) }).toEqual({ deliverable: 'Everest', ids: ['join-1'] });
    expect((await run(play({ plan: 'Nothing to do.' }))).status).toBe('failed');
  });
});

test('is the same after a crash at any durable write, in the middle of the plan and of the replan', async () => {
  const begun = ['1. search("Everest")\n', '2. search("Everest")\n', '3. join()'];
  const parts: Parts = {
    plan: { text: begun },
    join: (text) => (text.includes('id="3"') ? finish('Everest') : replan('more')),
    replan: () => '3. compare("which?", ["$1", "$2"])\n4. join()',
  };
  let deathAt = 0;
  for (let died = true; died; ) {
    deathAt += 1;
    const disk = new MemoryStore();
    const options = { task, team, strategy: 'team' as const, tools, runId: 'r' };
    const { store } = dyingStore(disk, deathAt);
    died = await runTask({ ...options, model: play(parts), store }).then(
      () => false,
      () => true,
    );
    const model = playModel(({ text }) => {
      if (isReplanner(text)) return parts.replan?.(text, 0) ?? '';
      if (isJoiner(text)) return parts.join?.(text, 0) ?? '';
      const soFar = [...text.matchAll(/^\d+\. search\(/gm)].length;
      return begun.slice(soFar).join('');
    });
    const hasBegun = (await disk.readEvents('r')).length > 0;
    const ended = await (hasBegun
      ? resumeRun({ runId: 'r', model, tools, store: disk })
      : runTask({ ...options, model, store: disk }));
    expect({ deathAt, deliverable: ended.deliverable, ids: ended.subtasks.map(({ id }) => id) }).toEqual({
      deathAt,
      deliverable: 'Everest',
      ids: ['1', '2', 'join-1', 'replan-1', '3', 'join-2'],
    });
    const grown = (await disk.readEvents('r')).filter(({ event }) => event.type === 'plan-grown');
    expect(grown).toHaveLength(3);
  }
  expect(deathAt).toBeGreaterThan(15);
});
