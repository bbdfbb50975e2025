import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { runCommand } from './command-process.ts';

const goodPlan = `version: 1
task: Report on the bridge
deliverable: report
subtasks:
  - { id: a, role: researcher, instruction: Find risks, dependsOn: [], estimate: { durationMs: 2000 } }
  - { id: b, role: researcher, instruction: Find costs, dependsOn: [], estimate: { durationMs: 3000 } }
  - { id: report, role: writer, instruction: Write, dependsOn: [a, b], estimate: { durationMs: 1000 } }
`;
const badPlan = `version: 1
task: t
subtasks:
  - id: a
    role: researcher
    instruction: i
    dependsOn:
      - b
`;

const subtask = (id: string, dependsOn: string[]) => ({ id, role: 'r', instruction: 'i', dependsOn });
const plan = (...subtasks: unknown[]) => ({ version: 1, task: 't', subtasks });

let folder = '';
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const check = (...args: string[]) => runCommand(folder, ['check', ...args]);

beforeEach(() => {
  folder = makeTemporaryFolder();
  write('good.yaml', goodPlan);
  write('bad.yaml', badPlan);
});

describe('one plan', () => {
  test('a valid plan is shown by its shape', async () => {
    expect(await check('good.yaml')).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'good.yaml: a valid plan',
        '  3 subtasks, 2 dependencies, depth 2, width 2, 2 roots, 1 leaf',
        '  critical path 4.0 s: b → report',
        '  makespan 4.0 s with any number of workers, 6.0 s with one',
        '  forecast right with 72.9 %, 3 calls, 4.0 s with 8 at once (in part from assumptions: planwright simulate says which)',
        '',
      ].join('\n'),
    });
  });

  test('its JSON has the keys of the contract', async () => {
    const { code, stdout, stderr } = await check('good.yaml', '--json', '--workers', '1');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      file: 'good.yaml',
      ok: true,
      problems: [],
      shape: {
        subtasks: 3,
        edges: 2,
        depth: 2,
        width: 2,
        roots: 2,
        leaves: 1,
        criticalPathMs: 4000,
        criticalPath: ['b', 'report'],
        makespanMs: { unlimited: 4000, workers: 6000, one: 6000 },
      },
      forecast: {
        version: 1,
        success: expect.closeTo(0.9 ** 3, 12),
        makespanMs: 6000,
        calls: 3,
        tokens: null,
        costUsd: null,
        basis: ['estimate', 'prior'],
      },
    });
  });

  test('the forecast counts a team’s checks, limits and estimates', async () => {
    write(
      'team.yaml',
      'name: t\nroles: { researcher: { accept: [{ kind: quotes }] }, writer: {} }\nlimits: { retries: 2, concurrency: 1 }\n',
    );
    write('estimates.yaml', goodPlan.replaceAll('durationMs:', 'p: .5, tokens: 100, durationMs:'));
    const without = JSON.parse((await check('estimates.yaml', '--json')).stdout).forecast;
    const withTeam = JSON.parse((await check('estimates.yaml', '--json', '--team', 'team.yaml')).stdout).forecast;
    expect(without).toMatchObject({ success: 0.125, calls: 3, tokens: 300, makespanMs: 4000, basis: ['estimate'] });
    // Two of three subtasks are checked: more of what is wrong is found, and made again.
    expect(withTeam.success).toBeGreaterThan(0.125);
    expect(withTeam.calls).toBeGreaterThan(3);
    expect(withTeam.makespanMs).toBeGreaterThan(6000);
  });

  test('a plan with problems has no forecast', async () => {
    write('unreachable.yaml', goodPlan.replace('[a, b]', '[a]'));
    const { code, stdout } = await check('unreachable.yaml', '--json');
    const { ok, shape, forecast } = JSON.parse(stdout);
    expect({ code, ok, subtasks: shape.subtasks, forecast }).toEqual({ code: 2, ok: false, subtasks: 3, forecast: undefined });
  });

  test('a problem is one line that an editor can jump to', async () => {
    const { code, stdout, stderr } = await check('bad.yaml');
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    expect(stdout).toMatch(/^bad\.yaml:8:9 unknown-dependency .+\n$/);
    const json = JSON.parse((await check('bad.yaml', '--json')).stdout);
    expect(json).toMatchObject({
      ok: false,
      shape: null,
      problems: [{ code: 'unknown-dependency', subtaskId: 'a', path: 'subtasks.0.dependsOn.0', line: 8, column: 9 }],
    });
  });

  test('a plan comes in on stdin', async () => {
    const { code, stdout } = await runCommand(folder, ['check', '-'], { input: goodPlan });
    expect({ code, first: stdout.split('\n')[0] }).toEqual({ code: 0, first: 'stdin: a valid plan' });
  });

  test('a text that is no plan at all is located too, as a problem and as an error', async () => {
    write('broken.yaml', 'version: 1\ntask: "t\n');
    const { code, stdout } = await check('broken.yaml', '--json');
    expect(code).toBe(2);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ ok: false, shape: null, error: { code: 'plan-unreadable', file: 'broken.yaml' } });
    expect(document.problems).toEqual([
      { code: 'malformed', message: document.error.message, line: document.error.line, column: document.error.column },
    ]);
    expect(document.error.line).toBeGreaterThan(0);
  });

  test('roles are checked against a team only when one is named', async () => {
    write('roles.yaml', goodPlan.replace('role: writer', 'role: poet'));
    expect((await check('roles.yaml')).code).toBe(0);
    const { code, stdout } = await check('roles.yaml', '--team', 'research');
    expect(code).toBe(2);
    expect(stdout).toMatch(/^roles\.yaml:7:\d+ unknown-role Role "poet" is not in the team\. Known roles: /);
  });
});

