/** AutoGen's group chat on the real engine, its manager and speakers played by a script. */
import { MemoryStore, resumeRun, runTask } from 'planwright';
import { describe, expect, test } from 'vitest';
import { dyingStore } from '../support/dying-store.ts';
import { playModel } from '../support/small-team.ts';

type Choice = { action: 'speak' | 'finish'; speaker?: string; why?: string };
const choose = (choice: Choice): string => JSON.stringify({ speaker: '', why: 'w', ...choice });

/** How many messages, of which kind, a call is handed. */
const handed = (text: string): string[] =>
  Array.from(text.matchAll(/<(dependency|failed) id="(message-\d+)"/g), ([, kind, id]) => `${kind} ${id}`);
const isManager = (text: string): boolean => text.includes('You lead a conversation');
const isSummary = (text: string): boolean => text.includes('The conversation has ended');

/** The manager chooses by how many messages there are, then finishes; each message names its round. */
function chat(speakers: string[], seen: string[] = []) {
  return playModel(({ text }) => {
    const said = handed(text);
    if (isManager(text)) {
      const next = speakers[said.length];
      return choose(next === undefined ? { action: 'finish' } : { action: 'speak', speaker: next });
    }
    if (isSummary(text)) return `summary of ${said.length}`;
    const who = /You (find|look|write)/.exec(text)?.[1];
    seen.push(`${who} after ${said.length}`);
    return `message of who can ${who}`;
  });
}

const run = (options: object) => runTask({ task: 'Is it so?', store: new MemoryStore(), pattern: 'group-chat', ...options });

