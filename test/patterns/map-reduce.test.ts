/** Map-reduce on the real engine: a list is read before anything runs over it, and what can't be followed goes back to the splitter. */
import { defineTeam, MemoryStore, runTask } from 'planwright';
import { expect, test } from 'vitest';
import { type Call, playModel } from '../support/small-team.ts';

const isSplitter = ({ text }: Call): boolean => text.includes('Split this task');
const itemOf = ({ text }: Call): string | undefined => /<item[^>]*>\n([\s\S]*?)\n<\/item>/.exec(text)?.[1];

function mapper(split: (asked: number) => string, map: (item: string) => string = (item) => `did ${item}`) {
  const heard: string[] = [];
  const model = playModel((call) => {
    if (isSplitter(call)) {
      heard.push(call.text);
      return split(heard.length);
    }
    const item = itemOf(call);
    return item === undefined ? `whole of ${[...call.text.matchAll(/did [a-z]/g)].join(', ')}` : map(item);
  });
  return { model, heard };
}

const run = (model: ReturnType<typeof playModel>, options: object = {}) =>
  runTask({ task: 'Do it all.', pattern: 'map-reduce', model, store: new MemoryStore(), ...options });

const partsOf = (...parts: string[]): string => JSON.stringify({ parts });

test('has 1 + parts + 1 calls, and reduces in the order of the list', async () => {
  const { model } = mapper(() => partsOf('a', 'b', 'c'));
  const { status, deliverable, ledger, subtasks } = await run(model);
  expect({ status, deliverable, calls: ledger.callsByPurpose }).toEqual({
    status: 'succeeded',
    deliverable: 'whole of did a, did b, did c',
    calls: { plan: 1, execute: 3, synthesize: 1 },
  });
  expect(subtasks.map(({ id }) => id)).toEqual(['split', 'part', 'part[0]', 'part[1]', 'part[2]', 'whole']);
});

test.each([
  ['no list', JSON.stringify({ parts: 'a, b' }), /The answer before was not accepted: .*parts/s],
  ['an empty list', partsOf(), /The list is empty/],
  ['a list that is too long', partsOf('a', 'b', 'c', 'd'), /At most 3 parts are allowed\. Make larger ones\./],
])('%s goes back to the splitter with the reason', async (_what, answer, reason) => {
  const { model, heard } = mapper((asked) => (asked === 1 ? answer : partsOf('a', 'b')));
  const { status, deliverable, ledger } = await run(model, { pattern: { name: 'map-reduce', parts: 3 } });
  expect({ status, deliverable, calls: ledger.calls }).toEqual({
    status: 'succeeded',
    deliverable: 'whole of did a, did b',
    calls: 5,
  });
  expect(heard[1]).toMatch(reason);
});

test('a splitter that never gives a list ends the run with the reason, and nothing runs', async () => {
  const { model } = mapper(() => 'First do a, then b.');
  const { status, deliverable, subtasks } = await run(model, { limits: { retries: 1, reroutes: 0 } });
  expect({ status, deliverable, ids: subtasks.map(({ id }) => id) }).toEqual({
    status: 'failed',
    deliverable: null,
    ids: ['split'],
  });
});

test('a part that fails is told, and nothing is put together without it', async () => {
  const { model } = mapper(
    () => partsOf('a', 'b'),
    (item) => {
      if (item === 'b') throw new Error('broken');
      return `did ${item}`;
    },
  );
  const { status, deliverable, subtasks } = await run(model, { limits: { retries: 0, reroutes: 0 } });
  expect({ status, deliverable }).toEqual({ status: 'partial', deliverable: null });
  expect(subtasks.map(({ id, status: of }) => [id, of])).toEqual([
    ['split', 'succeeded'],
    ['part', 'skipped'],
    ['part[0]', 'succeeded'],
    ['part[1]', 'failed'],
    ['whole', 'skipped'],
  ]);
});

test('roles of one’s own, with a bare list as text', async () => {
  const team = defineTeam({
    roles: {
      cutter: { instructions: 'You are the cutter.' },
      worker: { instructions: 'You are the worker.' },
      joiner: { instructions: 'You are the joiner.' },
    },
    pattern: { name: 'map-reduce', splitter: 'cutter', mapper: 'worker', reducer: 'joiner' },
  });
  const { model } = mapper(
    () => '```json\n["a", {"name": "b"}]\n```',
    (item) => (item === 'a' ? 'did a' : item),
  );
  const { status, subtasks } = await runTask({ task: 't', team, strategy: 'team', model, store: new MemoryStore() });
  expect({ status, roles: subtasks.map(({ role }) => role) }).toEqual({
    status: 'succeeded',
    roles: ['cutter', 'worker', 'worker', 'worker', 'joiner'],
  });
  expect(subtasks.at(-2)?.output).toBe('{"name":"b"}');
});
