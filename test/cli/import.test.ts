import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPlanText, parseTeamFile } from 'planwright';
import { beforeEach, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.ts';
import type { CliIo } from '../../src/cli/io.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { runCommand } from './command-process.ts';

let folder = '';
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

/** Paths below the folder without it. */
function hide(text: string): string {
  return text.replaceAll(`${folder}/`, '');
}

/** In this process, where nothing is read from stdin: a path is one below the folder, and is shown as such. */
async function command(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' };
  const io: CliIo = {
    print: async (text) => {
      said.stdout += text;
      return true;
    },
    note: (text) => void (said.stderr += text),
    printsToTerminal: false,
    terminal: null,
  };
  const placed = args.map((arg) => (/^(?:[\w/]+\.\w+|crew|out|nowhere)$/.test(arg) ? join(folder, arg) : arg));
  const code = await runCommandLine(placed, io);
  return { code, stdout: hide(said.stdout), stderr: hide(said.stderr) };
}

beforeEach(() => {
  folder = makeTemporaryFolder();
});

describe('import plan', () => {
  test('a text gives a plan file, as YAML or JSON', async () => {
    write('plan.txt', 'Plan: Look.\n#E1 = Wikipedia[Milhouse]\n#E2 = LLM[Who? #E1]\n');
    const yaml = await command('import', 'plan', 'plan.txt', '--dialect', 'rewoo', '--task', 'Who is it?');
    const json = await command('import', 'plan', 'plan.txt', '--dialect', 'rewoo', '--task', 'Who is it?', '--json');
    expect([yaml.code, yaml.stderr, json.code, json.stderr]).toEqual([0, '', 0, '']);
    expect(JSON.parse(json.stdout)).toEqual({
      version: 1,
      task: 'Who is it?',
      subtasks: [
        { id: 'E1', role: 'wikipedia', instruction: 'Look.\nWikipedia[Milhouse]', dependsOn: [] },
        { id: 'E2', role: 'llm', instruction: 'LLM[Who? {{E1}}]', dependsOn: ['E1'] },
      ],
    });
    expect(checkPlanText(yaml.stdout, 'plan.yaml').plan).toEqual(JSON.parse(json.stdout));
  });

  test('a text that can’t be imported: every problem with its place', async () => {
    const input = '1. a($1)\n2. b($7)\n';
    const args = ['import', 'plan', '-', '--dialect', 'llmcompiler'];
    const told = await runCommand(folder, args, { input });
    expect(told).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'The plan stdin can’t be imported:\n  stdin:1:6 self-reference Step 1 refers to itself by "$1". Refer to an earlier step.\n  stdin:2:6 forward-reference Step 2 refers to "$7", which is no earlier step.\n',
    });
    const json = await runCommand(folder, [...args, '--json'], { input });
    expect(JSON.parse(json.stdout)).toMatchObject({
      error: { code: 'plan-invalid', file: 'stdin', line: 1, column: 6, problems: [{ code: 'self-reference' }, { line: 2 }] },
    });
  });

  test('a .jsonl file gives a line for each plan, or why there is none', async () => {
    const rows = [
      { question: 'Q1', decomposition: 'return a ;return #1 of b' },
      { dialect: 'llmcompiler', question: 'Q2', plan: '1. a()\n2. join()' },
      'return c',
      { plan: 'return #1' },
      { text: 7 },
      { dialect: 'sql', plan: 'x' },
    ];
    write('plans.jsonl', `${rows.map((row) => JSON.stringify(row)).join('\n\n')}\n{`);
    const { code, stdout } = await command('import', 'plan', 'plans.jsonl', '--dialect', 'qdmr', '--role', 'reader');
    const lines = stdout.trimEnd().split('\n');
    const told = lines.map(
      (line) => JSON.parse(line) as { task?: string; subtasks?: unknown[]; error?: { code: string; line: number } },
    );
    expect([
      code,
      ...told.map(({ task, subtasks, error }) => (error ? `${error.line} ${error.code}` : `${task} ${subtasks?.length}`)),
    ]).toEqual([2, 'Q1 2', 'Q2 1', 'Carry out this QDMR plan. 1', '7 plan-invalid', '9 usage', '11 usage', '12 usage']);
    // What it gives is what check takes.
    write('read.jsonl', lines.slice(0, 3).join('\n'));
    expect((await command('check', 'read.jsonl')).code).toBe(0);
  });

  test.each([
    [['import', 'plan', 'plan.txt'], 'Say how the plan is written: --dialect rewoo|llmcompiler|qdmr.'],
    [['import', 'plan', 'none.txt', '--dialect', 'rewoo'], 'Cannot read the plan none.txt: there is no such file.'],
    [['import'], 'Say what: planwright import plan FILE, or planwright import crewai DIR.'],
  ])('%j is refused', async (args, message) => {
    write('plan.txt', '#E1 = A[x]');
    const { code, stderr } = await command(...args);
    expect([code, stderr.split('\n')[0]]).toEqual([2, message]);
  });
});

const agents = 'writer:\n  role: Writer on {topic}\n  goal: Write\n  backstory: You write.\n';
const tasks = `first:
  description: Write about {topic}.
  expected_output: A text
  agent: writer
second:
  description: Write it anew.
  expected_output: A text
`;