describe('a group chat', () => {
  test('the manager says who speaks, all see what was said, and 2 × messages + 2 calls are made', async () => {
    const seen: string[] = [];
    const { status, deliverable, ledger, subtasks } = await run({
      model: chat(['researcher', 'critic', 'researcher', 'writer'], seen),
    });
    expect({ status, deliverable, calls: ledger.calls, byPurpose: ledger.callsByPurpose }).toEqual({
      status: 'succeeded',
      deliverable: 'summary of 4',
      calls: 10,
      byPurpose: { manage: 5, execute: 4, synthesize: 1 },
    });
    expect(seen).toEqual(['find after 0', 'look after 1', 'find after 2', 'write after 3']);
    expect(subtasks.map(({ id }) => id)).toEqual([
      'choice-1',
      'message-1',
      'choice-2',
      'message-2',
      'choice-3',
      'message-3',
      'choice-4',
      'message-4',
      'choice-5',
      'summary',
    ]);
    expect(subtasks.find(({ id }) => id === 'message-3')?.dependsOn).toEqual(['message-1', 'message-2', 'choice-3']);
  });

  test('ends with its rounds; the last message may be what is handed over', async () => {
    const forever = () => chat(Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? 'critic' : 'writer')));
    const whole = await run({ pattern: { name: 'group-chat', rounds: 3 }, model: forever() });
    expect({ calls: whole.ledger.calls, deliverable: whole.deliverable }).toEqual({ calls: 7, deliverable: 'summary of 3' });
    const last = await run({ pattern: { name: 'group-chat', rounds: 4, ending: 'last-message' }, model: forever() });
    expect({ calls: last.ledger.calls, deliverable: last.deliverable, status: last.status }).toEqual({
      calls: 8,
      deliverable: 'message of who can write',
      status: 'succeeded',
    });
    const longest = await run({
      pattern: { name: 'group-chat', rounds: 99 },
      model: chat(Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? 'critic' : 'writer'))),
    });
    expect({ status: longest.status, subtasks: longest.subtasks.length }).toEqual({ status: 'succeeded', subtasks: 199 });
  });

  test('a manager that names nobody is asked again with the names, and ends the run with what there is when it stays so', async () => {
    const told: string[] = [];
    const answers = [
      choose({ action: 'speak', speaker: 'somebody' }),
      choose({ action: 'finish' }),
      choose({ action: 'speak', speaker: '"Critic".' }),
      choose({ action: 'speak', speaker: 'critic' }),
      choose({ action: 'speak' }),
      'I would rather not.',
    ];
    const model = playModel(({ text }) => {
      if (!isManager(text)) return 'a word';
      told.push(/<feedback>\n([^]*?)\n<\/feedback>/.exec(text)?.[1] ?? '');
      return answers[told.length - 1] ?? '';
    });
    const { status, deliverable, subtasks, ledger } = await run({ model });
    expect(told).toEqual([
      '',
      expect.stringMatching(/names "somebody", who is not to be chosen now\. Name one of: researcher, critic, writer\.$/),
      expect.stringMatching(/in which nothing was said\. Choose who speaks: researcher, critic, writer\.$/),
      '',
      // It has just spoken.
      expect.stringMatching(/names "critic", who is not to be chosen now\. Name one of: researcher, writer\.$/),
      expect.stringMatching(/names nobody\. Name one of: researcher, writer\.$/),
    ]);
    expect({ status, deliverable, calls: ledger.calls }).toEqual({ status: 'partial', deliverable: 'a word', calls: 7 });
    expect(subtasks.map(({ id, status: of }) => `${id} ${of}`)).toEqual([
      'choice-1 succeeded',
      'message-1 succeeded',
      'choice-2 failed',
    ]);
  });

  test('the same speaker again only where that is allowed', async () => {
    const { subtasks } = await run({ pattern: { name: 'group-chat', repeat: true }, model: chat(['critic', 'critic']) });
    expect(subtasks.filter(({ id }) => id.startsWith('message')).map(({ role }) => role)).toEqual(['critic', 'critic']);
  });

  test('a speaker that fails is told to the others, and what was said before it stays what there is', async () => {
    const shown: string[][] = [];
    const model = playModel(({ text }) => {
      const said = handed(text);
      if (isManager(text)) {
        shown.push(said);
        const next = ['critic', 'writer'][said.length];
        return choose(next === undefined ? { action: 'finish' } : { action: 'speak', speaker: next });
      }
      if (text.includes('You write the answer')) throw new Error('broken');
      return 'a word';
    });
    const { status, deliverable } = await run({
      pattern: { name: 'group-chat', ending: 'last-message' },
      model,
      limits: { retries: 0 },
    });
    expect({ status, deliverable }).toEqual({ status: 'partial', deliverable: 'a word' });
    expect(shown.at(-1)).toEqual(['dependency message-1', 'failed message-2']);
  });

  test('is the same after a crash at any durable write', async () => {
    const options = { task: 't', runId: 'r' };
    const pattern = { name: 'group-chat', rounds: 2 };
    const script = ['researcher', 'writer'];
    let deathAt = 0;
    for (let died = true; died; ) {
      deathAt += 1;
      const disk = new MemoryStore();
      died = await runTask({ ...options, pattern, model: chat(script), store: dyingStore(disk, deathAt).store }).then(
        () => false,
        () => true,
      );
      const hasBegun = (await disk.readEvents('r')).length > 0;
      const { status, deliverable, subtasks } = await (hasBegun
        ? resumeRun({ runId: 'r', model: chat(script), store: disk })
        : runTask({ ...options, pattern, model: chat(script), store: disk }));
      expect({ deathAt, status, deliverable, ids: subtasks.map(({ id }) => id) }).toEqual({
        deathAt,
        status: 'succeeded',
        deliverable: 'summary of 2',
        ids: ['choice-1', 'message-1', 'choice-2', 'message-2', 'summary'],
      });
    }
    expect(deathAt).toBeGreaterThan(15);
  });

  test.each([
    [{ speakers: ['critic'] }, /pattern.speakers/],
    [{ speakers: ['critic', 'critic'] }, /names a speaker twice/],
    [{ speakers: ['critic', 'nobody'] }, /needs a role "nobody"/],
    [{ rounds: 100 }, /pattern.rounds/],
    [{ summarizer: 'nobody' }, /needs a role "nobody"/],
  ])('%j is refused', async (options, message) => {
    await expect(run({ pattern: { name: 'group-chat', ...options }, model: chat([]) })).rejects.toThrow(message);
  });
});
