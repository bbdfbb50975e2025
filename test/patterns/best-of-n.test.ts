/** Best-of-n on the real engine: checks decide which candidates stand, a judge picks among those, and none that stands ends the run. */
import { defineTeam, MemoryStore, resumeRun, runTask } from 'planwright';
import { describe, expect, test } from 'vitest';
import { dyingStore } from '../support/dying-store.ts';
import { isJudge, judge, shownTo } from '../support/judgment.ts';
import { playModel } from '../support/small-team.ts';

const limits = { retries: 0, reroutes: 0 };

/** Its deliverable has to name the year, so every candidate has to. */
const team = defineTeam({
  name: 'dated',
  preset: 'best-of-n',
  accept: [{ kind: 'predicate', contains: '1969' }],
});

/** @param answers Of the candidates, in the order in which they are asked. */
function contest(answers: readonly string[]) {
  const shown: string[][] = [];
  const model = playModel(({ text }, index) => {
    if (!isJudge(text)) return answers[index % answers.length] ?? '';
    shown.push(shownTo(text));
    return judge(text);
  });
  return { model, shown };
}

const run = (model: ReturnType<typeof playModel>, options: object = {}) =>
  runTask({ task: 'When was it?', team, pattern: 'best-of-n', model, limits, store: new MemoryStore(), ...options });

test('n candidates and a judge: what it chooses is handed over', async () => {
  const { model, shown } = contest(['in 1969', 'July 1969', '1969, in July']);
  const { status, deliverable, ledger } = await run(model);
  expect({ status, deliverable, calls: ledger.callsByPurpose, shown }).toEqual({
    status: 'succeeded',
    deliverable: '1969, in July',
    calls: { execute: 3, verify: 1 },
    shown: [['candidate-1', 'candidate-2', 'candidate-3']],
  });
});

test('a candidate that its checks refuse is none, and the run is whole without it', async () => {
  const { model, shown } = contest(['in 1969', 'July 1969', 'long ago']);
  const { status, deliverable, subtasks } = await run(model);
  expect({ status, deliverable, shown }).toEqual({
    status: 'succeeded',
    deliverable: 'July 1969',
    shown: [['candidate-1', 'candidate-2']],
  });
  expect(subtasks.map(({ id, status: of }) => [id, of])).toEqual([
    ['candidate-1', 'succeeded'],
    ['candidate-2', 'succeeded'],
    ['candidate-3', 'failed'],
    ['judgment', 'succeeded'],
  ]);
});

test('one that stands needs no judge', async () => {
  const { model, shown } = contest(['long ago', 'in 1969', 'long ago']);
  const { status, deliverable, ledger } = await run(model);
  expect({ status, deliverable, calls: ledger.calls, shown }).toEqual({
    status: 'succeeded',
    deliverable: 'in 1969',
    calls: 3,
    shown: [],
  });
});

test('when none stands the run fails with what the checks said of each', async () => {
  const { model, shown } = contest(['long ago']);
  const { status, deliverable, subtasks, ledger } = await run(model);
  expect({ status, deliverable, calls: ledger.calls, shown }).toEqual({
    status: 'failed',
    deliverable: null,
    calls: 3,
    shown: [],
  });
  expect(subtasks.map(({ error }) => error?.message)).toEqual(Array.from({ length: 3 }, () => expect.stringContaining('1969')));
});

test('without a judge the first that is accepted stands', async () => {
  const { model, shown } = contest(['long ago', 'in 1969', 'July 1969']);
  const { status, deliverable, ledger } = await run(model, { pattern: { name: 'best-of-n', judge: 'none' } });
  expect({ status, deliverable, calls: ledger.calls, shown }).toEqual({
    status: 'succeeded',
    deliverable: 'in 1969',
    calls: 3,
    shown: [],
  });
});

describe('a team of one’s own', () => {
  test('candidates of several roles in turn; without a judge it needs none', async () => {
    const own = defineTeam({
      roles: { swift: { instructions: 'You are the swift.' }, slow: { instructions: 'You are the slow.' } },
      pattern: { name: 'best-of-n', n: 3, by: ['swift', 'slow'], judge: 'none' },
    });
    const model = playModel(({ role }) => role);
    const { subtasks } = await runTask({ task: 't', team: own, strategy: 'team', model, store: new MemoryStore() });
    expect(subtasks.map(({ output }) => output)).toEqual(['swift', 'slow', 'swift']);
    expect(() => defineTeam({ roles: { candidate: {} }, pattern: 'best-of-n' })).toThrow(/needs a role "judge"/);
  });
});

test('is the same after a crash at any durable write: the judge is asked once, about all', async () => {
  const options = { task: 'When was it?', team, pattern: { name: 'best-of-n', n: 2 }, runId: 'r', limits };
  let deathAt = 0;
  for (let died = true; died; ) {
    deathAt += 1;
    const disk = new MemoryStore();
    died = await runTask({ ...options, model: contest(['in 1969']).model, store: dyingStore(disk, deathAt).store }).then(
      () => false,
      () => true,
    );
    const hasBegun = (await disk.readEvents('r')).length > 0;
    const { status, deliverable, subtasks } = await (hasBegun
      ? resumeRun({ runId: 'r', model: contest(['in 1969']).model, store: disk })
      : runTask({ ...options, model: contest(['in 1969']).model, store: disk }));
    expect({ deathAt, status, deliverable, ids: subtasks.map(({ id }) => id) }).toEqual({
      deathAt,
      status: 'succeeded',
      deliverable: 'in 1969',
      ids: ['candidate-1', 'candidate-2', 'judgment'],
    });
    const deliverables = (await disk.readEvents('r')).flatMap(({ event }) =>
      event.type === 'plan-grown' ? [event.deliverable] : [],
    );
    expect(deliverables).toEqual(['candidate-1', undefined, 'candidate-2']);
  }
  expect(deathAt).toBeGreaterThan(10);
});