describe('several plans', () => {
  test('each has one line of JSON, and an unreadable one does not end the rest', async () => {
    const { code, stdout } = await check('none.yaml', 'bad.yaml', 'good.yaml', '--json');
    expect(code).toBe(2);
    const documents = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(documents.map(({ file, ok }) => ({ file, ok }))).toEqual([
      { file: 'none.yaml', ok: false },
      { file: 'bad.yaml', ok: false },
      { file: 'good.yaml', ok: true },
    ]);
    expect(documents[0].error.code).toBe('usage');
  });

  test('a .jsonl has one line of JSON for each plan, with its line and its id', async () => {
    write(
      'plans.jsonl',
      [
        JSON.stringify({ id: 'one', ...plan(subtask('a', [])) }),
        '',
        JSON.stringify({ id: 2, plan: plan(subtask('a', ['b']), subtask('b', ['a'])) }),
        '{"id": "three"',
        JSON.stringify(plan(subtask('a', []), subtask('a', []))),
      ].join('\n'),
    );
    const { code, stdout, stderr } = await check('plans.jsonl');
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    const documents = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(
      documents.map(({ line, id, ok, problems }) => ({
        line,
        id,
        ok,
        codes: problems.map((problem: { code: string }) => problem.code),
      })),
    ).toEqual([
      { line: 1, id: 'one', ok: true, codes: [] },
      { line: 3, id: 2, ok: false, codes: ['cycle'] },
      { line: 4, id: undefined, ok: false, codes: ['malformed'] },
      { line: 5, id: undefined, ok: false, codes: ['duplicate-id'] },
    ]);
    expect(documents[2].problems[0].line).toBe(4);
    expect(documents.map(({ forecast }) => forecast?.success)).toEqual([0.9, undefined, undefined, undefined]);
  });

  test('a reader that has seen enough ends a long list quietly', async () => {
    const line = JSON.stringify({ version: 1, task: 't', subtasks: [{ id: 'a', role: 'r', instruction: 'i'.repeat(1000) }] });
    write('many.jsonl', `${line}\n`.repeat(20_000));
    const { startCommand } = await import('./command-process.ts');
    const { child, ended, output } = startCommand(folder, ['check', 'many.jsonl']);
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect((await ended).code).toBe(0);
    expect(output.stderr).toBe('');
    expect(output.stdout.split('\n').length).toBeLessThan(20_000);
  });
});
