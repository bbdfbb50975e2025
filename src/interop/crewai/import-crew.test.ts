import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { checkPlan } from '../../plan/check.ts';
import { parseTeamFile } from '../../team/team-file.ts';
import { crewProcesses } from './crew.ts';
import { renderTeamDefinition } from './crew-team.ts';
import { type ImportCrewOptions, importCrew } from './import-crew.ts';
import { toModelSpec } from './model-spec.ts';

const agents = `writer:
  role: Writer on {topic}
  goal: Write
  backstory: You write.
editor:
  role: Editor
  goal: Edit
  backstory: You edit.
`;

/** Tasks of the writer, each with these further lines. */
function tasks(more: Record<string, string[]>): string {
  return Object.entries(more)
    .map(([name, lines]) =>
      [
        `${name}:`,
        `  description: Do ${name}.`,
        '  expected_output: It.',
        '  agent: writer',
        ...lines.map((line) => `  ${line}`),
      ].join('\n'),
    )
    .join('\n');
}

function run(taskText: string, options: ImportCrewOptions = {}, agentText = agents) {
  return importCrew({ agents: { text: agentText, file: 'agents.yaml' }, tasks: { text: taskText, file: 'tasks.yaml' } }, options);
}

/** Of the tasks: what puts their outputs together depends on all of them. */
function edges(taskText: string): string[] {
  return run(taskText).steps.map(({ id, dependsOn = [] }) => `${id} ← ${dependsOn.join(' ')}`);
}

const notes = (taskText: string, agentText?: string): string[] =>
  run(taskText, {}, agentText).unresolved.map(
    ({ code, path, file, line, column }) => `${file}:${line}:${column} ${code} ${path}`,
  );

