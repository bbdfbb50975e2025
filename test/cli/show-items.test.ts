/** A mapped subtask's items in `show`: the first of them below it, and how many more there are. */
import { join } from 'node:path';
import { defineTeam, openSqliteStore, type Plan, runTask } from 'planwright';
import { expect, test } from 'vitest';
import { playModel, step } from '../support/small-team.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { runCommand } from './command-process.ts';

test('twenty items are listed below their subtask, and the others are counted', async () => {
  const path = join(makeTemporaryFolder(), 'store.db');
  const store = await openSqliteStore(path);
  const team = defineTeam({ name: 't', roles: { finder: {}, writer: {} }, limits: { retries: 0, reroutes: 0 } });
  const mapped = { ...step('each', 'finder', ['list']), instruction: 'Look at {{item}}.', map: { over: 'list' } };
  const plan: Plan = { version: 1, task: 't', subtasks: [step('list'), mapped, step('end', 'writer', ['each'])] };
  const model = playModel(({ text }) =>
    text.includes('do list') ? JSON.stringify(Array.from({ length: 30 }, (_, at) => at)) : 'seen',
  );
  await runTask({ task: 't', team, plan, model, store, runId: 'r' });
  await store.close();
  const { stdout } = await runCommand('.', ['show', 'r', '--store', path]);
  const lines = stdout.split('\n').map((line) => line.trimEnd());
  const from = lines.findIndex((line) => line.startsWith('each '));
  expect(lines[from]).toMatch(/^each +finder +succeeded/);
  expect(lines[from + 1]).toMatch(/^ {2}each\[0\] +finder +succeeded/);
  expect(lines[from + 20]).toMatch(/^ {2}each\[19\] +finder +succeeded/);
  expect(lines[from + 21]).toBe('  and 10 more items (10 succeeded)');
  expect(lines[from + 22]).toMatch(/^end +writer +succeeded/);
  expect(stdout).toContain('33 subtasks (33 succeeded)');
});
