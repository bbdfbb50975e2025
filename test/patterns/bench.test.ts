/** The benchmark of the patterns, small: what it measures, that it notices other calls than a formula says, and what it writes. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { putTable, tableOfPattern, tablesByTask } from '../../bench/patterns/cost-tables.ts';
import { measureOneAgent, measurePlanner, measurePlay } from '../../bench/patterns/measure.ts';
import { patternList } from '../../bench/patterns/pattern-list.ts';
import type { PatternPlay } from '../../bench/patterns/play.ts';
import { loadPlays } from '../../bench/patterns/plays.ts';
import { listPatterns } from '../../src/patterns/find-pattern.ts';

const playOf = async (name: string): Promise<PatternPlay> => {
  const found = (await loadPlays()).find((play) => play.name === name);
  if (found === undefined) throw new Error(`No play of ${name}.`);
  return found;
};

test('every pattern has a play, and every play a pattern', async () => {
  const names = (await loadPlays()).map(({ name }) => name);
  expect(names).toEqual(listPatterns().map(({ name }) => name));
});

test('docs/patterns.md lists every pattern, with its section of the founding document', () => {
  const docs = new URL('../../docs/', import.meta.url);
  const list = patternList(docs);
  expect(list).not.toContain('|  |');
  expect(readFileSync(new URL('patterns.md', docs), 'utf8')).toContain(list);
});

test('every play meets its formula on the report task', async () => {
  const costs = [];
  for (const play of await loadPlays()) costs.push(await measurePlay(play, 'report'));
  expect(costs.flatMap(({ who, problems }) => problems.map((problem) => `${who}: ${problem}`))).toEqual([]);
});

test('one agent, the plain planner: calls, and levels in model calls', async () => {
  const one = await measureOneAgent('deep');
  expect(one).toMatchObject({
    calls: 1,
    callsByPurpose: { execute: 1 },
    levels: 1,
    serialLevels: 1,
    handoffTokens: 0,
    problems: [],
  });
  const planner = await measurePlanner('wide');
  expect(planner).toMatchObject({ calls: 10, callsByPurpose: { plan: 1, execute: 9 }, serialLevels: 10, problems: [] });
  // Plan, eight at once, answers; work begins while the plan is still being written.
  expect(planner.levels).toBeGreaterThan(2);
  expect(planner.levels).toBeLessThan(3);
});

test('levels are those of the pattern: two rounds and a judge', async () => {
  const cost = await measurePlay(await playOf('debate'), 'report');
  expect(cost).toMatchObject({ calls: 7, callsByPurpose: { execute: 6, verify: 1 }, levels: 3, serialLevels: 7 });
});

describe('what is not as it should be is said', () => {
  test('other calls than the formula has', async () => {
    const play: PatternPlay = { ...(await playOf('debate')), expected: () => ({ calls: 6, toolCalls: 1 }) };
    expect((await measurePlay(play, 'report')).problems).toEqual([
      'calls: 7, and by its formula 6',
      'toolCalls: 0, and by its formula 1',
    ]);
  });

  test('a run that fails, with the pauses before its retries', async () => {
    const play: PatternPlay = { ...(await playOf('self-refine')), answer: () => 'no verdict' };
    const { problems } = await measurePlay(play, 'report');
    expect(problems[0]).toBe('it ended as partial');
    expect(problems[1]).toMatch(/^critique-1: /);
  });
});

test('tables stand where the page has a place for them, and take the place of older ones', async () => {
  const cost = await measurePlay(await playOf('best-of-n'), 'report');
  const table = tableOfPattern([cost]);
  expect(table.split('\n')).toEqual([
    '| task | calls | of them | tool calls | tokens | handed over | levels | one by one |',
    '|---|---|---|---|---|---|---|---|',
    expect.stringMatching(/^\| report, `best-of-n` \| 4 \| 3 execute, 1 verify \| 0 \| [\d,]+ \| [\d,]+ \| 2 \| 4 \|$/),
  ]);
  expect(tablesByTask([cost])).toMatch(/^The report task:\n\n\| \| calls /);
  const page = putTable('# Page\n\n<!-- costs -->\n\nMore.\n', table);
  expect(page).toBe(`# Page\n\n<!-- costs -->\n\n${table}\n\n<!-- /costs -->\n\nMore.\n`);
  expect(putTable(page ?? '', 'new')).toBe('# Page\n\n<!-- costs -->\n\nnew\n\n<!-- /costs -->\n\nMore.\n');
  expect(putTable('# Page\n', table)).toBeNull();
});
