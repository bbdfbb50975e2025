import { expect, test } from 'vitest';
import { listPatterns } from '../../src/patterns/find-pattern.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { runCommand } from './command-process.ts';

test('patterns --json: one line for each, by name', async () => {
  const { code, stdout, stderr } = await runCommand(makeTemporaryFolder(), ['patterns', '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const listed = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(listed).toEqual(listPatterns());
  expect(listed.find(({ name }) => name === 'best-of-n')).toEqual({
    name: 'best-of-n',
    summary: expect.any(String),
    source: expect.stringContaining('Cobbe et al. 2021'),
    calls: expect.stringContaining('n + 1'),
  });
});

test('patterns: two lines for each, the second says who published it and what it calls', async () => {
  const { code, stdout } = await runCommand(makeTemporaryFolder(), ['patterns']);
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(2 * listPatterns().length);
  const at = lines.findIndex((line) => line.startsWith('debate '));
  expect(lines[at]).toMatch(/^debate +Several answer, read each other and answer again; a judge decides by the evidence\.$/);
  expect(lines[at + 1]).toMatch(/^ +Du et al\. 2023, .*\. Model calls: proposers × rounds \+ 1 judge\.$/);
});

test('run --pattern: what is wrong is said before anything runs', async () => {
  const folder = makeTemporaryFolder();
  expect(await runCommand(folder, ['run', 't', '--pattern', 'debat'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('There is no pattern "debat".'),
  });
  expect(await runCommand(folder, ['run', 't', '--pattern', 'debate', '--pattern-option', 'rounds=0'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('pattern.rounds'),
  });
});

test('run --pattern, offline: several candidates, and the first that its checks accept', async () => {
  const task = 'What is 6 * 7?';
  const options = ['--pattern-option', 'n=2', '--pattern-option', 'judge=none'];
  const args = ['run', task, '--pattern', 'best-of-n', '--json', ...options];
  const { code, stdout } = await runCommand(makeTemporaryFolder(), args);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'succeeded',
    deliverable: expect.stringContaining('42'),
    subtasks: [{ id: 'candidate-1' }, { id: 'candidate-2' }],
  });
});