describe('import crewai', () => {
  beforeEach(() => {
    mkdirSync(join(folder, 'crew/config'), { recursive: true });
    write('crew/config/agents.yaml', agents);
    write('crew/config/tasks.yml', tasks);
  });

  test('--json says what was found', async () => {
    const { code, stdout, stderr } = await command('import', 'crewai', 'crew', '--json');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({
      process: 'sequential',
      agents: [{ name: 'writer', roleName: 'writer', role: 'Writer on {topic}', tools: [] }],
      tasks: [
        { name: 'first', agent: 'writer', role: 'writer', context: null, dependsOn: [], async: false, humanInput: false },
        { name: 'second', agent: null, role: 'unassigned', context: null, dependsOn: ['first'], async: false, humanInput: false },
      ],
      contextEdges: 0,
      placeholders: ['topic'],
      unassigned: ['second'],
      unresolved: [
        {
          code: 'unassigned-task',
          path: 'second',
          message: expect.stringContaining('--assign second=AGENT'),
          file: 'crew/config/tasks.yml',
          line: 5,
          column: 1,
        },
      ],
    });
  });

  test('its files run once its inputs are given; a folder that has them is left alone', async () => {
    const { stdout } = await command('import', 'crewai', 'crew', '--out', 'out', '--assign', 'second=writer');
    const hint = stdout.trimEnd().split('\n').at(-1);
    expect(hint).toBe('planwright run --team out/team.yaml --plan out/plan.yaml --input topic=VALUE');
    expect(Object.keys(parseTeamFile(read('out/team.yaml'), 'team.yaml').roles)).toEqual(['writer', 'collector']);
    const run = ['run', '--team', 'out/team.yaml', '--plan', 'out/plan.yaml', '--json', '--store', join(folder, 'store')];
    const without = await command(...run);
    expect([without.code, JSON.parse(without.stdout)]).toEqual([
      2,
      { error: { code: 'usage', message: 'The plan needs "topic". Give each: --input topic=VALUE.' } },
    ]);
    const given = await command(...run, '--input', 'topic=tides = water');
    expect([given.code, JSON.parse(given.stdout)]).toMatchObject([
      0,
      { status: 'succeeded', ledger: { callsByPurpose: { execute: 2 } } },
    ]);
    const shown = await command('show', 'last', '--events', '--json', '--store', join(folder, 'store'));
    expect(shown.stdout).toContain('Write about tides = water.');
    expect(shown.stdout).not.toContain('{topic}');
    const again = await command('import', 'crewai', 'crew', '--out', 'out');
    expect([again.code, again.stderr]).toEqual([2, 'out/team.yaml is there already. Give another folder, or remove it.\n']);
  });

  test('a hierarchical crew’s tasks are in its team file, and its plan begins with the manager', async () => {
    const flags = ['--process', 'hierarchical', '--json'];
    const { code, stdout } = await command('import', 'crewai', 'crew', '--out', 'out', ...flags);
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      {
        process: 'hierarchical',
        manager: 'manager',
        tasks: [
          { name: 'first', agent: 'writer', role: 'writer', dependsOn: [] },
          { name: 'second', agent: null, role: null, dependsOn: ['first'] },
        ],
        unassigned: ['second'],
      },
    ]);
    const team = parseTeamFile(read('out/team.yaml'), 'team.yaml');
    expect(team.pattern).toMatchObject({ name: 'crewai-hierarchical', options: { coworkers: ['writer'], inputs: ['topic'] } });
    expect(checkPlanText(read('out/plan.yaml'), 'plan.yaml').plan).toMatchObject({
      inputs: ['topic'],
      subtasks: [{ id: 'manage-1', role: 'manager', grow: true }],
    });
    const open = await command('run', 'Write.', '--team', 'out/team.yaml', '--store', join(folder, 'store'));
    expect([open.code, open.stderr]).toEqual([2, expect.stringContaining('The crew needs "topic".')]);
  });

  test('a task that nobody is named for is refused before anything runs', async () => {
    await command('import', 'crewai', 'crew', '--out', 'out', '--input', 'topic=x');
    const { code, stderr } = await command('run', '--team', 'out/team.yaml', '--plan', 'out/plan.yaml');
    expect([code, stderr]).toEqual([
      2,
      'subtasks.1.role: Role "unassigned" is not in the team. Known roles: "writer", "collector", "generalist".\n',
    ]);
  });

  test('a problem in a file carries its place', async () => {
    write('crew/config/agents.yaml', 'writer:\n  role: "open\n');
    const { code, stdout } = await command('import', 'crewai', 'crew', '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([
      2,
      { error: { code: 'team-invalid', file: 'crew/config/agents.yaml', line: 3, column: 1 } },
    ]);
  });

  test.each([
    [['crew', '--input', 'topic'], '--input topic: write --input NAME=VALUE.'],
    [['crew', '--input', 'topic=a', '--input', 'topic=b'], '--input topic is given twice. Give it once.'],
    [['nowhere'], 'There is no agents.yaml and no tasks.yaml in nowhere, its config/ or one src/NAME/config/.'],
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await command('import', 'crewai', ...args);
    expect([code, stderr]).toEqual([2, `${message}\n`]);
  });
});
