/** A run's page and its sections by the API: those that `planwright show --html` writes. */
import { MemoryStore, runTask } from 'planwright';
import type { SectionList } from 'planwright/client';
import { expect, test } from 'vitest';
import { playModel, smallTeam } from '../support/small-team.ts';
import { step } from './played-team.ts';
import { type Serving, serve } from './serving.ts';

const hostile = '<script>alert(1)</script><img src=x onerror=alert(2)>';

async function keepRun(): Promise<{ store: MemoryStore; runId: string }> {
  const store = new MemoryStore();
  const model = playModel(() => hostile);
  const { runId } = await runTask({
    task: hostile,
    team: smallTeam,
    model,
    store,
    plan: { version: 1, task: hostile, subtasks: [step('a'), step('b', 'writer', ['a'])] },
  });
  return { store, runId };
}

const sectionsOf = async ({ ask }: Serving, path: string) => ((await ask('GET', path)).json as SectionList).sections;

test('the page has no script, and its sections by themselves are the page’s to the letter', async () => {
  const { store, runId } = await keepRun();
  await using serving = await serve({ store });
  const page = await serving.ask('GET', `/api/runs/${runId}/page`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
  expect(page.text).not.toMatch(/<script|<img/i);
  const sections = await sectionsOf(serving, `/api/runs/${runId}/sections`);
  expect(sections.map(({ id }) => id)).toEqual(['summary', 'plan', 'time', 'ledger', 'subtasks']);
  for (const { html } of sections) expect(page.text).toContain(html);
});

test('sections that are asked for come in the page’s order, with the same figures', async () => {
  const { store, runId } = await keepRun();
  await using serving = await serve({ store });
  const all = await sectionsOf(serving, `/api/runs/${runId}/sections`);
  // Read without the texts that they do not show.
  const some = await sectionsOf(serving, `/api/runs/${runId}/sections?only=ledger&only=time`);
  expect(some).toEqual(all.filter(({ id }) => id === 'time' || id === 'ledger'));
  expect(await sectionsOf(serving, `/api/runs/${runId}/sections?only=ledger`)).toEqual(all.filter(({ id }) => id === 'ledger'));
});

test('what is no run is 404, and what is no section is 400', async () => {
  const { store, runId } = await keepRun();
  await using serving = await serve({ store });
  for (const path of ['none/page', 'none/sections']) expect((await serving.ask('GET', `/api/runs/${path}`)).status).toBe(404);
  for (const query of ['only=nothing', 'only=', 'only=ledger&only=nothing', 'other=1']) {
    const { status, text } = await serving.ask('GET', `/api/runs/${runId}/sections?${query}`);
    expect({ query, status, code: (JSON.parse(text) as { error: { code: string } }).error.code }).toEqual({
      query,
      status: 400,
      code: 'malformed',
    });
  }
});
