/** What planners really write, through the real AI SDK and the whole flow: repaired, sent back once, or refused. */
import { MemoryStore, type RunEvent, runTask } from 'planwright';
import { expect, test } from 'vitest';
import { planText, playModel, smallTeam, step } from './support/small-team.ts';

const good = planText(step('a'), step('b', 'writer', ['a']));
const elements = `${JSON.stringify(step('a'))},${JSON.stringify(step('b', 'writer', ['a']))}`;

interface Outcome {
  planCalls: number;
  refusals: string[][];
  status: string;
  ids: string[];
  /** What the planner was told at its second call. */
  told: string;
  detail: string | undefined;
}

/** The planner gives `answers` in turn; executors always answer. */
async function runWith(answers: (string | string[])[], maxSubtasks = 200): Promise<Outcome> {
  const told: string[] = [];
  const model = playModel(({ schema, text }) => {
    if (schema === null) return 'done';
    told.push(text);
    return { text: answers[Math.min(told.length, answers.length) - 1] ?? '' };
  });
  const team = { ...smallTeam, planner: { ...smallTeam.planner, maxSubtasks } };
  const run = runTask({ task: 'the task', team, model, strategy: 'team', store: new MemoryStore() });
  const events: RunEvent[] = [];
  for await (const { event } of run.events) events.push(event);
  const result = await run;
  return {
    planCalls: result.ledger.callsByPurpose.plan ?? 0,
    refusals: events.flatMap((event) => (event.type === 'plan-refused' ? [event.problems.map(({ code }) => code)] : [])),
    status: result.status,
    ids: result.plan.subtasks.map(({ id }) => id),
    told: told[1] ?? '',
    detail: result.detail,
  };
}

test.each<[what: string, text: string]>([
  ['plain JSON', good],
  ['a bare array', `[${elements}]`],
  ['prose around it', `Sure! Here is the plan:\n${good}\nLet me know if you need more.`],
  ['a code fence', `\`\`\`json\n${good}\n\`\`\``],
  ['a wrapper', `{"plan":${good}}`],
  ['other names', good.replaceAll('"dependsOn"', '"depends_on"').replace('"subtasks"', '"steps"')],
  ['trailing commas', `{"subtasks":[${elements},],}`],
  ['single quotes', `{'subtasks':[${elements}]}`.replaceAll('"', "'")],
  ['comments', `{"subtasks":[ // first\n${elements}]}`],
  ['numbers as ids', planText({ ...step('x'), id: 1 }, { ...step('y', 'writer'), id: 2, dependsOn: [1] })],
  ['a role in other letters', planText({ ...step('a'), role: ' Finder ' }, step('b', 'writer', ['a']))],
  [
    'dependsOn missing, null, or a single id',
    planText(
      { id: 'a', role: 'finder', instruction: 'x' },
      { ...step('b', 'writer'), dependsOn: 'a' },
      { ...step('c', 'checker'), dependsOn: null },
    ),
  ],
  ['later ones named first', planText(step('b', 'writer', ['a']), step('a'))],
])('repaired without asking again: %s', async (_what, text) => {
  const outcome = await runWith([text]);
  expect(outcome).toMatchObject({ status: 'succeeded', planCalls: 1, refusals: [] });
  expect(outcome.ids.length).toBeGreaterThanOrEqual(2);
});

test.each<[what: string, text: string, codes: string[], told: string]>([
  ['an unknown role', planText(step('a', 'wizard'), step('b', 'writer')), ['unknown-role'], 'wizard'],
  ['a cycle', planText(step('a', 'finder', ['b']), step('b', 'writer', ['a'])), ['cycle'], 'a → b → a'],
  ['a reference to nothing', planText(step('a', 'finder', ['zzz']), step('b')), ['unknown-dependency'], 'zzz'],
  ['itself', planText(step('a', 'finder', ['a']), step('b')), ['self-dependency'], '"a"'],
  ['one id twice', planText(step('a'), { ...step('a', 'writer'), instruction: 'other' }), ['duplicate-id'], '"a"'],
  ['no subtasks', '{"subtasks":[]}', ['empty'], 'no subtasks'],
  ['no plan at all', 'I cannot help with that.', ['malformed'], 'no plan'],
  ['nothing', '   ', ['malformed'], ''],
  ['wrong types', planText({ id: { nested: true }, role: 'finder', instruction: 7 }, step('b')), ['malformed'], 'id'],
  ['an instruction missing', planText({ id: 'a', role: 'finder' }, step('b')), ['malformed'], 'instruction'],
  ['a deliverable that does not exist', good.replace('"deliverable":""', '"deliverable":"zzz"'), ['unknown-deliverable'], 'zzz'],
])('sent back once, with the located problem: %s', async (_what, text, codes, told) => {
  const outcome = await runWith([text, good]);
  expect(outcome).toMatchObject({ status: 'succeeded', planCalls: 2, refusals: [codes] });
  expect(outcome.told).toContain('<problems>');
  expect(outcome.told).toContain(told);
  expect(outcome.ids).toEqual(['a', 'b']);
});

test('a second bad draft ends the run with a clear error', async () => {
  const outcome = await runWith([planText(step('a', 'wizard'), step('b'))]);
  expect(outcome).toMatchObject({ status: 'failed', planCalls: 2, refusals: [['unknown-role'], ['unknown-role']] });
  expect(outcome.detail).toMatch(/^The planner gave no valid plan\. .*wizard.*finder/);
});

test('10,000 subtasks are cut off, not read to their end, and sent back', async () => {
  const many = Array.from({ length: 10_000 }, (_, at) => JSON.stringify(step(`s${at}`)));
  const outcome = await runWith([['{"subtasks":[', ...many.map((text, at) => (at === 0 ? text : `,${text}`)), ']}'], good]);
  expect(outcome).toMatchObject({ status: 'succeeded', planCalls: 2, refusals: [['too-large']], ids: ['a', 'b'] });
});

test('a truncated plan is continued from its whole elements, within the same attempt', async () => {
  const outcome = await runWith([
    `{"subtasks":[${JSON.stringify(step('a'))},{"id":"b","ro`,
    planText(step('b', 'writer', ['a'])),
  ]);
  expect(outcome).toMatchObject({ status: 'succeeded', planCalls: 2, refusals: [], ids: ['a', 'b'] });
  expect(outcome.told).toContain('<so_far>');
  expect(outcome.told).toContain('"id":"a"');
});

test('a plan that is truncated twice is refused, not taken for whole', async () => {
  const outcome = await runWith([
    `{"subtasks":[${JSON.stringify(step('a'))},{"id":"b","ro`,
    `{"subtasks":[${JSON.stringify(step('b'))},{"id`,
  ]);
  expect(outcome.refusals[0]).toEqual(['malformed']);
});

test('an endless answer is stopped', async () => {
  const outcome = await runWith([Array.from({ length: 600 }, () => 'x'.repeat(10_000)), good]);
  expect(outcome).toMatchObject({ status: 'succeeded', planCalls: 2, refusals: [['too-large']] });
});
