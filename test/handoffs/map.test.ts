/** Subtasks that run once for each item of a list that comes at run time. */
import { answerRun, defineTeam, MemoryStore, type Plan, resumeRun, runTask } from 'planwright';
import { describe, expect, test } from 'vitest';
import { type Call, planText, playModel, step } from '../support/small-team.ts';

const finder = { description: 'Finds.', instructions: 'You are the finder.' };
const writer = { description: 'Writes.', instructions: 'You are the writer.' };
const team = defineTeam({
  name: 'map',
  roles: {
    finder,
    writer,
    careful: { description: 'Careful.', instructions: 'You are the careful.', approval: 'required' },
    pair: { description: 'A pair.', team: { name: 'pair', roles: { finder, writer } } },
  },
  generalist: { instructions: 'You are the generalist.' },
  limits: { replans: 0, retries: 1, reroutes: 0, concurrency: 2 },
});

const each = (role: string, more: Partial<Plan['subtasks'][number]> = {}): Plan['subtasks'][number] => ({
  id: 'each',
  role,
  instruction: 'Look at {{item.name}}.',
  dependsOn: ['list'],
  map: { over: 'list', path: 'items' },
  ...more,
});
const planOf = (mapped: Plan['subtasks'][number]): Plan => ({
  version: 1,
  task: 'the task',
  subtasks: [step('list'), mapped, step('reduce', 'writer', ['each'])],
});
const names = ['ada', 'bob', 'cyd'];
const listOf = (items: unknown[]): string => `\`\`\`json\n${JSON.stringify({ items })}\n\`\`\``;

/** The list as text in a fence; for each item who looked at whom; for `reduce` what it was given. */
function answer(call: Call, list = listOf(names.map((name) => ({ name })))) {
  if (call.text.includes('do list')) return list;
  if (call.text.includes('do reduce'))
    return /<dependency id="each"[^>]*>\n([\s\S]*?)\n<\/dependency>/.exec(call.text)?.[1] ?? 'nothing';
  const [, who = 'nobody'] = /Look at (\w+)\./.exec(call.text) ?? [];
  return `${call.role} saw ${who}`;
}

const run = (model: ReturnType<typeof playModel>, mapped = each('finder'), store = new MemoryStore()) =>
  runTask({ task: 'the task', team, plan: planOf(mapped), model, store, runId: 'r' });

test('each item is handed to an attempt of its own, and the results come back in order as one list', async () => {
  const model = playModel((call) => answer(call));
  const result = await run(model);
  expect(result).toMatchObject({ status: 'succeeded', deliverable: JSON.stringify(names.map((name) => `finder saw ${name}`)) });
  expect(result.subtasks.map(({ id, itemOf, role, status, attempts }) => [id, itemOf, role, status, attempts])).toEqual([
    ['list', undefined, 'finder', 'succeeded', 1],
    ['each', undefined, 'finder', 'succeeded', 0],
    ['each[0]', 'each', 'finder', 'succeeded', 1],
    ['each[1]', 'each', 'finder', 'succeeded', 1],
    ['each[2]', 'each', 'finder', 'succeeded', 1],
    ['reduce', undefined, 'writer', 'succeeded', 1],
  ]);
  expect(result.subtasks[1]?.output).toEqual(names.map((name) => `finder saw ${name}`));
  expect(result.plan.subtasks.map(({ id }) => id)).toEqual(['list', 'each', 'reduce']);
  expect(result.ledger).toMatchObject({
    calls: 5,
    handoffs: 4,
    handoffsByMode: { whole: { count: 4 }, digest: { count: 0, tokens: 0 }, reference: { count: 0, tokens: 0 } },
  });
  const prompt = JSON.stringify(model.requests[2]?.prompt);
  expect(prompt).toContain(
    '<item number=\\"2\\" of=\\"3\\">\\n{\\"name\\":\\"bob\\"}\\n</item>'.replaceAll(
      '\\"name\\":\\"bob\\"',
      '\\"name\\":\\"bob\\"',
    ),
  );
  expect(prompt).not.toContain('<dependency id=\\"list\\"');
});

test('every item has the checks of the subtask and the ladder', async () => {
  const model = playModel((call) => {
    const said = answer(call);
    return typeof said === 'string' && said.includes('saw bob') && !call.text.includes('<feedback>') ? 'FAILED' : said;
  });
  const result = await run(model, each('finder', { accept: [{ kind: 'predicate', notContains: 'FAILED' }] }));
  expect(result.status).toBe('succeeded');
  expect(result.subtasks.filter(({ itemOf }) => itemOf === 'each').map(({ attempts }) => attempts)).toEqual([1, 2, 1]);
});

