/** What every page of the app owes its reader: no serious finding of axe, light and dark; no sideways scrolling on a phone; a keyboard is enough. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { RunReport } from 'planwright';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { browserMissing, openPage, type PageOptions, whyNoBrowser } from '../support/browser.ts';
import { holdApp } from '../support/held-app.ts';
import { harborPlan } from './harbor-plan.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe.skipIf(browserMissing !== null)(`the app’s manners${whyNoBrowser}`, { timeout: 120_000 }, () => {
  const app = holdApp({ teams: ['test/web/press.yaml'] });
  /** By name: the address of each page, with runs in every state that it can show. */
  const pages = new Map<string, string>();

  beforeAll(async () => {
    const start = (body: object) => app.server.post<{ runId: string }>('api/runs', { team: 'press', plan: harborPlan, ...body });
    const { runId } = await start({});
    const waiting = await start({ approve: true });
    await ended(runId);
    const fork = await app.server.post<{ runId: string }>(`api/runs/${runId}/fork`, {
      before: 'table',
      change: { instruction: 'Make the table shorter.' },
    });
    await ended(fork.runId);
    for (const view of ['graph', 'list', 'timeline', 'ledger', 'result']) pages.set(view, `#/runs/${runId}?view=${view}`);
    pages.set('subtask', `#/runs/${runId}?view=list&subtask=delays`);
    pages.set('waiting', `#/runs/${waiting.runId}`);
    pages.set('edit', `#/runs/${waiting.runId}?view=edit`);
    pages.set('beside', `#/runs/${fork.runId}?view=beside`);
    pages.set('unknown run', '#/runs/no-such-run');
    pages.set('runs', '#/runs');
    pages.set('start', '#/runs/new');
    pages.set('comparisons', '#/comparisons');
    pages.set('start comparison', '#/comparisons/new');
    const tasks = ['Monday', 'Tuesday'].map((day) => ({ id: day, task: `What is late on ${day}?`, check: { contains: 'Done' } }));
    const { comparisonId } = await app.server.post<{ comparisonId: string }>('api/comparisons', { tasks, team: 'press' });
    pages.set('comparison', `#/comparisons/${comparisonId}`);
    pages.set('nowhere', '#/nowhere');
  }, 60_000);

  async function ended(runId: string): Promise<void> {
    while ((await app.server.get<RunReport>(`api/runs/${runId}`)).status === 'running') {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function visit(options: PageOptions, look: (page: Page, name: string) => Promise<void>): Promise<void> {
    const { page, context } = await openPage(app.browser, options);
    await app.server.signIn(context);
    for (const [name, hash] of pages) {
      // Each by its address alone, not from the page before.
      await page.goto('about:blank');
      await page.goto(`${app.server.url}/${hash}`);
      await page.locator('main :is(h1, h2)').first().waitFor();
      await expect.poll(() => page.locator('.spinner').count()).toBe(0);
      await look(page, name);
    }
    await context.close();
  }

  test.each(['light', 'dark'] as const)('axe has no serious finding on any page, %s', async (colorScheme) => {
    const found: string[] = [];
    await visit({ colorScheme }, async (page, name) => {
      // Not by a script element: the content-security policy would refuse it.
      await page.evaluate(axeSource);
      const violations = (await page.evaluate(
        'axe.run(document, { resultTypes: ["violations"] }).then((result) => result.violations)',
      )) as {
        id: string;
        impact: string;
        nodes: { html: string }[];
      }[];
      for (const { id, impact, nodes } of violations) {
        if (impact === 'serious' || impact === 'critical') found.push(`${name}: ${id}: ${nodes[0]?.html.slice(0, 200)}`);
      }
    });
    expect(found).toEqual([]);
  });

  test('at 390 px no page scrolls sideways', async () => {
    const wide: string[] = [];
    await visit({ width: 390, height: 844 }, async (page, name) => {
      const spare = (await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )) as number;
      if (spare > 0) wide.push(`${name}: ${spare} px`);
    });
    expect(wide).toEqual([]);
  });

  test('with the keyboard alone a subtask is opened, read and closed, and views are changed', async () => {
    const { page, context } = await openPage(app.browser);
    await app.server.signIn(context);
    await page.goto(`${app.server.url}/${pages.get('graph')}`);
    await page.locator('.react-flow__node').first().waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Skip to the content');
    await page.getByRole('tab', { name: 'Plan' }).focus();
    await page.keyboard.press('Tab');
    for (let tries = 0; tries < 10 && !(await page.evaluate('document.activeElement.matches(".react-flow__node")')); tries += 1) {
      await page.keyboard.press('Tab');
    }
    // What has the focus is seen to have it.
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    await page.getByRole('complementary').getByRole('heading', { name: 'Instruction' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('complementary').waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'Plan' }).focus();
    for (let step = 0; step < 2; step += 1) await page.keyboard.press('ArrowRight');
    await page.getByRole('region', { name: 'Subtasks in order of their start' }).waitFor();
    await context.close();
  });

  test('a choice of colors is kept, and wins over the system’s', async () => {
    const { page, context } = await openPage(app.browser, { colorScheme: 'light' });
    await app.server.signIn(context);
    await page.goto(`${app.server.url}/#/runs`);
    await page.getByRole('combobox', { name: 'Colors' }).selectOption('dark');
    await page.reload();
    await page.getByRole('heading', { name: 'Runs' }).waitFor();
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(20, 23, 26)');
    await context.close();
  });
});
