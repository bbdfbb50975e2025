import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { runCommand } from './command-process.ts';

const step = (id: string, role: string, after?: string, rest = ''): string =>
  `  - { id: ${id}, role: ${role}, instruction: Do ${id}${after === undefined ? '' : `, dependsOn: [${after}]`}${rest} }\n`;
const head = 'version: 1\ntask: t\nsubtasks:\n';
/** Five steps of different roles: nothing to fuse. */
const chain = `${head}${step('a', 'one')}${step('b', 'two', 'a')}${step('c', 'one', 'b')}${step('d', 'two', 'c')}${step('e', 'one', 'd')}`;
const checked = ', accept: [{ kind: predicate, minLength: 1 }]';

let folder = '';
const written = new Set<string>();
const write = (name: string, text: string): void => {
  written.add(name);
  writeFileSync(join(folder, name), text);
};
/** In this process, which starts at once; a file that was written is found by its name. */
async function planwright(...args: string[]) {
  const output = { stdout: '', stderr: '' };
  const paths = args.map((arg) => (written.has(arg) ? join(folder, arg) : arg));
  const code = await runCommandLine(paths, {
    print: (text) => {
      output.stdout += text;
      return Promise.resolve(true);
    },
    note: (text) => {
      output.stderr += text;
    },
    printsToTerminal: false,
    terminal: null,
  });
  const { stdout, stderr } = output;
  return { code, stdout: stdout.replaceAll(`${folder}/`, ''), stderr: stderr.replaceAll(`${folder}/`, '') };
}

const simulate = async (...args: string[]) => {
  const { code, stdout, stderr } = await planwright('simulate', ...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
};
/** By the formula, where the trials don't matter. */
const forecastSuccess = async (...args: string[]): Promise<number> =>
  (await simulate(...args, '--trials', '10')).forecast.success;

beforeEach(() => {
  folder = makeTemporaryFolder();
  write('chain.yaml', chain);
});

describe('simulate', () => {
  test('a chain of five at .9: the keys of the contract, and .59', async () => {
    const simulation = await simulate('chain.yaml', '--p', '.9', '--seed', '3', '--trials', '2000');
    expect(simulation).toMatchObject({
      file: 'chain.yaml',
      trials: 2000,
      seed: 3,
      success: { mean: expect.any(Number), low: expect.any(Number), high: expect.any(Number) },
      makespanMs: null,
      calls: 5,
      tokens: null,
      costUsd: null,
      forecast: { success: expect.closeTo(0.9 ** 5, 12), basis: ['given'] },
    });
    const { low, mean, high } = simulation.success;
    expect([low, 0.9 ** 5, high]).toEqual([low, 0.9 ** 5, high].toSorted((a, b) => a - b));
    expect(Math.abs(mean - 0.9 ** 5)).toBeLessThan(0.02);
    expect(await simulate('chain.yaml', '--p', '.9', '--seed', '3', '--trials', '2000')).toEqual(simulation);
  });

  test('roles have their own p, which replaces what the plan says', async () => {
    write(
      'own.yaml',
      `${head}${step('a', 'one', undefined, ', estimate: { p: 0.1 }')}${step('b', 'two', 'a', ', estimate: { p: 0.2 }')}`,
    );
    expect(await forecastSuccess('own.yaml')).toBeCloseTo(0.02, 12);
    expect(await forecastSuccess('own.yaml', '--p', '.5')).toBeCloseTo(0.25, 12);
    expect(await forecastSuccess('own.yaml', '--p', 'one=.5')).toBeCloseTo(0.1, 12);
    expect(await forecastSuccess('own.yaml', '--p', 'one=.5,two=1')).toBeCloseTo(0.5, 12);
    expect(await forecastSuccess('own.yaml', '--p', '.9,two=.5')).toBeCloseTo(0.45, 12);
  });

  test('checks, retries and error rates count', async () => {
    write('checked.yaml', `${head}${step('a', 'one', undefined, checked)}`);
    const perfect = ['--p', '.5', '--false-accept', '0', '--false-reject', '0', '--trials', '4000'];
    const none = await simulate('checked.yaml', ...perfect, '--retries', '0');
    // The re-route to the generalist is an attempt too.
    expect(none.forecast.success).toBe(0.75);
    expect(Math.abs(none.success.mean - 0.75)).toBeLessThan(0.03);
    const three = await simulate('checked.yaml', ...perfect, '--retries', '3');
    expect(Math.abs(three.success.mean - (1 - 0.5 ** 5))).toBeLessThan(0.02);
    expect(Math.abs(three.calls - (1 - 0.5 ** 5) / 0.5)).toBeLessThan(0.1);
  });

  test('workers, a team and a planner count', async () => {
    const timed = ', estimate: { durationMs: 1000 }';
    write(
      'wide.yaml',
      `${head}${step('a', 'one', undefined, timed)}${step('b', 'one', undefined, timed)}${step('c', 'one', 'a, b', timed)}`,
    );
    const [one, many] = [await simulate('wide.yaml', '--workers', '1'), await simulate('wide.yaml')];
    expect([one.forecast.makespanMs, many.forecast.makespanMs]).toEqual([3000, 2000]);
    expect(one.makespanMs.p50).toBeGreaterThan(many.makespanMs.p50);
    expect(one.makespanMs.p90).toBeGreaterThan(one.makespanMs.p50);
    write('team.yaml', 'name: t\nroles: { one: { accept: [{ kind: quotes }] } }\nlimits: { reroutes: 0, retries: 0 }\n');
    const strict = await simulate('wide.yaml', '--team', 'team.yaml', '--p', '1', '--false-reject', '1');
    expect(strict).toMatchObject({ success: { mean: 0 }, attempts: 2 });
    expect((await simulate('wide.yaml', '--planned', '--p', '1')).calls).toBe(4);
  });

  test('the table says what the numbers rest on', async () => {
    const { code, stdout } = await planwright('simulate', 'chain.yaml', '--p', 'one=.95');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^chain\.yaml: 5 subtasks, 1,000 trials, seed 1\n/);
    expect(stdout).toMatch(/^ {2}right {5}\d\d\.\d % \(\d\d\.\d % to \d\d\.\d %\) .*69\.4 %$/m);
    expect(stdout).toContain('  p         one 0.95 (given), two 0.9 (assumed)\n');
    expect(stdout).toContain('  checks    none: every result is taken as it is\n');
    expect(stdout).toContain('  limits    1 retry, 1 re-route, no replan (the plan is given), 8 at once\n');
  });

  test.each<[string[], RegExp]>([
    [['--p', '1.5'], /^--p 1\.5: give a number from 0 to 1/],
    [['--p', 'one=x'], /^--p one=x: give a number from 0 to 1/],
    [['--p', ''], /^--p : give a number from 0 to 1/],
    [
      ['--p', 'poet=.5'],
      /^--p names the role "poet", which is neither in the plan nor in the team\. Known roles: one, two, generalist\.$/,
    ],
    [['--trials', '0'], /^Option '--trials <n>' argument '0' is invalid\./],
    [['--trials', '1000001'], /^--trials 1000001 is too many: give at most 1,000,000\.$/],
    [['--seed', '-1'], /^Option '--seed <n>' argument '-1' is invalid\./],
    [['--workers', '0'], /^Option '--workers <k>' argument '0' is invalid\./],
    [
      ['--retries', '1.5'],
      /^Option '--retries <n>' argument '1\.5' is invalid\. Give a whole number from 0 to 1000, such as 1\./,
    ],
    [['--false-accept', '2'], /^Option '--false-accept <x>' argument '2' is invalid\./],
  ])('%j is wrong use', async (args, message) => {
    const { code, stdout } = await planwright('simulate', 'chain.yaml', ...args, '--json');
    const { error } = JSON.parse(stdout);
    expect({ code, errorCode: error.code }).toEqual({ code: 2, errorCode: 'usage' });
    expect(error.message).toMatch(message);
  });

  test('a plan with problems is not simulated', async () => {
    write('bad.yaml', chain.replace('[a]', '[z]'));
    const { code, stderr } = await planwright('simulate', 'bad.yaml');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^The plan bad\.yaml is not valid:\n {2}bad\.yaml:5:\d+ unknown-dependency /);
  });
});

