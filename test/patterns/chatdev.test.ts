/** Dialogues of two and the chain of them: who asks before answering, how they end, and that only solutions cross phases. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineTeam, loadTeam, MemoryStore, type RunTaskOptions, renderRunPatch, resumeRun, runTask } from 'planwright';
import type { ScriptedAnswer } from 'planwright/testing';
import { describe, expect, test } from 'vitest';
import { dyingStore } from '../support/dying-store.ts';
import { type Call, playModel } from '../support/small-team.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const instruct = (agreed: boolean, says = '') => JSON.stringify({ agreed, says });
/** Whose turn it is, by the default team's instructions; and what is asked, by the last line of the instruction. */
const speaker = ({ text }: Call) => /^You (instruct|do|sum up)/m.exec(text)?.[1];

interface Lines {
  /** Of the assistant, in order. */
  answers: string[];
  /** Of the instructor, in order. */
  says: string[];
}

/** Plays the lines; the log has who said what. */
function playDialogue({ answers, says }: Lines) {
  const log: string[] = [];
  const prompts: string[] = [];
  const left = { answers: [...answers], says: [...says] };
  const model = playModel((call) => {
    const who = speaker(call);
    const line = who === 'sum up' ? 'what it came to' : who === 'do' ? left.answers.shift() : left.says.shift();
    if (line === undefined) throw new Error(`Nothing is left to say: ${call.text}`);
    log.push(`${who === 'do' ? 'assistant' : who === 'sum up' ? 'reflector' : 'instructor'}: ${line}`);
    prompts.push(call.text);
    return line;
  });
  return { model, log, prompts };
}

const run = (model: NonNullable<RunTaskOptions['model']>, more: Partial<RunTaskOptions> = {}) =>
  runTask({ task: 'Write a greeting.', pattern: 'dialogue', store: new MemoryStore(), ...more, model });
const idsOf = ({ subtasks }: Awaited<ReturnType<typeof run>>) => subtasks.map(({ id }) => id);

