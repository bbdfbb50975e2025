/** What waits for a person on the command line: listed by show, answered by approve, in other processes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listWaiting, openSqliteStore } from 'planwright';
import { beforeEach, expect, test } from 'vitest';
import { acts, begin, idOf, isFirstStep, newSetting, planOf } from '../approvals/setting.ts';
import { playModel, step } from '../support/small-team.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { runCommand } from './command-process.ts';

const team = `
name: reckoning
roles:
  reckoner: { description: Computes., tools: [calc] }
  teller: { description: Tells what came out., approval: required }
approvals: { tools: [calc] }
limits: { replans: 0 }
`;
const plan = `
version: 1
task: What is 6 times 7?
subtasks:
  - { id: reckon, role: reckoner, instruction: What is 6 times 7? }
  - { id: tell, role: teller, instruction: What is 6 times 7?, dependsOn: [reckon] }
`;

let folder = '';
const planwright = (...args: string[]) => runCommand(folder, args);
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

beforeEach(() => {
  folder = makeTemporaryFolder();
  write('team.yaml', team);
  write('plan.yaml', plan);
});

test('a tool call, then an attempt: each is shown with what a person has to see, and answered by its id', async () => {
  const waiting = await planwright('run', '--plan', 'plan.yaml', '--team', 'team.yaml');
  expect(waiting).toMatchObject({ code: 4, stdout: '' });
  const call = 'reckon#1/1/0  reckoner wants to call calc with\n  {"expression":"6 * 7"}\n  for: What is 6 times 7?\n';
  expect(waiting.stderr).toContain(call);
  const shown = await planwright('show', 'last');
  expect(shown.stdout).toContain(call);
  expect(shown.stdout).toMatch(/\nwaiting {4}planwright approve \S+ {2}\(or refuse it: --deny "why"\)\n/);
  const json = JSON.parse((await planwright('show', 'last', '--json')).stdout);
  expect(json).toMatchObject({
    status: 'waiting',
    waiting: [
      { kind: 'tool', id: 'reckon#1/1/0', subtaskId: 'reckon', role: 'reckoner', tool: 'calc', input: { expression: '6 * 7' } },
    ],
  });
  expect((await planwright('runs')).stdout).toMatch(/ waiting /);

  expect(await planwright('approve', 'last', '--subtask', 'tell')).toMatchObject({
    code: 2,
    stderr: 'Nothing of "tell" waits for a person. What waits: reckon#1/1/0.\n',
  });
  const second = await planwright('approve', 'last', '--subtask', 'reckon#1/1/0');
  expect(second.code).toBe(4);
  expect(second.stderr).toContain('\ntell#1  teller wants to begin\n  What is 6 times 7?\n  given reckon: ');
  const third = await planwright('approve', 'last', '--deny', 'show the steps', '--json');
  expect(third.code).toBe(4);
  expect(JSON.parse(third.stdout).waiting).toMatchObject([{ kind: 'attempt', id: 'tell#2' }]);
  const ended = await planwright('approve', 'last');
  expect(ended.code).toBe(0);
  expect(ended.stdout).toContain('= 42');
  expect((await planwright('approve', 'last')).code).toBe(2);
});

test('a plan is edited; its problems are located in the file', async () => {
  const task = 'What are the risks? What are the costs?';
  expect((await planwright('run', task, '--strategy', 'team', '--approve')).code).toBe(4);
  write('bad.yaml', 'version: 1\ntask: t\nsubtasks:\n  - { id: a, role: nobody, instruction: i }\n');
  const refused = await planwright('approve', 'last', '--edit', 'bad.yaml');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/bad\.yaml:4:\d+ unknown-role/);
  write('edited.yaml', 'version: 1\ntask: t\nsubtasks:\n  - { id: only, role: writer, instruction: What is 6 times 7? }\n');
  expect((await planwright('approve', 'last', '--edit', 'edited.yaml', '--deny', 'no')).code).toBe(2);
  const ended = await planwright('approve', 'last', '--edit', 'edited.yaml', '--json');
  const report = JSON.parse(ended.stdout);
  expect(report.subtasks.map(({ id, role }: { id: string; role: string }) => [id, role])).toEqual([['only', 'writer']]);
  const events = (await planwright('show', 'last', '--events', '--json')).stdout.trimEnd().split('\n');
  const approved = events.map((line) => JSON.parse(line).event).find(({ type }) => type === 'plan-approved');
  expect(approved).toMatchObject({ by: expect.any(String), plan: { subtasks: [{ id: 'only' }] } });
});

test('an answer to a run that another process drives is left to that process', async () => {
  const path = join(folder, 'store.db');
  const setting = { ...newSetting(), store: await openSqliteStore(path) };
  let hasAnswered = false;
  const model = playModel(async (call) => {
    if (idOf(call) === 'live' && isFirstStep(call)) return { toolCalls: [{ name: 'deploy', input: { to: 'live' } }] };
    if (idOf(call) !== 'build') return 'done';
    while (acts.length === 0 || !hasAnswered) await new Promise((resolve) => setTimeout(resolve, 10));
    return 'built';
  });
  const run = begin(
    { ...setting, model },
    planOf(step('live', 'operator'), step('build', 'builder'), step('end', 'builder', ['live', 'build'])),
  );
  while ((await listWaiting(setting.store, 'r').catch(() => [])).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 10));
  const answered = await planwright('approve', 'r', '--store', path);
  hasAnswered = true;
  expect(answered).toEqual({ code: 0, stdout: '', stderr: 'Answered. The process that drives the run goes on with it.\n' });
  expect(await run).toMatchObject({ status: 'succeeded' });
  expect(acts).toEqual(['deploy live']);
  await setting.store.close();
});