describe('the optimizer', () => {
  const line = `${head}${step('a', 'one')}${step('b', 'one', 'a')}${step('c', 'two', 'b')}`;

  test('plan --explain shows the plan, the steps and what comes out', async () => {
    const text = await planwright('plan', 'What are the risks? What are the costs?', '--explain');
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/^The plan:\n1 {2}.+\nforecast right with \d+\.\d %, /s);
    const { code, stdout } = await planwright('plan', 'What are the risks? What are the costs?', '--explain', '--json');
    const { before, steps, after } = JSON.parse(stdout);
    expect({ code, steps, same: JSON.stringify(before) === JSON.stringify(after) }).toEqual({ code: 0, steps: [], same: true });
  });

  test('plan --optimize prints a plan that run takes', async () => {
    const { code, stdout, stderr } = await planwright('plan', 'What are the risks? What are the costs?', '--optimize', '--yaml');
    expect(code).toBe(0);
    expect(stderr).toContain('The optimizer found nothing that the forecast would be better for.\n');
    write('plan.yaml', stdout);
    expect((await planwright('check', 'plan.yaml')).code).toBe(0);
  });

  test('run --plan --optimize runs the plan with its chain fused', async () => {
    write('team.yaml', 'name: t\nroles: { one: {}, two: {} }\n');
    write('line.yaml', line);
    const { code, stdout, stderr } = await runCommand(folder, [
      'run',
      '--plan',
      'line.yaml',
      '--team',
      'team.yaml',
      '--optimize',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^1\. fuse: 2 subtasks of the role one follow each other .+\n {3}right with 72\.9 % → 81\.0 %, calls 3 → 2\n/,
    );
    expect(JSON.parse(stdout).subtasks.map(({ id }: { id: string }) => id)).toEqual(['b', 'c']);
  });

  test('run --optimize without a plan says why not', async () => {
    const { code, stderr } = await planwright('run', 'x', '--optimize');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^With --optimize give --plan FILE: a planner’s plan starts while it is being written/);
  });
});

const read = (path: string): string => readFileSync(path, 'utf8');
/** What stands in fenced blocks of this kind. */
const blocks = (page: string, kind: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block);

describe('the pages', () => {
  test('docs/forecasts.md shows what the commands print', async () => {
    const page = read('docs/forecasts.md');
    write('plan.yaml', blocks(page, 'yaml')[0] ?? '');
    const shown = blocks(page, 'text');
    expect(shown.length).toBe(2);
    for (const block of shown) {
      const [, command = '', output = ''] = /^\$ planwright ([^\n]+)\n(.*)$/s.exec(block) ?? [];
      expect((await planwright(...command.split(' '))).stdout).toBe(output);
    }
  });

  test('docs/optimizer.md shows what its example prints', async () => {
    const [, file = '', output = ''] =
      /^\$ node scripts\/with-node\.js ([^\n]+)\n(.*)$/s.exec(blocks(read('docs/optimizer.md'), 'text')[0] ?? '') ?? [];
    const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=planwright:source', file]);
    expect(stdout).toBe(output);
  });
});
