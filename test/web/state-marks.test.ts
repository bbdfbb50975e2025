/** Where a state is shown, its shape and its word are there too: without any color everything can still be told. */
import type { RunReport } from 'planwright';
import type { Locator } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { browserMissing, openPage, whyNoBrowser } from '../support/browser.ts';
import { holdApp } from '../support/held-app.ts';
import { subtask } from './harbor-plan.ts';

const plan = {
  version: 1,
  task: 'Stand in every state.',
  subtasks: [
    subtask('done', 'finder', [], 'Do it.'),
    { ...subtask('wrong', 'finder', [], 'Fail.'), accept: [{ kind: 'predicate', contains: 'never said' }] },
    subtask('after-wrong', 'writer', ['wrong'], 'Go on.'),
    subtask('busy', 'finder', [], 'Wait. [wait 30000]'),
    subtask('later', 'writer', ['busy'], 'Go on.'),
  ],
};
const team = {
  name: 'stern',
  roles: {
    finder: { description: 'Finds.', instructions: 'You are the finder.' },
    writer: { description: 'Writes.', instructions: 'You are the writer.' },
  },
  limits: { retries: 0, reroutes: 0, replans: 0 },
};

describe.skipIf(browserMissing !== null)(`marks of states${whyNoBrowser}`, { timeout: 60_000 }, () => {
  const app = holdApp();

  test('in the graph, the table, the bar’s list and the list of runs', async () => {
    const { runId } = await app.server.post<{ runId: string }>('api/runs', { team, plan });
    const expected = { done: 'succeeded', wrong: 'failed', busy: 'running', later: 'waiting' };
    await expect
      .poll(
        async () => {
          const { subtasks } = await app.server.get<RunReport>(`api/runs/${runId}`);
          return Object.fromEntries(subtasks.map(({ id, status }) => [id, status]));
        },
        { timeout: 20_000 },
      )
      .toMatchObject(expected);
    const { page, context } = await openPage(app.browser);
    await app.server.signIn(context);
    /** By word: what the icon beside it looks like, its color left out. */
    const shapes = new Map<string, Set<string>>();
    const note = async (place: Locator, word: string): Promise<void> => {
      const shape = await place.locator('.state-icon').first().innerHTML();
      shapes.set(word, (shapes.get(word) ?? new Set()).add(shape));
    };
    await page.goto(`${app.server.url}/#/runs/${runId}`);
    await expect.poll(() => page.locator('.node').count()).toBe(plan.subtasks.length);
    for (const node of await page.locator('.node').all()) {
      const word = (await node.locator('.node-state').textContent()) ?? '';
      const id = (await node.locator('.node-name').textContent()) ?? '';
      expect({ id, word: id === 'after-wrong' ? 'any' : word }).toEqual({ id, word: { ...expected, 'after-wrong': 'any' }[id] });
      await note(node, word);
    }
    for (const item of await page.getByRole('list', { name: 'Subtasks by state' }).getByRole('listitem').all()) {
      await note(item, /[a-z ]+$/.exec((await item.textContent()) ?? '')?.[0].trim() ?? '');
    }
    await page.goto(`${app.server.url}/#/runs/${runId}?view=list`);
    await page.locator('table.subtasks .state-label').first().waitFor();
    for (const label of await page.locator('table.subtasks .state-label').all()) {
      await note(label, ((await label.textContent()) ?? '').trim());
    }
    await page.goto(`${app.server.url}/#/runs`);
    await page.locator('.run-card .state-label').waitFor();
    for (const label of await page.locator('.run-card .state-label').all()) {
      await note(label, ((await label.textContent()) ?? '').trim());
    }
    // Each word has one shape, and no two have the same.
    expect([...shapes.keys()]).toEqual(expect.arrayContaining(['succeeded', 'failed', 'running', 'waiting']));
    expect([...shapes].filter(([, drawn]) => drawn.size !== 1).map(([word]) => word)).toEqual([]);
    expect(new Set([...shapes.values()].map(([drawn]) => drawn)).size).toBe(shapes.size);
    await context.close();
  });
});