describe('a dialogue', () => {
  test('ends on the solution that both agree on: two calls when it is the first', async () => {
    const { model, log } = playDialogue({ answers: ['Hello!'], says: [instruct(true)] });
    const result = await run(model);
    expect(result).toMatchObject({ status: 'succeeded', deliverable: 'Hello!', ledger: { calls: 2 } });
    expect(result.ledger.callsByPurpose).toMatchObject({ execute: 1, manage: 1 });
    expect(log).toEqual(['assistant: Hello!', `instructor: ${instruct(true)}`]);
  });

  test('the assistant asks before it answers, and is told; a solution that is not agreed on is mended', async () => {
    const { model, prompts } = playDialogue({
      answers: ['QUESTION: In which language?', 'Hallo!', 'Guten Tag!'],
      says: [instruct(false, 'In German.'), instruct(false, 'More formal.'), instruct(true)],
    });
    const result = await run(model);
    expect(result).toMatchObject({ status: 'succeeded', deliverable: 'Guten Tag!' });
    expect(idsOf(result)).toEqual(['answer-1', 'reply-1', 'answer-2', 'review-2', 'answer-3', 'review-3']);
    // Two for the first solution that is agreed on, two for each question and each solution before it.
    expect(result.ledger.calls).toBe(2 + 2 + 2);
    expect(result.subtasks.find(({ id }) => id === 'answer-3')?.dependsOn).toEqual([
      'answer-1',
      'reply-1',
      'answer-2',
      'review-2',
    ]);
    expect(prompts[2]).toContain('In German.');
    expect(prompts[4]).toMatch(/In German[\s\S]*More formal/);
  });

  test('a question too many goes back to who asked it, and is no solution', async () => {
    const { model, prompts } = playDialogue({
      answers: ['**QUESTION**: In which language?', 'QUESTION: And how formal?', 'Hello, whoever you are!'],
      says: [instruct(false, 'Any.'), instruct(true)],
    });
    const result = await run(model, { pattern: { name: 'dialogue', questions: 1 } });
    expect(result).toMatchObject({ status: 'succeeded', deliverable: 'Hello, whoever you are!' });
    expect(prompts[0]).toContain('answer "QUESTION:"');
    expect(prompts[2]).not.toContain('answer "QUESTION:"');
    expect(prompts[3]).toContain('No question is left');
  });

  test('after the last turn somebody who has read it all writes down what it came to', async () => {
    const { model, log, prompts } = playDialogue({
      answers: ['Hi!', 'Hi there!'],
      says: [instruct(false, 'Longer.'), instruct(false, 'Longer still.')],
    });
    const result = await run(model, { pattern: { name: 'dialogue', turns: 2 } });
    expect(result).toMatchObject({ status: 'succeeded', deliverable: 'what it came to', ledger: { calls: 5 } });
    expect(log.at(-1)).toBe('reflector: what it came to');
    for (const line of ['Hi!', 'Longer.', 'Hi there!', 'Longer still.']) expect(prompts.at(-1)).toContain(line);
  });

  test.each([
    { reflect: 'never', answers: ['Hi!', 'Hi there!'], says: [instruct(false, 'Longer.')], deliverable: 'Hi there!' },
    { reflect: 'always', answers: ['Hi!'], says: [instruct(true)], deliverable: 'what it came to' },
  ])('reflect: $reflect', async ({ reflect, answers, says, deliverable }) => {
    const { model } = playDialogue({ answers, says });
    const result = await run(model, { pattern: { name: 'dialogue', turns: 2, reflect } });
    expect(result).toMatchObject({ status: 'succeeded', deliverable, ledger: { calls: 3 } });
  });

  test('where the instructor opens, it speaks first and the assistant has its words', async () => {
    const { model, log, prompts } = playDialogue({
      answers: ['Hello!'],
      says: [instruct(false, 'No exclamation marks but one.'), instruct(true)],
    });
    const result = await run(model, { pattern: { name: 'dialogue', opens: 'instructor' } });
    expect(result).toMatchObject({ deliverable: 'Hello!', ledger: { calls: 3 } });
    expect(log.map((line) => line.split(':')[0])).toEqual(['instructor', 'assistant', 'instructor']);
    expect(prompts[1]).toContain('No exclamation marks but one.');
  });

  test('an instructor whose answer says nothing is asked again, and the run ends with a reason when that does not help', async () => {
    const mended = playDialogue({ answers: ['Hello!'], says: ['Fine by me!', instruct(true)] });
    expect(await run(mended.model)).toMatchObject({ status: 'succeeded', deliverable: 'Hello!' });
    const stubborn = playDialogue({ answers: ['Hello!'], says: ['Fine!', 'Fine, I say!'] });
    const result = await run(stubborn.model, { limits: { retries: 1, reroutes: 0 } });
    expect(result).toMatchObject({ status: 'partial', deliverable: null });
    expect(result.subtasks.find(({ id }) => id === 'review-1')).toMatchObject({ status: 'failed', attempts: 2 });
  });
});

test('an instructor that declares no form is told it with what it is asked', async () => {
  const prompts: string[] = [];
  const team = defineTeam({ roles: { a: { instructions: 'You are the a.' }, b: { instructions: 'You are the b.' } } });
  const model = playModel(({ role, text }) => {
    if (role === 'a') prompts.push(text);
    return role === 'a' ? instruct(true) : 'Hello!';
  });
  await run(model, { team, pattern: { name: 'dialogue', instructor: 'a', assistant: 'b', reflect: 'never' } });
  expect(prompts[0]).toContain('Answer with JSON: {"agreed": true or false, "says": "…"}');
});

/** Agrees with everything at once; the assistant of each phase answers by `solve`. */
function playChain(
  solve: (phase: string, call: Call) => string | ScriptedAnswer,
  watch: (phase: string, call: Call) => void = () => {},
) {
  return playModel((call) => {
    const phase = Object.entries(phases).find(([, does]) => call.text.includes(`This phase: ${does}`))?.[0] ?? '';
    watch(phase, call);
    if (call.text.includes('"says" is what has to')) return instruct(true, `secret of ${phase}`);
    if (call.text.includes('Say in "says"')) return instruct(false, `secret of ${phase}`);
    return solve(phase, call);
  });
}

const phases = {
  'demand-analysis': 'decide what the product is',
  language: 'choose the programming language',
  coding: 'write the program into files',
  completion: 'find what is missing in the files',
  review: 'review the files for mistakes',
  test: 'run the program and its tests',
  manual: 'write the manual for its users',
};

const hasWritten = ({ request }: Call) => request.prompt.some(({ role }) => role === 'tool');

