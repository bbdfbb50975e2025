/** Comparisons by the API: as far as they have come, and as a page. */
import { compareTeams, type JudgedComparison, MemoryStore, type PairProgress } from 'planwright';
import type { SectionList } from 'planwright/client';
import { expect, test } from 'vitest';
import { playModel, smallTeam } from '../support/small-team.ts';
import { step } from './played-team.ts';
import { type Serving, serve } from './serving.ts';

/** The team is right, one agent is not; both say what a page must not run. */
const model = playModel(({ schema, role }) => {
  if (schema !== null) return JSON.stringify({ subtasks: [step('find'), step('write', 'writer', ['find'])], deliverable: '' });
  return role === 'writer' ? 'It is 42. <script>alert("team")</script>' : 'It is 41. <img src=x onerror=alert(1)>';
});

const tasks = Array.from({ length: 6 }, (_one, at) => ({
  id: `task/${at}<script>`,
  task: `How much is ${at}?`,
  accept: [],
  check: [{ kind: 'predicate' as const, contains: '42' }],
}));

const listOf = async ({ ask }: Serving) =>
  ((await ask('GET', '/api/comparisons')).json as { comparisons: { comparisonId: string; pairs: number }[] }).comparisons;

test('the verdict so far while it runs, and at its end that of the command', async () => {
  const store = new MemoryStore();
  await using serving = await serve({ store });
  expect(await listOf(serving)).toEqual([]);
  const seen: number[] = [];
  const looks: Promise<void>[] = [];
  const look = async (): Promise<void> => {
    const [first] = await listOf(serving);
    seen.push(first?.pairs ?? 0);
  };
  const onPair = (_pair: PairProgress): void => void looks.push(look());
  const done = await compareTeams({ tasks, team: smallTeam, model, store, fixedN: true, onPair });
  await Promise.all(looks);
  expect(Math.max(...seen)).toBeGreaterThan(0);
  const { comparisonId } = done;
  expect(await listOf(serving)).toMatchObject([{ comparisonId, pairs: 6, openPairs: 0, teams: ['small'] }]);
  const asked = await serving.ask('GET', `/api/comparisons/${comparisonId}?method=fixed`);
  const { report, rows } = asked.json as JudgedComparison;
  expect(rows).toHaveLength(12);
  for (const key of [
    'verdict',
    'pairs',
    'both',
    'onlySingle',
    'onlyTeam',
    'neither',
    'mcnemarP',
    'furtherPairs',
    'method',
  ] as const) {
    expect({ key, value: report[key] }).toEqual({ key, value: done.report[key] });
  }
  expect(report).toMatchObject({ verdict: 'team', onlyTeam: 6 });

  const page = await serving.ask('GET', `/api/comparisons/${comparisonId}/report`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
  expect(page.text).toContain(comparisonId);
  expect(page.text).not.toMatch(/<script|<img[^>]*onerror/i);

  // By themselves the sections are those of the page, to the letter.
  const { sections } = (await serving.ask('GET', `/api/comparisons/${comparisonId}/sections`)).json as SectionList;
  expect(sections.map(({ id }) => id)).toEqual([...page.text.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id));
  for (const { html } of sections) expect(page.text).toContain(html);
});

test('what is no comparison is 404, and what is no number is 400', async () => {
  await using serving = await serve();
  for (const path of ['none', '__proto__', 'none/report', 'none/sections']) {
    expect((await serving.ask('GET', `/api/comparisons/${path}`)).status).toBe(404);
  }
  for (const query of ['alpha=0', 'alpha=x', 'alpha=2', 'method=other', 'x=1']) {
    expect((await serving.ask('GET', `/api/comparisons/none?${query}`)).status).toBe(400);
  }
});