function refusal(taskText: string, agentText?: string, options?: ImportCrewOptions): string {
  try {
    run(taskText, options, agentText);
    return 'imported';
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

describe('a crew', () => {
  it('becomes a team and a plan', () => {
    const { definition, plan, team, crew } = run(
      `draft:
  description: Write about {topic}.
  expected_output: A text on {topic}
  agent: writer
  output_file: out/{topic}.md
  markdown: true
edit:
  description: Edit it.
  expected_output: A better text
  agent: editor
  guardrails: [It has no typing errors., It is short.]
`,
    );
    expect(definition).toEqual({
      version: 1,
      name: 'crew',
      roles: {
        writer: {
          description: 'Writer on {topic}',
          instructions: 'You are Writer on {topic}.\n\nYou write.\n\nYour goal: Write',
        },
        editor: { description: 'Editor', instructions: 'You are Editor.\n\nYou edit.\n\nYour goal: Edit' },
        collector: { tool: 'compose_text', description: 'Puts the outputs of all tasks together.' },
      },
    });
    expect(plan).toEqual({
      version: 1,
      task: 'Carry out the tasks of this crew: draft, edit.',
      deliverable: 'crew-output',
      inputs: ['topic'],
      subtasks: [
        {
          id: 'draft',
          role: 'writer',
          instruction:
            'Write about {topic}.\n\nExpected output: A text on {topic}\n\nWrite it in Markdown, without a code fence around it.\n\nYour answer becomes the file out/{topic}.md: give its content and nothing else.',
          dependsOn: [],
        },
        {
          id: 'edit',
          role: 'editor',
          instruction: 'Edit it.\n\nExpected output: A better text',
          dependsOn: ['draft'],
          accept: [
            { kind: 'rubric', rubric: 'It has no typing errors.' },
            { kind: 'rubric', rubric: 'It is short.' },
          ],
        },
        {
          id: 'crew-output',
          role: 'collector',
          instruction: '{"text":"## draft\\n\\n{{subtask.draft}}\\n\\n## edit\\n\\n{{subtask.edit}}"}',
          dependsOn: ['draft', 'edit'],
        },
      ],
    });
    expect(parseTeamFile(renderTeamDefinition(definition), 'team.yaml')).toEqual(team);
    expect([crew.contextEdges, crew.placeholders]).toEqual([0, ['topic']]);
  });

  it('an agent’s limits, model, tools and a task’s question to a person arrive in its role', () => {
    const { definition } = run(
      tasks({ a: ['human_input: yes'] }),
      {},
      'writer:\n  role: W\n  goal: G\n  backstory: B\n  llm: openai/gpt-4o\n  tools: [files, calc, serper]\n  max_iter: 5\n  max_execution_time: 90\n',
    );
    expect(definition.roles?.['writer']).toEqual({
      description: 'W',
      instructions: 'You are W.\n\nB\n\nYour goal: G',
      model: 'openai:gpt-4o',
      tools: ['files', 'calc'],
      limits: { maxSteps: 5, attemptTimeoutMs: 90_000 },
      approval: 'required',
    });
  });

  it('a model that is given takes the place of every llm', () => {
    const { team } = run(
      tasks({ a: [] }),
      { model: 'offline' },
      'writer:\n  role: W\n  goal: G\n  backstory: B\n  llm: gpt-4o\n',
    );
    expect([team.model, team.roles['writer']?.model]).toEqual(
      ['offline', 'offline'].map((spec, at) => (at === 0 ? spec : undefined)),
    );
  });

  it('inputs fill its placeholders in one pass, and what is left is still wanted', () => {
    const text = tasks({ a: [] }).replace('Do a.', `'On {topic} for {reader}, {"json": 1}, { topic }.'`);
    const { plan, crew, team } = run(text, { inputs: { topic: '{reader} and $&' } });
    expect(plan.subtasks[0]?.instruction).toContain('On {reader} and $& for {reader}, {"json": 1}, { topic }.');
    expect(team.roles['writer']?.description).toBe('Writer on {reader} and $&');
    expect([crew.placeholders, plan.inputs]).toEqual([['reader'], ['reader']]);
  });
});

describe('what a task is given', () => {
  test.each<[what: string, more: Record<string, string[]>, expected: string[]]>([
    ['without context: all outputs so far', { a: [], b: [], c: [] }, ['a ← ', 'b ← a', 'c ← a b']],
    [
      'with context: these',
      { a: [], b: ['context: []'], c: ['context: [a]'], d: ['context: [b, c, b]'] },
      ['a ← ', 'b ← ', 'c ← a', 'd ← b c'],
    ],
    [
      'asynchronous tasks: nothing, and after them theirs alone',
      { a: [], b: ['async_execution: true'], c: ['async_execution: true'], d: [], e: [] },
      ['a ← ', 'b ← ', 'c ← ', 'd ← b c', 'e ← b c d'],
    ],
    [
      'an asynchronous task with context',
      { a: [], b: ['async_execution: true', 'context: [a]'], c: [] },
      ['a ← ', 'b ← a', 'c ← b'],
    ],
    ['what nobody takes up', { a: [], b: ['context: []'], c: ['context: [a]'] }, ['a ← ', 'b ← ', 'c ← a']],
  ])('%s', (_what, more, expected) => {
    expect(edges(tasks(more))).toEqual(expected);
  });

  it('what nobody takes up reaches the last where a manager gives the tasks out, and is reported', () => {
    const text = tasks({ a: [], b: ['context: []'], c: ['context: [a]'] });
    const { steps, unresolved } = run(text, { process: 'hierarchical' });
    expect(steps.map(({ dependsOn }) => dependsOn)).toEqual([[], [], ['a', 'b']]);
    expect(unresolved.map(({ code, path }) => `${code} ${path}`)).toEqual(['loose-end b', 'manager-in-python ']);
  });

  it('what puts the outputs together has names of its own, and one task needs nobody for it', () => {
    const text = tasks({ 'crew-output': [], 'b{x}': [] });
    const { plan, definition } = run(text, {}, agents.replace('editor:', 'collector:'));
    expect(plan.subtasks.at(-1)).toEqual({
      id: 'crew-output-2',
      role: 'collector-2',
      instruction: JSON.stringify({ text: '## crew-output\n\n{{subtask.crew-output}}\n\n## b{x}\n\n(see subtask b{x})' }),
      dependsOn: ['crew-output', 'b{x}'],
    });
    expect(definition.roles?.['collector-2']).toMatchObject({ tool: 'compose_text' });
    const one = run(tasks({ a: [] }));
    expect([one.plan.deliverable, Object.keys(one.team.roles)]).toEqual(['a', ['writer', 'editor']]);
  });
});

describe('what stands only in Python', () => {
  it('is reported with its place, and nothing is guessed', () => {
    const told = notes(
      `lost:
  description: Who does this?
  expected_output: It.
  context: [later, lost, nobody]
  output_pydantic: Report
  callback: tell
  guardrail: { function: check }
  tools: [search]
  retries: 3
later:
  description: This is {two words}.
  agent: wirter
`,
      `writer:
  role: W
  goal: G
  backstory: B
  llm: local_llm
  tools: [search]
  allow_delegation: true
  verbose: true
  multimodal: false
`,
    );
    expect(told).toEqual([
      'agents.yaml:6:11 tool-in-python writer.tools.0',
      'agents.yaml:7:3 no-counterpart writer.allow_delegation',
      'agents.yaml:5:3 llm-unknown writer.llm',
      'tasks.yaml:4:13 later-context lost.context.0',
      'tasks.yaml:4:20 later-context lost.context.1',
      'tasks.yaml:4:26 unknown-context lost.context.2',
      'tasks.yaml:5:3 schema-in-python lost.output_pydantic',
      'tasks.yaml:6:3 callback-in-python lost.callback',
      'tasks.yaml:8:3 tool-in-python lost.tools',
      'tasks.yaml:9:3 unknown-key lost.retries',
      'tasks.yaml:1:1 unassigned-task lost',
      'tasks.yaml:7:3 guardrail-in-python lost.guardrail',
      'tasks.yaml:10:1 missing-text later',
      'tasks.yaml:12:3 unknown-agent later.agent',
      'tasks.yaml:10:1 no-placeholder later',
    ]);
  });

  it('a key that stands twice counts with its last value, as in CrewAI', () => {
    const text = `${tasks({ a: ['agent: editor'] })}\n`;
    expect(run(text)).toMatchObject({ plan: { subtasks: [{ role: 'editor' }] } });
    expect(notes(text)).toEqual(['tasks.yaml:5:3 duplicate-key a.agent']);
  });

  it('merged maps, names alone and a context of one name are read as they are meant', () => {
    const { plan, unresolved } = run(
      'a: &base\n  description: Do it.\n  expected_output: It.\n  agent: writer\nb:\n  <<: *base\n  agent: editor\n  context: a\nc:\n',
    );
    expect(plan.subtasks.map(({ id, role, dependsOn }) => `${id} ${role} ← ${dependsOn.join(' ')}`)).toEqual([
      'a writer ← ',
      'b editor ← a',
      'c unassigned ← a b',
      'crew-output collector ← a b c',
    ]);
    expect(unresolved.map(({ code }) => code)).toEqual(['missing-text', 'unassigned-task']);
  });

  it('a task without an agent has a role that no team has, until somebody says who does it', () => {
    const text = 'a:\n  description: Do it.\n  expected_output: It.\n';
    const { plan, team } = run(text);
    expect(checkPlan(plan, { roles: Object.keys(team.roles) }).problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'unknown-role subtasks.0.role',
    ]);
    expect(run(text, { assign: { a: 'editor' } })).toMatchObject({ plan: { subtasks: [{ role: 'editor' }] }, unresolved: [] });
  });
});

describe('a hierarchical crew', () => {
  const text = `${tasks({ a: [] })}\nb:\n  description: Do it.\n  expected_output: It.\n`;

  it('has a manager that gives out its tasks, which the team holds', () => {
    const { plan, team, manager, steps, unresolved } = run(text, { process: 'hierarchical' });
    expect([manager, Object.keys(team.roles), plan.subtasks.map(({ id, role, grow }) => [id, role, grow])]).toEqual([
      'manager',
      ['writer', 'editor', 'manager'],
      [['manage-1', 'manager', true]],
    ]);
    expect(steps.map(({ id, role, dependsOn }) => [id, role, dependsOn])).toEqual([
      ['a', 'writer', []],
      ['b', undefined, ['a']],
    ]);
    expect(team.pattern).toEqual({
      name: 'crewai-hierarchical',
      options: { manager: 'manager', coworkers: ['writer', 'editor'], tasks: steps, asks: 1, inputs: ['topic'] },
    });
    expect(team.roles['manager']).toMatchObject({
      purpose: 'manage',
      output: { required: ['action', 'coworker', 'work', 'context'] },
    });
    expect(unresolved.map(({ code }) => code)).toEqual(['unassigned-task', 'manager-in-python']);
  });

  it('the manager may be an agent of the crew: it does no task itself', () => {
    const { manager, team, unresolved } = run(`${text}  agent: editor\n`, { process: 'hierarchical', manager: 'editor' });
    expect([manager, Object.keys(team.roles)]).toEqual(['editor', ['writer', 'editor']]);
    expect(team.pattern?.options).toMatchObject({ coworkers: ['writer'], tasks: [{ id: 'a', role: 'writer' }, { id: 'b' }] });
    expect(team.pattern?.options['tasks']).not.toMatchObject([{}, { role: expect.anything() }]);
    expect(unresolved.map(({ code, path }) => `${code} ${path}`)).toEqual(['differs b.agent']);
    expect(team.roles['editor']?.instructions).toMatch(/^You are Editor\.[^]*You do no task yourself\./);
  });

  it('a plan that can grow past a planner’s limit has the room for it, and a crew that is too large is refused', () => {
    const sized = (count: number) => tasks(Object.fromEntries(Array.from({ length: count }, (_, at) => [`t${at}`, []])));
    expect(run(sized(49), { process: 'hierarchical' }).team.planner.maxSubtasks).toBe(200);
    expect(run(sized(50), { process: 'hierarchical' }).team.planner.maxSubtasks).toBe(201);
    expect(refusal(sized(201), undefined, { process: 'hierarchical' })).toBe(
      'tasks.yaml: the crew has 201 tasks; a manager is given at most 200. Import it with --process sequential.',
    );
    const many = Array.from({ length: 101 }, (_, at) => `a${at}:\n  role: R\n  goal: G\n  backstory: B`).join('\n');
    expect(refusal('a:\n  description: d\n  expected_output: e\n', many, { process: 'hierarchical' })).toBe(
      'agents.yaml: the crew has 101 agents; a manager is given at most 100. Import it with --process sequential.',
    );
    const long = `writer:\n  role: W\n  goal: G\n  backstory: ${'b'.repeat(90_000)}\n`;
    const wide = Object.fromEntries(Array.from({ length: 5 }, (_, at) => [`t${at}`, [`output_file: ${'f'.repeat(90_000)}`]]));
    expect(refusal(tasks(wide), long, { process: 'hierarchical' })).toMatch(
      /^tasks\.yaml: agents and tasks together would be a team file of \d+ characters; at most 500000 are read/,
    );
  });

  it('a crew of its manager alone is refused', () => {
    const alone = 'boss:\n  role: B\n  goal: G\n  backstory: B\n';
    const one = 'a:\n  description: d\n  expected_output: e\n';
    expect(refusal(one, alone, { process: 'hierarchical', manager: 'boss' })).toBe(
      'agents.yaml: the crew has nobody besides its manager, and a manager does no task itself.',
    );
  });

  it('an agent that is called manager is not taken for it', () => {
    const { manager } = run(
      'a:\n  description: d\n  expected_output: e\n',
      { process: 'hierarchical' },
      'manager:\n  role: M\n  goal: G\n  backstory: B\n',
    );
    expect(manager).toBe('crew-manager');
  });
});

describe('files that are refused', () => {
  const one = tasks({ a: [] });
  test.each<[what: string, text: string, agentText: string | undefined, message: string]>([
    [
      'no YAML',
      'a: {',
      undefined,
      'tasks.yaml:1:5: not valid YAML: Flow map in block collection must be sufficiently indented and end with a }.',
    ],
    ['nothing', '', undefined, 'tasks.yaml:1:1: the file is empty.'],
    ['a list', '- a', undefined, 'tasks.yaml:1:1: must hold entries by name, not a list.'],
    ['an entry that is none', one, 'a: 5', 'agents.yaml:1:4 a: must hold fields by name, not 5.'],
    ['a role that is a list', one, 'a:\n  role: [x]', 'agents.yaml:2:9 a.role: must be text, not a list.'],
    ['a count that is none', one, 'a:\n  max_iter: 0', 'agents.yaml:2:13 a.max_iter: must be a whole number from 1, not 0.'],
    [
      'a flag that is none',
      tasks({ a: ['async_execution: 7'] }),
      undefined,
      'tasks.yaml:5:20 a.async_execution: must be true or false, not 7.',
    ],
    ['a context that is no list', tasks({ a: ['context: 7'] }), undefined, 'tasks.yaml:5:12 a.context: must be a list, not 7.'],
    [
      'an id that is reserved',
      tasks({ '"@a"': [] }),
      undefined,
      'tasks.yaml:1:1 @a: is no id of a subtask: at most 200 characters, no "@" at its beginning, no "[1]" at its end.',
    ],
  ])('%s', (_what, text, agentText, message) => {
    expect(refusal(text, agentText)).toBe(message);
  });

  it('more entries than a crew has, and more notes than anybody reads', () => {
    expect(refusal(tasks(Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`t${at}`, []]))))).toBe(
      'tasks.yaml:1:1: holds 1001 entries; at most 1000 are read.',
    );
    const nobody = `a:\n  context: [${'x, '.repeat(5000)}]\n  agent: writer\n`;
    const { unresolved } = run(nobody);
    expect([unresolved.length, unresolved.at(-1)?.message]).toEqual([1001, 'There are 4001 more. Correct those listed first.']);
  });

  it('aliases that unfold to too much', () => {
    const bomb = Array.from(
      { length: 12 },
      (_, at) => `k${at}: &a${at} {x: ${at === 0 ? '1' : `[${`*a${at - 1},`.repeat(9)}]`}}`,
    ).join('\n');
    expect(refusal(bomb)).toMatch(
      /^tasks\.yaml:\d+:\d+: the (file uses more than 100 aliases|aliases \(\*name\) expand to too much)/,
    );
  });

  it.each<[options: ImportCrewOptions, message: string]>([
    [
      { inputs: { tpic: 'x' } },
      'The crew has no placeholder of this name: unknown placeholder "tpic". Did you mean "topic"? Known placeholders: topic.',
    ],
    [{ assign: { b: 'writer' } }, 'The crew has no task of this name: unknown task "b". Known tasks: a.'],
    [{ assign: { a: 'boss' } }, 'The crew has no agent of this name: unknown agent "boss". Known agents: writer, editor.'],
    [{ manager: 'editor' }, 'A manager is of a hierarchical crew. Give --process hierarchical, too.'],
    [
      { manager: 'boss', process: 'hierarchical' },
      'The crew has no such manager: unknown agent "boss". Known agents: writer, editor.',
    ],
  ])('%j', (options, message) => {
    expect(refusal(one, undefined, options)).toBe(message);
  });
});

