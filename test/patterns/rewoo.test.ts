/** ReWOO on the real engine: plan once, tools without a model, solve once. */
import { defineTeam, defineTool, MemoryStore, resumeRun, runTask, type Tool } from 'planwright';
import type { ScriptedAnswer } from 'planwright/testing';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { dyingStore } from '../support/dying-store.ts';
import { playModel, readCall } from '../support/small-team.ts';

const task = 'How much older than the tower is the bridge?';

const facts: Record<string, number> = { tower: 1889, bridge: 1840 };

const lookUp: Tool = defineTool({
  name: 'look_up',
  description: 'The year in which something was built.',
  effect: 'read',
  input: z.object({ query: z.string(), note: z.string().optional() }),
  execute: ({ query }) => {
    const found = facts[query];
    if (found === undefined) throw new Error(`Nothing is known of "${query}".`);
    return { year: found };
  },
});

const team = defineTeam({ preset: 'rewoo', roles: { 'look-up': { tool: 'look_up', result: 'year' } } }, { tools: ['look_up'] });

const isPlanner = (text: string): boolean => text.includes('before anything is looked up');
const isSolver = (text: string): boolean => text.includes('You solve the task from the evidence');

const years = `Plan: The tower's year.
#E1 = look_up[tower]
Plan: The bridge's year.
#E2 = LookUp[{"query": "bridge", "note": "year only"}]
Plan: The difference.
#E3 = calc[#E1 - #E2]`;

function play(plan: string | ScriptedAnswer | ((index: number) => string), others: (text: string) => string = () => '49 years') {
  let plans = 0;
  return playModel(({ text }) => {
    if (!isPlanner(text)) return others(text);
    return typeof plan === 'function' ? plan(plans++) : plan;
  });
}

const textsOf = (model: ReturnType<typeof play>): string[] => model.requests.map((request) => readCall(request).text);

const run = (model: ReturnType<typeof play>, more: object = {}) =>
  runTask({ task, team, strategy: 'team', tools: [lookUp], model, store: new MemoryStore(), ...more });

test('two model calls, whatever the number of tool calls; the solver has plan and evidence', async () => {
  let solved = '';
  const model = play(years, (text) => {
    solved = text;
    return '49 years';
  });
  const { status, deliverable, ledger, subtasks } = await run(model);
  expect({ status, deliverable, tools: ledger.toolCalls }).toEqual({ status: 'succeeded', deliverable: '49 years', tools: 3 });
  expect(ledger.callsByPurpose).toMatchObject({ plan: 1, synthesize: 1 });
  expect(ledger.calls).toBe(2);
  expect(subtasks.map(({ id, role, dependsOn, output }) => [id, role, dependsOn, output])).toEqual([
    ['E1', 'look-up', [], 1889],
    ['E2', 'look-up', [], 1840],
    ['E3', 'calc', ['E1', 'E2'], 49],
    ['solve', 'solver', ['E1', 'E2', 'E3'], '49 years'],
  ]);
  expect(solved).toContain("Plan: The tower's year.\nE1 = look_up[tower]\n");
  expect(solved).toContain('E3 = calc[E1 - E2]');
  expect(solved).toMatch(/<dependency id="E3" role="calc">\n49\n/);
  expect(isSolver(solved)).toBe(true);
});

test('the planner is told names, fields and descriptions of the tools, and of no folder that is not there', async () => {
  const model = play(years);
  await run(model);
  const prompt = textsOf(model)[0];
  expect(prompt).toContain('- look_up[query, note?]: The year in which something was built.');
  expect(prompt).toContain('- calc[expression]: Compute an arithmetic expression exactly');
  expect(prompt).toContain('- llm[instruction]: Answers one question by thought');
  expect(prompt).not.toContain('files_search');
  expect(prompt).not.toContain('solver');
});

