import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { allocationNames } from 'planwright';
import { expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { runCommand } from './command-process.ts';

const root = resolve('.');
const simulate = (...args: string[]) => runCommand(root, ['simulate', 'examples/allocation/plan.yaml', ...args]);
const team = ['--team', 'examples/allocation/team.yaml'];

test('all ways on one plan; docs/allocation.md shows what the command prints', async () => {
  const page = readFileSync('docs/allocation.md', 'utf8');
  const shown = [...page.matchAll(/```text\n\$ planwright (simulate .*)\n([\s\S]*?)```/g)];
  expect(shown.length).toBeGreaterThan(1);
  for (const [, command = '', output = ''] of shown) {
    const { code, stdout, stderr } = await runCommand(root, command.split(' '));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').slice(0, output.trimEnd().split('\n').length).join('\n')).toBe(output.trimEnd());
  }
});

test('--json: one document, a simulation a way', async () => {
  const { code, stdout, stderr } = await simulate(...team, '--allocate', 'all', '--trials', '20', '--seed', '3', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { file, subtasks, allocations } = JSON.parse(stdout);
  expect({ file, subtasks }).toEqual({ file: 'examples/allocation/plan.yaml', subtasks: 19 });
  expect(allocations.map((one: { strategy: string }) => one.strategy)).toEqual([...allocationNames]);
  expect(allocations[2]).toMatchObject({
    version: 1,
    strategy: 'contract-net',
    trials: 20,
    seed: 3,
    kinds: { all: 4, shared: 2 },
    isTimed: true,
    success: { mean: expect.any(Number), low: expect.any(Number), high: expect.any(Number) },
    makespanMs: { p50: expect.any(Number), p90: expect.any(Number) },
    balance: { variation: expect.any(Number), maxOverMean: expect.any(Number) },
    messages: { cfp: expect.any(Number), report: expect.any(Number) },
    roles: { coder: { busyMs: expect.any(Number), attempts: expect.any(Number), slots: 1 } },
  });
});

test('one way; without a team no role can do another’s work, and that is said', async () => {
  const { code, stdout } = await simulate('--allocate', 'contract-net', '--trials', '10');
  expect(code).toBe(0);
  expect(stdout.split('\n').filter((line) => line.startsWith('  ')).length).toBe(2);
  expect(stdout).toContain('Every strategy does the same here');
  expect(stdout).toContain('4 kinds of work, 0 for more than one role');
});

test('--html writes one page that loads nothing', async () => {
  const path = join(makeTemporaryFolder(), 'allocation.html');
  const { code, stderr } = await simulate(...team, '--allocate', 'all', '--trials', '10', '--html', path);
  expect({ code, stderr }).toEqual({ code: 0, stderr: `Wrote ${path}\n` });
  const page = readFileSync(path, 'utf8');
  expect(page).toContain('<h2 id="makespan-title">Makespan</h2>');
  expect(page.match(/<svg/g)).toHaveLength(6);
  expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  for (const name of allocationNames) expect(page).toContain(`<th scope="row">${name}</th>`);
});

test.each([
  [
    ['--allocate', 'lottery'],
    `Option '--allocate <how>' argument 'lottery' is invalid. Allowed choices are ${allocationNames.join(', ')}, all.`,
  ],
  [['--html', 'page.html'], '--html shows a comparison of allocations: give --allocate too, such as --allocate all.'],
  [
    ['--allocate', 'all', '--html', 'no-such-folder/page.html'],
    'Cannot write the page no-such-folder/page.html: there is no folder no-such-folder.',
  ],
])('%j is refused', async (args, message) => {
  const { code, stdout, stderr } = await simulate(...args);
  expect({ code, stdout, stderr: stderr.split('\n')[0] }).toEqual({ code: 2, stdout: '', stderr: message });
});