it('any two files are imported or refused with a deliberate error, and a plan that comes of them is valid', () => {
  const unit = fc.constantFrom(
    'a',
    'b',
    ':',
    ' ',
    '\n',
    '  ',
    '{x}',
    '- ',
    '[',
    ']',
    '&a ',
    '*a',
    '"',
    'agent: a',
    'context: [a]',
    'role: r',
    '#',
    '|',
    '>',
    '!!map ',
    '\t',
  );
  const text = fc.string({ unit, maxLength: 40 });
  fc.assert(
    fc.property(text, text, fc.constantFrom(...crewProcesses), (agentText, taskText, process) => {
      const outcome = refusal(taskText, agentText, { process });
      expect(outcome).not.toMatch(/undefined is not|Cannot read properties/);
    }),
    { seed: 5, numRuns: 1500 },
  );
});

test.each([
  ['openai/gpt-4o', 'openai:gpt-4o'],
  ['gpt-4o-mini', 'openai:gpt-4o-mini'],
  ['o3-mini', 'openai:o3-mini'],
  ['anthropic/claude-3-5-sonnet', 'anthropic:claude-3-5-sonnet'],
  ['claude-3-5-sonnet', 'anthropic:claude-3-5-sonnet'],
  ['gemini/gemini-2.0-flash', 'google:gemini-2.0-flash'],
  ['ollama/llama3.2', 'http://127.0.0.1:11434/v1#llama3.2'],
  ['openrouter/openai/gpt-4o', 'https://openrouter.ai/api/v1#openai/gpt-4o'],
  ['groq/llama-3.1-8b', 'https://api.groq.com/openai/v1#llama-3.1-8b'],
  ['azure/gpt-4o', undefined],
  ['constructor/x', undefined],
  ['local_llm', undefined],
  ['openai/', undefined],
  ['', undefined],
])('the model %s is %s', (llm, spec) => {
  expect(toModelSpec(llm)).toBe(spec);
});