test('the checks are checks of the items; what later work assumes is tested on the list', async () => {
  const accept = [{ kind: 'predicate' as const, notContains: '[' }];
  const plan = planOf(each('finder', { accept }));
  const [list, mapped, reduce] = plan.subtasks;
  if (list === undefined || mapped === undefined || reduce === undefined) throw new Error('The plan has three subtasks.');
  const assuming = { ...reduce, assumes: [{ subtask: 'each', holds: { contains: 'saw ada' } }] };
  const store = new MemoryStore();
  const model = playModel((call) => answer(call));
  const result = await runTask({
    task: 'the task',
    team,
    plan: { ...plan, subtasks: [list, mapped, assuming] },
    model,
    store,
    runId: 'r',
  });
  expect(result.status).toBe('succeeded');
  const verdicts = (await store.readEvents('r')).flatMap(({ event }) =>
    event.type === 'verdict-given' ? [`${event.subtaskId} ${event.verdict.evidence.map(({ check }) => check).join()}`] : [],
  );
  expect(verdicts.toSorted()).toEqual(['each assumptions', 'each[0] predicate', 'each[1] predicate', 'each[2] predicate']);
});

describe('a list that can’t be run over fails its subtask with the reason', () => {
  test.each([
    ['no list', 'not json', '"each" runs over "items" of "list", and its result has no such part.'],
    ['another part', '{"items": {"a": 1}}', '"each" runs over "items" of "list", which is no list but an object.'],
    ['too many', listOf(Array.from({ length: 201 }, (_, at) => at)), '"list" gave 201 items, and "each" takes at most 200.'],
  ])('%s', async (_title, list, message) => {
    const result = await run(playModel((call) => answer(call, list)));
    expect(result).toMatchObject({ status: 'partial', endReason: 'failed-subtasks' });
    expect(result.subtasks[1]).toMatchObject({ id: 'each', status: 'failed', error: { code: 'map-refused' } });
    expect(result.subtasks[1]?.error?.message).toContain(message);
    expect(result.subtasks[2]).toMatchObject({ id: 'reduce', status: 'skipped' });
    expect(result.ledger.calls).toBe(1);
  });

  test('the limit is the subtask’s own, and an empty list gives an empty list', async () => {
    const two = await run(
      playModel((call) => answer(call)),
      each('finder', { map: { over: 'list', path: 'items', max: 2 } }),
    );
    expect(two.subtasks[1]?.error?.message).toContain('takes at most 2');
    const none = await run(playModel((call) => answer(call, '{"items": []}')));
    expect(none).toMatchObject({ status: 'succeeded', deliverable: '[]' });
  });
});

test('an item of a role that is a team is a run of its own; with one attempt at a time nothing deadlocks', async () => {
  const model = playModel((call) => {
    if (call.schema === 'plan') return planText(step('inner'), step('wrap', 'writer', ['inner']));
    return answer(call);
  });
  const result = await runTask({
    task: 'the task',
    team,
    plan: planOf(each('pair')),
    model,
    store: new MemoryStore(),
    runId: 'r',
    limits: { concurrency: 1 },
  });
  expect(result.status).toBe('succeeded');
  expect(result.subtasks[2]).toMatchObject({ id: 'each[0]', subtasks: [{ id: 'inner' }, { id: 'wrap' }] });
});

test('items of a role that needs approval are each asked for', async () => {
  const store = new MemoryStore();
  const model = playModel((call) => answer(call));
  const waiting = await run(model, each('careful'), store);
  expect(waiting.waiting.map(({ id }) => id)).toEqual(['each[0]#1', 'each[1]#1', 'each[2]#1']);
  await answerRun(store, 'r', { type: 'deny', by: 'ada', reason: 'no', only: 'each[1]' });
  await answerRun(store, 'r', { type: 'approve', by: 'ada', only: 'each[2]' });
  const second = await resumeRun({ runId: 'r', store, model });
  expect(second.waiting.map(({ id }) => id)).toEqual(['each[0]#1', 'each[1]#2']);
  await answerRun(store, 'r', { type: 'approve', by: 'ada' });
  expect((await resumeRun({ runId: 'r', store, model })).deliverable).toBe(
    JSON.stringify(names.map((name) => `careful saw ${name}`)),
  );
});
