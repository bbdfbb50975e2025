/** Magentic-One's ledgers on the real engine, all parts played by a script. */
import { MemoryStore, resumeRun, runTask } from 'planwright';
import { describe, expect, test } from 'vitest';
import { countStalls, type Progress } from '../../src/patterns/task-ledgers.ts';
import { dyingStore } from '../support/dying-store.ts';
import { playModel } from '../support/small-team.ts';

const ledger = { given: ['g'], lookUp: ['l'], derive: ['d'], guesses: [], plan: ['p'] };

/** Of a progress ledger: `+` progress, `.` none, `o` a loop, `!` satisfied. */
type Sign = '+' | '.' | 'o' | '!';

const judge = (answer: boolean) => ({ reason: 'r', answer });

function progressBy(sign: Sign, more: Partial<Progress> = {}): Progress {
  return {
    satisfied: judge(sign === '!'),
    inLoop: judge(sign === 'o'),
    progressing: judge(sign !== '.'),
    nextSpeaker: 'researcher',
    instruction: 'Find the year.',
    ...more,
  };
}

const idsIn = (text: string): string[] => Array.from(text.matchAll(/<(?:dependency|failed) id="([^"]+)"/g), ([, id = '']) => id);

/** Progress as the signs say, one each round. The round is that of the subtask: order and retries change nothing. */
function team(signs: string, seen: Record<string, string[]> = {}) {
  let round = 0;
  return playModel(({ text }) => {
    const given = idsIn(text);
    if (text.includes('You begin a task')) return JSON.stringify(ledger);
    if (text.includes('You take over work that has stalled')) {
      seen[`rewrite ${given[0]}`] = given;
      return JSON.stringify({ ...ledger, cause: 'Nobody looked.' });
    }
    if (text.includes('You lead work')) {
      seen[`progress ${(round += 1)}`] = given;
      return JSON.stringify(progressBy((signs[round - 1] ?? '+') as Sign));
    }
    if (text.includes('You write the answer')) {
      seen['answer'] = given;
      return text.includes('say plainly what is missing') ? `incomplete: ${/has stalled|used up/.exec(text)?.[0]}` : 'the answer';
    }
    return 'work';
  });
}

/** Stalls once. It goes by what it is handed: what was counted before a crash is not counted by the script. */
const stallsOnce = () =>
  playModel(({ text }) => {
    if (text.includes('You begin a task')) return JSON.stringify(ledger);
    if (text.includes('You take over')) return JSON.stringify({ ...ledger, cause: 'c' });
    if (text.includes('You write the answer')) return 'the answer';
    if (!text.includes('You lead work')) return 'work';
    const given = idsIn(text);
    return JSON.stringify(progressBy(given.includes('ledger-1') ? '.' : given.length > 1 ? '!' : '+'));
  });

const run = (options: object) => runTask({ task: 'When was it?', store: new MemoryStore(), pattern: 'magentic', ...options });

test.each<[signs: string, stalls: number]>([
  ['', 0],
  ['+++', 0],
  ['..', 2],
  ['.o.', 3],
  ['.+.', 1],
  ['++.', 1],
  ['..++++.', 1],
  ['.o+.o', 3],
])('stalls of "%s": %i', (signs, stalls) => {
  expect(countStalls(Array.from(signs, (sign) => progressBy(sign as Sign)))).toBe(stalls);
});

