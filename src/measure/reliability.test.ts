import { expect, test } from 'vitest';
import { checked, scriptRun, subtaskOf } from './fixtures/scripted-run.ts';
import { measureReliability } from './reliability.ts';

const part = ({ k, n }: { k: number; n: number }) => `${k}/${n}`;

const checkedRun = (endings: Record<string, 'reject' | 'fail'>) =>
  scriptRun({
    subtasks: [
      subtaskOf('a', [], checked),
      subtaskOf('b', [], checked),
      subtaskOf('c', ['a', 'b'], { role: 'critic', ...checked }),
    ],
    endings,
  });

test('roles and stages are counted by evidence, with Wilson’s interval', () => {
  const report = measureReliability([
    checkedRun({ 'a#1': 'reject' }),
    checkedRun({ 'b#1': 'fail', 'c#1': 'reject' }),
    checkedRun({}),
  ]);
  expect(report.runs).toBe(3);
  expect(report.roles.map(({ role, verified, rejected, failed }) => [role, part(verified), rejected, failed])).toEqual([
    ['critic', '3/4', 1, 0],
    ['worker', '6/8', 1, 1],
  ]);
  expect(report.stages.map(({ stage, verified, delivered }) => [stage, part(verified), part(delivered)])).toEqual([
    [0, '6/8', '0/0'],
    [1, '3/4', '0/0'],
  ]);
  // Wilson for 3 of 4: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) ÷ (1 + z²/n) by hand.
  expect(report.roles[0]?.verified.low).toBeCloseTo(0.3006, 4);
  expect(report.roles[0]?.verified.high).toBeCloseTo(0.9544, 4);
});

test('an acceptance without evidence does not count, whatever the number of attempts', () => {
  const views = Array.from({ length: 5 }, (_, at) =>
    scriptRun({ subtasks: [subtaskOf('a')], endings: at === 0 ? { 'a#1': 'fail' } : {} }),
  );
  const [row] = measureReliability(views).roles;
  expect(row).toMatchObject({ verified: { k: 0, n: 0, low: 0, high: 1 }, delivered: { k: 5, n: 6 }, failed: 1 });
});

test('a check that could not be made and an attempt that was stopped are in no proportion', () => {
  const view = scriptRun({
    subtasks: [subtaskOf('a', [], checked), subtaskOf('b', [], checked)],
    endings: { 'a#1': 'unverified', 'b#1': 'cancel', 'b#2': 'never' },
  });
  const [row] = measureReliability([view]).roles;
  expect(row).toMatchObject({ verified: { k: 1, n: 1 }, delivered: { k: 0, n: 0 }, unverified: 1, withdrawn: 1 });
});

test('stages in the order of a run: drafts, depths, synthesis, deliverable', () => {
  const view = scriptRun({
    happenings: [
      { afterMs: 1, event: { type: 'plan-refused', attempt: 1, problems: [] } },
      {
        afterMs: 2,
        event: { type: 'plan-accepted', attempt: 2, subtasks: [subtaskOf('a'), subtaskOf('b', ['a']), subtaskOf('c', ['a'])] },
      },
    ],
    deliverables: ['rejected', 'accepted'],
  });
  const { stages } = measureReliability([view]);
  expect(stages.map(({ stage, verified, delivered }) => [stage, part(verified), part(delivered)])).toEqual([
    ['plan', '1/2', '0/0'],
    [0, '0/0', '1/1'],
    [1, '0/0', '2/2'],
    ['synthesize', '0/0', '2/2'],
    ['deliverable', '1/2', '0/0'],
  ]);
});

test('the deliverable’s checks have the last word on a role, and are a stage of their own', () => {
  const alone = scriptRun({ settings: { strategy: 'single' }, deliverables: ['rejected', 'accepted'] });
  const { roles, stages } = measureReliability([alone]);
  expect(roles).toMatchObject([{ role: 'generalist', verified: { k: 1, n: 2 }, delivered: { k: 0, n: 0 }, rejected: 1 }]);
  expect(stages.map(({ stage, verified, delivered }) => [stage, part(verified), part(delivered)])).toEqual([
    ['single', '0/0', '2/2'],
    ['deliverable', '1/2', '0/0'],
  ]);
  const refused = scriptRun({ subtasks: [subtaskOf('a', [], checked)], deliverables: ['rejected', 'accepted'] });
  expect(measureReliability([refused])).toMatchObject({
    roles: [{ verified: { k: 1, n: 2 } }],
    stages: [
      { stage: 0, verified: { k: 2, n: 2 } },
      { stage: 'deliverable', verified: { k: 1, n: 2 } },
    ],
  });
});

test('sub-teams’ runs are counted with the run that they belong to', () => {
  const view = scriptRun({ subtasks: [subtaskOf('x', [], { role: 'team', ...checked })] });
  view.children = [
    {
      subtaskId: 'x',
      attempt: 1,
      view: scriptRun({ subtasks: [subtaskOf('in', [], checked)], endings: { 'in#1': 'reject' } }),
    },
  ];
  expect(measureReliability([view]).roles.map(({ role, verified }) => [role, part(verified)])).toEqual([
    ['team', '1/1'],
    ['worker', '1/2'],
  ]);
});

test('no runs give an empty report', () => {
  expect(measureReliability([])).toEqual({ runs: 0, roles: [], stages: [] });
});
