/** A comparison that a person starts in the app: its tasks are pasted, its verdict comes while it runs, it can be stopped. */
import type { ComparisonList, ComparisonNow } from 'planwright/client';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { browserMissing, openPage, whyNoBrowser } from '../support/browser.ts';
import { holdApp } from '../support/held-app.ts';
import { subtask } from './harbor-plan.ts';

/** One agent does not know; the team's writer does. */
const plan = JSON.stringify({
  subtasks: [
    subtask('look', 'finder', [], 'Look. [wait 100]'),
    subtask('write', 'writer', ['look'], 'Write. [wait 100] [answer: The ferry is late.]'),
  ],
  deliverable: 'write',
});
/** Of the comparison whose page it is. */
const idOf = (page: Page) => new URL(page.url()).hash.split('/').at(-1) ?? '';
const taskOf = (day: string) => `What is late on ${day}? [at first: I don’t know.] [plan: ${plan}]`;

describe.skipIf(browserMissing !== null)(`starting a comparison${whyNoBrowser}`, { timeout: 60_000 }, () => {
  const app = holdApp({ teams: ['test/web/press.yaml'] });

  test('lines of words and of a tasks file are compared, with the verdict on the page before the end', async () => {
    const { page, context, errors } = await openPage(app.browser);
    await app.server.signIn(context);
    await page.goto(`${app.server.url}/#/comparisons`);
    await page.getByRole('heading', { name: 'No comparisons yet' }).waitFor();
    await page.getByRole('link', { name: 'Start a comparison' }).click();
    const tasks = page.getByRole('textbox', { name: 'Tasks' });
    await tasks.fill('What is late?\n{"id":');
    await page.getByRole('combobox', { name: 'Team', exact: true }).selectOption('press');
    const start = page.getByRole('button', { name: 'Start', exact: true });
    await start.click();
    // What is no task is told with its line, before anything is asked of the app.server.
    expect(await page.getByRole('alert').getByRole('listitem').allTextContents()).toEqual([
      expect.stringMatching(/^Line 1: say what the right answer is/),
      expect.stringMatching(/^Line 2: not JSON/),
    ]);
    // What the server refuses is told too.
    await tasks.fill('{"id":"x","task":"Why?","check":{"regex":"("}}');
    await start.click();
    await page.getByRole('alert').getByText('tasks:1 check').waitFor();

    const days = ['Monday', 'Tuesday', 'Wednesday'];
    const json = ['Thursday', 'Friday'].map((day) => JSON.stringify({ id: day, task: taskOf(day), check: { regex: 'f.rry' } }));
    await tasks.fill([...days.map((day) => `${taskOf(day)} => ferry`), ...json].join('\n'));
    await page.getByRole('spinbutton', { name: 'Trials of each task' }).fill('2');
    await page.getByRole('checkbox', { name: 'Run every task' }).check();
    await start.click();
    await page.getByRole('heading', { name: 'Undecided so far' }).waitFor();
    await page.getByRole('button', { name: 'Cancel comparison' }).waitFor();
    const bar = page.getByRole('progressbar', { name: /of 10 pairs/ });
    await bar.waitFor();
    // Pairs come while it runs.
    const pairs = page.getByRole('region', { name: 'Pairs' }).locator('tbody tr');
    await expect.poll(() => pairs.count(), { timeout: 20_000 }).toBeGreaterThan(0);
    const early = await app.server.get<ComparisonNow>(`api/comparisons/${idOf(page)}`);
    expect(early.progress?.state).toBe('running');
    await page.getByText('Every pair was run.').waitFor({ timeout: 30_000 });
    await page.getByRole('heading', { name: 'The team is better' }).waitFor();
    await bar.waitFor({ state: 'detached' });
    expect(await pairs.count()).toBe(10);
    expect(await page.getByText('Friday (repeat 2)').count()).toBe(1);
    const now = await app.server.get<ComparisonNow>(`api/comparisons/${idOf(page)}`);
    expect(now.report).toMatchObject({ onlyTeam: 10, method: 'fixed', verdict: 'team' });
    // The browser says of the refused request that it was refused, and nothing else went wrong.
    expect(errors.filter((error) => !error.includes('400'))).toEqual([]);
    await context.close();
  });

  test('one under way is in the list, is stopped, and goes on when it is started again', async () => {
    const { page, context, errors } = await openPage(app.browser);
    await app.server.signIn(context);
    const fill = async (): Promise<void> => {
      await page.goto(`${app.server.url}/#/comparisons/new`);
      const lines = Array.from({ length: 12 }, (_one, at) => `${taskOf(`day ${at}`)} => ferry`);
      await page.getByRole('textbox', { name: 'Tasks' }).fill(lines.join('\n'));
      await page.getByRole('combobox', { name: 'Team', exact: true }).selectOption('press');
      await page.getByRole('button', { name: 'Start', exact: true }).click();
      await page.getByRole('button', { name: 'Cancel comparison' }).waitFor();
    };
    await fill();
    const id = idOf(page);
    await page.getByRole('link', { name: 'Comparisons' }).first().click();
    await page.locator('.run-card', { hasText: 'running' }).waitFor();
    const { underWay } = await app.server.get<ComparisonList>('api/comparisons');
    expect(underWay.map(({ comparisonId }) => comparisonId)).toEqual([id]);
    await page.locator('.run-card', { hasText: 'running' }).click();
    await page.getByText(/^[1-9]\d* of 12 pairs$/).waitFor();
    await page.getByRole('button', { name: 'Cancel comparison' }).click();
    await page.getByText(/^It was stopped\./).waitFor();
    const stopped = await app.server.get<ComparisonNow>(`api/comparisons/${id}`);
    expect(stopped.progress).toMatchObject({ state: 'ended', stopped: 'interrupted' });
    expect(stopped.pairs).toBeLessThan(12);
    await fill();
    expect(idOf(page)).toBe(id);
    await page.getByText(/^The evidence decides|^Every pair was run/).waitFor({ timeout: 40_000 });
    await page.getByRole('heading', { name: 'The team is better' }).waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });
});