const form = {
  type: 'object',
  properties: { agreed: { type: 'boolean' }, says: { type: 'string' } },
  required: ['agreed', 'says'],
};
const pair = {
  roles: { boss: { instructions: 'You are the boss.', output: form }, worker: { instructions: 'You are the worker.' } },
  pattern: { name: 'dialogue', instructor: 'boss', assistant: 'worker', reflect: 'never' },
};
const ownTeam = defineTeam({
  name: 'own',
  roles: {
    sketch: { team: pair },
    paint: { team: pair },
    frame: { description: 'Frames.', instructions: 'You are the framer.' },
  },
  pattern: {
    name: 'chatdev',
    phases: [
      { name: 'sketch', does: 'sketch it.' },
      { name: 'paint', does: 'paint it.' },
      { name: 'title', role: 'frame', does: 'name it.', from: ['sketch'] },
    ],
  },
});
const ownModel = () =>
  playModel(({ role, text }) => {
    if (role === 'boss') return instruct(true);
    return /This phase: (\w+)/.exec(text)?.[1] ?? 'nothing';
  });

describe('a chain of dialogues', () => {
  test('runs phase after phase, each a run of its own of which only the solution crosses, and ends with the files', async () => {
    const told: Record<string, string> = {};
    const model = playChain(
      (phase, call) => {
        if (phase === 'coding' && !hasWritten(call)) {
          return { toolCalls: [{ name: 'write_file', input: { path: 'hello.mjs', content: 'console.log("Hello");\n' } }] };
        }
        if (phase === 'review' && !hasWritten(call)) {
          return { toolCalls: [{ name: 'replace_text', input: { path: 'hello.mjs', find: 'Hello', replace: 'Hello, world' } }] };
        }
        return `solution of ${phase}`;
      },
      (phase, { text }) => {
        told[phase] = `${told[phase] ?? ''}\n${text}`;
      },
    );
    const store = new MemoryStore();
    const result = await runTask({ task: 'Greet the world.', pattern: 'chatdev', model, store, runId: 'r' });
    expect(result).toMatchObject({ status: 'succeeded', deliverable: 'solution of manual' });
    expect(result.subtasks.map(({ id, status, dependsOn }) => [id, status, dependsOn])).toEqual([
      ['demand-analysis', 'succeeded', []],
      ['language', 'succeeded', ['demand-analysis']],
      ['coding', 'succeeded', ['demand-analysis', 'language']],
      ['completion', 'succeeded', ['demand-analysis', 'coding']],
      ['review', 'succeeded', ['demand-analysis', 'completion']],
      ['test', 'succeeded', ['demand-analysis', 'review']],
      ['manual', 'succeeded', ['demand-analysis', 'test']],
    ]);
    // Two a phase, one more in each of the two that the instructor opens, one more for each of the two that wrote files.
    expect(result.ledger.calls).toBe(2 * 7 + 2 + 2);
    expect(result.ledger.callsByPurpose).toMatchObject({ execute: 9, manage: 9 });
    expect(told['coding']).toContain('solution of language');
    expect(told['review']).toContain('secret of review');
    // What was said in a phase stays there.
    for (const [phase, text] of Object.entries(told)) {
      const foreign = Object.keys(phases).filter((other) => other !== phase && text.includes(`secret of ${other}`));
      expect({ phase, foreign }).toEqual({ phase, foreign: [] });
    }
    expect(told['manual']).not.toContain('solution of language');
    expect(await renderRunPatch(store, 'r')).toContain('+console.log("Hello, world");');
    expect((await store.readEvents('r')).some(({ event }) => event.type === 'plan-grown')).toBe(false);
  });

  test('a dialogue that comes to nothing ends the chain, and the phases after it are skipped', async () => {
    const model = playModel((call) => {
      if (call.text.includes('"says" is what has to')) {
        return call.text.includes(phases.language) ? 'Any will do.' : instruct(true);
      }
      return 'a solution';
    });
    const result = await runTask({
      task: 'Greet the world.',
      pattern: 'chatdev',
      model,
      limits: { retries: 0, reroutes: 0 },
      store: new MemoryStore(),
    });
    expect(result.status).toBe('partial');
    expect(result.subtasks.map(({ id, status }) => [id, status]).slice(0, 3)).toEqual([
      ['demand-analysis', 'succeeded'],
      ['language', 'failed'],
      ['coding', 'skipped'],
    ]);
    expect(result.subtasks[1]?.error?.message).toMatch(/sub-team's run .* ended partial/);
  });

  test('phases, roles and what they are given are a team’s own; a phase need not be a dialogue; the last one is given what nobody was', async () => {
    const result = await runTask({
      task: 'A picture.',
      team: ownTeam,
      strategy: 'team',
      model: ownModel(),
      store: new MemoryStore(),
    });
    expect(result).toMatchObject({ status: 'succeeded', deliverable: 'name', ledger: { calls: 5 } });
    expect(result.subtasks.map(({ id, role, dependsOn }) => [id, role, dependsOn])).toEqual([
      ['sketch', 'sketch', []],
      ['paint', 'paint', ['sketch']],
      ['title', 'frame', ['sketch', 'paint']],
    ]);
  });

  test('is the same after a crash at any durable write, in the chain or in a dialogue', async () => {
    const options = { task: 'A picture.', team: ownTeam, strategy: 'team' as const, runId: 'r' };
    let deathAt = 0;
    for (let died = true; died; ) {
      deathAt += 1;
      const disk = new MemoryStore();
      died = await runTask({ ...options, model: ownModel(), store: dyingStore(disk, deathAt).store }).then(
        () => false,
        () => true,
      );
      const hasBegun = (await disk.readEvents('r')).length > 0;
      const after = await (hasBegun
        ? resumeRun({ runId: 'r', model: ownModel(), store: disk })
        : runTask({ ...options, model: ownModel(), store: disk }));
      expect({ deathAt, status: after.status, deliverable: after.deliverable, calls: after.ledger.calls }).toEqual({
        deathAt,
        status: 'succeeded',
        deliverable: 'name',
        calls: 5,
      });
    }
    expect(deathAt).toBeGreaterThan(30);
  });

  test.each<[object, RegExp]>([
    [{ phases: [] }, /pattern\.phases/],
    [
      {
        phases: [
          { name: 'coding', does: 'x' },
          { name: 'coding', does: 'x' },
        ],
      },
      /phases\.1\.name: there is a phase "coding" already/,
    ],
    [
      { phases: [{ name: 'coding', does: 'x', from: ['test'] }] },
      /phases\.0\.from: "test" is no earlier phase\. Earlier: there is none/,
    ],
    [{ phases: [{ name: 'Coding!', does: 'x' }] }, /is not a phase name/],
    [{ phases: [{ name: 'painting', does: 'x' }] }, /needs a role "painting"/],
  ])('%j is refused with a reason', async (given, message) => {
    const model = playModel(() => 'x');
    await expect(runTask({ task: 't', pattern: { name: 'chatdev', ...given }, model, store: new MemoryStore() })).rejects.toThrow(
      message,
    );
  });
});

/** The team file that a page shows. */
function teamOf(page: string): string {
  const text = readFileSync(fileURLToPath(new URL(`../../docs/patterns/${page}.md`, import.meta.url)), 'utf8');
  const file = join(makeTemporaryFolder(), `${page}.yaml`);
  writeFileSync(file, /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '');
  return file;
}

test('the team files of the pages are teams, and those of dialogues run', async () => {
  expect((await loadTeam(teamOf('metagpt'))).pattern?.options).toMatchObject({ rounds: 2, join: [{ role: 'auditor' }, {}] });
  const model = playModel(({ text }) => {
    if (text.includes('Judge the solution')) return instruct(true);
    if (text.includes('Say in "says"')) return instruct(false, 'Shorter.');
    return text.includes('This phase: make it shorter') ? 'a short leaflet' : 'a leaflet';
  });
  const leaflet = await runTask({
    task: 'A leaflet.',
    team: await loadTeam(teamOf('chatdev')),
    strategy: 'team',
    model,
    store: new MemoryStore(),
  });
  expect(leaflet).toMatchObject({ status: 'succeeded', deliverable: 'a short leaflet', ledger: { calls: 2 + 3 } });
  const plan = {
    version: 1 as const,
    task: 'Posters.',
    subtasks: [
      { id: 'words', role: 'slogan', instruction: 'Find it.', dependsOn: [] },
      { id: 'poster', role: 'printer', instruction: 'Print it.', dependsOn: ['words'] },
    ],
  };
  const shop = await runTask({
    task: 'Posters.',
    team: await loadTeam(teamOf('dialogue')),
    plan,
    model,
    store: new MemoryStore(),
  });
  expect(shop).toMatchObject({ status: 'succeeded', ledger: { calls: 3 } });
});