test('#E10 and above are steps and evidence like any other', async () => {
  const lines = Array.from({ length: 12 }, (_, at) => `#E${at + 1} = calc[${at === 0 ? '1' : `#E${at} + 1`}]`);
  const { subtasks, ledger } = await run(play(lines.join('\n')));
  expect(subtasks.slice(9, 12).map(({ id, dependsOn, output }) => [id, dependsOn, output])).toEqual([
    ['E10', ['E9'], 10],
    ['E11', ['E10'], 11],
    ['E12', ['E11'], 12],
  ]);
  expect(ledger).toMatchObject({ calls: 2, toolCalls: 12 });
});

test('a step for a model gets the evidence that it names', async () => {
  let asked = '';
  const model = play('#E1 = look_up[tower]\n#E2 = LLM[Is #E1 before 1900?]', (text) => {
    if (isSolver(text)) return 'yes';
    asked = text;
    return 'It is.';
  });
  const { ledger } = await run(model);
  expect(asked).toContain('Is 1889 before 1900?');
  expect(ledger.callsByPurpose).toMatchObject({ plan: 1, execute: 1, synthesize: 1 });
});

describe('what goes wrong', () => {
  test('failed evidence is told to the solver as failed, and nobody makes it up', async () => {
    let solved = '';
    const plan = '#E1 = look_up[castle]\n#E2 = calc[#E1 + 1]\n#E3 = look_up[tower]';
    const model = play(plan, (text) => {
      solved = text;
      return 'The castle is not known.';
    });
    const { status, deliverable, ledger, subtasks } = await run(model);
    expect({ status, deliverable, calls: ledger.calls }).toEqual({
      status: 'partial',
      deliverable: 'The castle is not known.',
      calls: 2,
    });
    expect(subtasks.map(({ id, status: of }) => [id, of])).toEqual([
      ['E1', 'failed'],
      ['E2', 'skipped'],
      ['E3', 'succeeded'],
      ['solve', 'succeeded'],
    ]);
    expect(solved).toMatch(/<failed id="E1" role="look-up">\n[^\n]*Nothing is known of "castle"/);
    expect(solved).toContain('<failed id="E2" role="calc">');
    expect(solved).not.toContain('<missing>');
  });

  test('an unknown tool goes back to the planner with its place, once', async () => {
    const wrong = '#E1 = look_up[tower]\nPlan: x\n#E2 = Wikipedia[#E1]';
    const mended = play((index) => (index === 0 ? wrong : years));
    expect(await run(mended)).toMatchObject({ status: 'succeeded', ledger: { callsByPurpose: { plan: 2 } } });
    const again = textsOf(mended).find((text) => text.includes('<problems>'));
    expect(again).toContain('Line 3, column 1: step E2 calls "Wikipedia", and there is no such tool. Tools: calc, llm, look_up.');
    const stubborn = play(wrong);
    const ended = await run(stubborn);
    expect({ status: ended.status, calls: ended.ledger.calls }).toEqual({ status: 'failed', calls: 2 });
  });

  test('evidence that no step fetches, a step that is not closed, and a text without a step are problems', async () => {
    for (const [wrong, said] of [
      ['#E2 = look_up[#E1]', 'Line 1, column 15: Step E2 refers to'],
      ['#E1 = look_up[tower', 'is not closed by'],
      ['I would look it up.', 'The text has no step'],
    ] as const) {
      const model = play((index) => (index === 0 ? wrong : years));
      expect((await run(model)).status).toBe('succeeded');
      expect(JSON.stringify(model.requests)).toContain(said);
    }
  });
});

test('a plan that never ends is stopped at planner.maxSubtasks, and refused', async () => {
  const endless = Array.from({ length: 500 }, (_, at) => `#E${at + 1} = calc[${at}]\n`);
  const small = defineTeam({ preset: 'rewoo', planner: { maxSubtasks: 5 } });
  const { status, detail, ledger } = await run(play({ text: endless }), { team: small });
  expect({ status, calls: ledger.calls }).toEqual({ status: 'failed', calls: 2 });
  expect(detail).toContain('at most 5 are allowed');
  expect(ledger.toolCalls).toBeLessThan(20);
});

test('a step starts while the plan is still being written', async () => {
  const pieces = ['Plan: a\n', '#E1 = look_up[tower]\n', 'Plan: b\n', '#E2 = calc[#E1 + 1]'];
  const model = play({ text: pieces, deltaMs: 60 });
  const store = new MemoryStore();
  const { runId } = await run(model, { store });
  const events = (await store.readEvents(runId)).map(({ event }) =>
    'subtaskId' in event ? `${event.type} ${event.subtaskId}` : event.type,
  );
  expect(events.indexOf('attempt-finished E1')).toBeGreaterThan(0);
  expect(events.indexOf('attempt-finished E1')).toBeLessThan(events.indexOf('plan-accepted'));
});

test('is the same after a crash at any durable write, also while the plan was being written', async () => {
  let deathAt = 0;
  for (let died = true; died; ) {
    deathAt += 1;
    const disk = new MemoryStore();
    const options = { task, team, strategy: 'team' as const, tools: [lookUp] };
    const begin = (store: MemoryStore) =>
      runTask({ ...options, runId: 'r', model: play({ text: years.split(/(?<=\n)/) }), store });
    died = await begin(dyingStore(disk, deathAt).store as MemoryStore).then(
      () => false,
      () => true,
    );
    const hasBegun = (await disk.readEvents('r')).length > 0;
    const rest = (index: number): string => (index === 0 ? '' : years);
    const model = playModel(({ text }) => {
      if (!isPlanner(text)) return '49 years';
      const soFar = [...text.matchAll(/#E(\d) = (?:look_up|calc)\[/g)].map(([, id]) => id);
      return (
        years
          .split('\n')
          .slice(2 * soFar.length)
          .join('\n') || rest(0)
      );
    });
    const ended = await (hasBegun
      ? resumeRun({ runId: 'r', model, tools: [lookUp], store: disk })
      : runTask({ ...options, runId: 'r', model, store: disk }));
    expect({ deathAt, status: ended.status, outputs: ended.subtasks.map(({ output }) => output) }).toEqual({
      deathAt,
      status: 'succeeded',
      outputs: [1889, 1840, 49, '49 years'],
    });
  }
  expect(deathAt).toBeGreaterThan(10);
});
