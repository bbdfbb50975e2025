import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTemporaryFolder } from '../../test/support/temporary-folder.ts';
import { defineTeam } from '../team/define-team.ts';
import type { Arm } from './arms.ts';
import type { ComparisonTask } from './comparison-task.ts';
import { type ComparisonIdentity, hashFolder, RunIds } from './run-ids.ts';

const team = defineTeam({ name: 'own', roles: { writer: {} } });
const arms: Arm[] = (['single', 'team'] as const).map((strategy) => ({ name: strategy, strategy, team, n: 20 }));
const task = (id: string, more: Partial<ComparisonTask> = {}): ComparisonTask => ({
  id,
  task: `${id}?`,
  check: [{ kind: 'exact', value: 'x', trim: true, ignoreCase: false }],
  accept: [],
  ...more,
});
const identity: ComparisonIdentity = { arms, model: 'offline', seed: 1, repeats: 1, alpha: 0.05, method: 'anytime' };
const make = (tasks: ComparisonTask[], change: Partial<ComparisonIdentity> = {}, contents: [string, string][] = []) =>
  new RunIds({ ...identity, ...change }, tasks, new Map(contents));

test('ids name the task, the arm and the repeat', () => {
  const ids = make([task('q 1/a')]);
  expect(ids.comparisonId).toMatch(/^[0-9a-f]{12}$/);
  expect(ids.runId(0, 'team', 2)).toMatch(/^cmp-[0-9a-f]{12}-q_1_a-team-2$/);
});

test('further tasks, repeats, arms and another check keep the runs that are there', () => {
  const ids = make([task('a')]);
  const wider = make([task('b'), task('a', { check: [], class: 'c' })], {
    repeats: 3,
    alpha: 0.01,
    method: 'fixed',
    arms: [...arms, { name: 'x', strategy: 'cascade', team, n: 20 }],
  });
  expect(wider.runId(1, 'team', 0)).toBe(ids.runId(0, 'team', 0));
  expect(wider.comparisonId).not.toBe(ids.comparisonId);
});

test.each<[string, RunIds]>([
  ['task', make([task('a', { task: 'Another?' })])],
  ['checks of its own', make([task('a', { accept: [{ kind: 'quotes' }] })])],
  ['model', make([task('a')], { model: 'openai:gpt-5' })],
  ['seed', make([task('a')], { seed: 2 })],
  ['team', make([task('a')], { arms: arms.map((arm) => ({ ...arm, team: { ...team, model: 'offline' } })) })],
  ['files', make([task('a', { files: '/docs' })], {}, [['/docs', 'h']])],
])('another %s makes another run', (_, ids) => {
  const before = make([task('a')]);
  expect(ids.runId(0, 'team', 0)).not.toBe(before.runId(0, 'team', 0));
  expect(ids.comparisonId).not.toBe(before.comparisonId);
});

test('a folder is known by the names and bytes of its documents, wherever it stands', async () => {
  const folder = makeTemporaryFolder();
  for (const name of ['one', 'two']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'a.md'), 'text');
  }
  const first = await hashFolder(join(folder, 'one'));
  expect(await hashFolder(join(folder, 'two'))).toBe(first);
  writeFileSync(join(folder, 'two/a.md'), 'texd');
  expect(await hashFolder(join(folder, 'two'))).not.toBe(first);
  const changed = make([task('a', { files: '/d' })], {}, [['/d', first]]).runId(0, 'team', 0);
  expect(changed).not.toBe(
    make([task('a', { files: '/d' })], {}, [['/d', await hashFolder(join(folder, 'two'))]]).runId(0, 'team', 0),
  );
});