describe('magentic', () => {
  test('goes on by its progress ledger until the task is satisfied: 2 × work + 3 calls', async () => {
    const seen: Record<string, string[]> = {};
    const { status, deliverable, subtasks, ledger: costs } = await run({ model: team('++!', seen) });
    expect({ status, deliverable, calls: costs.calls, byPurpose: costs.callsByPurpose }).toEqual({
      status: 'succeeded',
      deliverable: 'the answer',
      calls: 7,
      byPurpose: { plan: 1, manage: 3, execute: 2, synthesize: 1 },
    });
    expect(subtasks.map(({ id, role }) => `${id} ${role}`)).toEqual([
      'ledger-1 planner',
      'progress-1 orchestrator',
      'work-1 researcher',
      'progress-2 orchestrator',
      'work-2 researcher',
      'progress-3 orchestrator',
      'answer reporter',
    ]);
    expect(seen['progress 3']).toEqual(['ledger-1', 'work-1', 'work-2']);
  });

  test('after three stalls the facts are written anew, and the counts begin again', async () => {
    const seen: Record<string, string[]> = {};
    const { status, deliverable, subtasks, ledger: costs } = await run({ model: team('.o..+!', seen) });
    expect({ status, deliverable, byPurpose: costs.callsByPurpose }).toEqual({
      status: 'succeeded',
      deliverable: 'the answer',
      byPurpose: { plan: 1, replan: 1, manage: 6, execute: 4, synthesize: 1 },
    });
    expect(subtasks.map(({ id }) => id)).toEqual(
      'ledger-1 progress-1 work-1 progress-2 work-2 progress-3 ledger-2 progress-4 work-4 progress-5 work-5 progress-6 answer'.split(
        ' ',
      ),
    );
    expect(seen).toMatchObject({
      'rewrite ledger-1': ['ledger-1', 'work-1', 'work-2'],
      'progress 4': ['ledger-2'],
      'progress 6': ['ledger-2', 'work-4', 'work-5'],
      answer: ['ledger-2', 'work-1', 'work-2', 'work-4', 'work-5'],
    });
  });

  test.each<[what: string, options: object, signs: string, expected: object]>([
    ['resets', { resets: 1 }, '.'.repeat(90), { deliverable: 'incomplete: has stalled', calls: 1 + 5 + 1 + 5 + 1, rounds: 6 }],
    ['no resets', { resets: 0, stalls: 1 }, '.', { deliverable: 'incomplete: has stalled', calls: 3, rounds: 1 }],
    ['rounds', { rounds: 4 }, '+'.repeat(90), { deliverable: 'incomplete: used up', calls: 1 + 8 + 1, rounds: 4 }],
    ['rounds that end in a stall', { rounds: 3 }, '...', { deliverable: 'incomplete: used up', calls: 1 + 5 + 1, rounds: 3 }],
    [
      'rounds that end in a reset',
      { rounds: 4 },
      '....',
      { deliverable: 'incomplete: used up', calls: 1 + 5 + 1 + 2 + 1, rounds: 4 },
    ],
    [
      'all that there may be',
      { rounds: 90, resets: 10, stalls: 20 },
      '.'.repeat(90),
      { deliverable: 'incomplete: used up', rounds: 90 },
    ],
  ])('ends with what there is: %s', async (_what, options, signs, expected) => {
    const {
      status,
      deliverable,
      subtasks,
      ledger: costs,
    } = await run({ pattern: { name: 'magentic', ...options }, model: team(signs) });
    const rounds = subtasks.filter(({ id }) => id.startsWith('progress')).length;
    expect(status).toBe('succeeded');
    expect({ deliverable, calls: costs.calls, rounds }).toMatchObject(expected);
  });

  test('a next speaker that is not there, and an instruction that says nothing, go back with the names', async () => {
    const told: string[] = [];
    const wrong = [{ nextSpeaker: 'boss' }, { instruction: '  ' }, {}];
    const model = playModel(({ text }) => {
      if (text.includes('You begin a task')) return JSON.stringify(ledger);
      if (text.includes('You write the answer')) return 'the answer';
      if (!text.includes('You lead work')) return 'work';
      const feedback = /<feedback>\n([^]*?)\n<\/feedback>/.exec(text)?.[1];
      if (feedback !== undefined) told.push(feedback);
      return JSON.stringify(idsIn(text).length > 1 ? progressBy('!') : progressBy('+', wrong[told.length]));
    });
    expect(await run({ model })).toMatchObject({ status: 'succeeded', deliverable: 'the answer', ledger: { calls: 7 } });
    expect(told).toEqual([
      expect.stringMatching(/names "boss", who is not to be chosen now\. Name one of: researcher, coder, critic\.$/),
      expect.stringMatching(/does not say what is to be done: instruction: /),
    ]);
  });

  test('work that fails is told; without an answer the last work is what there is', async () => {
    let shown = '';
    let rounds = 0;
    const model = playModel(({ text }) => {
      if (text.includes('You begin a task')) return JSON.stringify(ledger);
      if (text.includes('You write the answer')) throw new Error('no words');
      if (!text.includes('You lead work')) {
        if (text.includes('You check')) throw new Error('broken');
        return 'work';
      }
      shown = text;
      rounds += 1;
      return JSON.stringify(progressBy(rounds === 3 ? '!' : '+', { nextSpeaker: rounds === 1 ? 'coder' : 'critic' }));
    });
    const { status, deliverable, subtasks } = await run({ model, limits: { retries: 0 } });
    expect(shown).toContain('<failed id="work-2" role="critic">');
    expect({ status, deliverable }).toEqual({ status: 'partial', deliverable: 'work' });
    expect(subtasks.find(({ id }) => id === 'answer')).toMatchObject({ status: 'failed' });
  });

  test('counts are the same after a crash at any durable write', async () => {
    const options = { task: 't', runId: 'r' };
    const pattern = { name: 'magentic', stalls: 1, resets: 1 };
    let deathAt = 0;
    for (let died = true; died; ) {
      deathAt += 1;
      const disk = new MemoryStore();
      died = await runTask({ ...options, pattern, model: stallsOnce(), store: dyingStore(disk, deathAt).store }).then(
        () => false,
        () => true,
      );
      const hasBegun = (await disk.readEvents('r')).length > 0;
      const { status, deliverable, subtasks } = await (hasBegun
        ? resumeRun({ runId: 'r', model: stallsOnce(), store: disk })
        : runTask({ ...options, pattern, model: stallsOnce(), store: disk }));
      expect({ deathAt, status, deliverable, ids: subtasks.map(({ id }) => id).join(' ') }).toEqual({
        deathAt,
        status: 'succeeded',
        deliverable: 'the answer',
        ids: 'ledger-1 progress-1 ledger-2 progress-2 work-2 progress-3 answer',
      });
    }
    expect(deathAt).toBeGreaterThan(20);
  });
});
