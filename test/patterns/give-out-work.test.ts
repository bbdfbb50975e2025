/** Contract net and response threshold on the real engine: who gets a piece is decided as it starts, by the team's allocation. */
import { defineTeam, MemoryStore, runTask } from 'planwright';
import { describe, expect, test } from 'vitest';
import { playModel } from '../support/small-team.ts';

interface Piece {
  instruction: string;
  after: number[];
  kind: string;
}

const piece = (instruction: string, after: number[] = [], kind = ''): Piece => ({ instruction, after, kind });
const four = [piece('one'), piece('two'), piece('three', [1]), piece('four', [1, 3])];

function worker(list: (asked: number) => string | Piece[]) {
  const heard: string[] = [];
  const model = playModel(({ text }) => {
    if (!text.includes('List the pieces of work')) return text.includes('Its pieces were done') ? 'report' : 'done';
    heard.push(text);
    const given = list(heard.length);
    return typeof given === 'string' ? given : JSON.stringify({ work: given });
  });
  return { model, heard };
}

describe.each(['contract-net', 'response-threshold'])('%s', (pattern) => {
  const run = async (model: ReturnType<typeof playModel>, options: object = {}) => {
    const store = new MemoryStore();
    const result = await runTask({ task: 'Do it all.', pattern, model, store, runId: 'r', ...options });
    const events = (await store.readEvents('r')).map(({ event }) => event);
    return { ...result, events };
  };

  test('has 1 + pieces + 1 calls, in the order of what needs what, and each piece is given out', async () => {
    const { status, deliverable, ledger, subtasks, events } = await run(worker(() => four).model);
    expect({ status, deliverable, calls: ledger.callsByPurpose }).toEqual({
      status: 'succeeded',
      deliverable: 'report',
      calls: { plan: 1, execute: 4, synthesize: 1 },
    });
    expect(subtasks.map(({ id, dependsOn }) => [id, dependsOn])).toEqual([
      ['announce', []],
      ['work-1', []],
      ['work-2', []],
      ['work-3', ['work-1']],
      ['work-4', ['work-1', 'work-3']],
      ['report', ['work-1', 'work-2', 'work-3', 'work-4']],
    ]);
    const given = events.flatMap((event) =>
      event.type === 'attempt-started' && event.allocation !== undefined ? [`${event.subtaskId} ${event.allocation.by}`] : [],
    );
    expect(new Set(given)).toEqual(new Set(['work-1', 'work-2', 'work-3', 'work-4'].map((id) => `${id} ${pattern}`)));
    expect(given).toHaveLength(4);
  });

  test.each([
    ['an empty list', [], 'The list of work is empty.'],
    ['too many pieces', [...four, piece('five')], 'You list 5 pieces of work; at most 4 are allowed.'],
    ['a piece that needs itself', [piece('one', [1])], 'Piece 1 names piece 1 in "after", which is no earlier one.'],
    ['a piece that needs a later one', [piece('one', [2]), piece('two')], 'Piece 1 names piece 2 in "after"'],
    ['a kind that is none', [piece('one', [], 'cook')], 'Piece 1 is of the kind "cook". Kinds: '],
  ])('%s goes back to the manager with the reason', async (_what, list, reason) => {
    const { model, heard } = worker((asked) => (asked === 1 ? list : four));
    const { status, ledger } = await run(model, { pattern: { name: pattern, pieces: 4 } });
    expect({ status, calls: ledger.calls }).toEqual({ status: 'succeeded', calls: 7 });
    expect(heard[1]).toContain(reason);
  });

  test('a team that gives out work in no such way is refused before any call', async () => {
    const roles = { manager: {}, worker: { skills: ['work'] }, reporter: {} };
    const team = defineTeam({ name: 'own', roles, pattern: { name: pattern, workers: ['worker'] } });
    await expect(run(worker(() => four).model, { team, pattern: undefined, strategy: 'team' })).rejects.toThrow(
      /"own" has "assigned"\. Add to the team: allocation: \S+/,
    );
  });
});

test('a contract net gives a piece to whoever has a slot left, whatever role it was listed for', async () => {
  const team = defineTeam({
    preset: 'contract-net',
    roles: Object.fromEntries(
      ['contractor-1', 'contractor-2', 'contractor-3'].map((name) => [name, { limits: { concurrency: 1 } }]),
    ),
  });
  const list = ['one', 'two', 'three'].map((instruction) => piece(instruction, [], 'contractor-1'));
  const { model } = worker(() => list);
  const { subtasks } = await runTask({ task: 't', team, pattern: 'contract-net', model, store: new MemoryStore() });
  const roles = subtasks.filter(({ id }) => id.startsWith('work-')).map(({ role }) => role);
  expect(roles.toSorted()).toEqual(['contractor-1', 'contractor-2', 'contractor-3']);
});

test('a contractor that fails loses the piece to another', async () => {
  let failed = '';
  const model = playModel(({ text }) => {
    if (text.includes('List the pieces of work')) return JSON.stringify({ work: [piece('one')] });
    if (text.includes('Its pieces were done')) return 'report';
    if (failed !== '') return 'done';
    failed = 'once';
    throw new Error('broken');
  });
  const { status, subtasks } = await runTask({
    task: 't',
    pattern: 'contract-net',
    model,
    limits: { retries: 0, reroutes: 1 },
    store: new MemoryStore(),
  });
  expect(status).toBe('succeeded');
  expect(subtasks.find(({ id }) => id === 'work-1')).toMatchObject({ attempts: 2, role: 'contractor-2' });
});
