/** Each page while it loads, with nothing to show, when its question fails, and when the server can't be reached. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { browserMissing, openPage, whyNoBrowser } from '../support/browser.ts';
import { holdApp } from '../support/held-app.ts';
import { harborPlan } from './harbor-plan.ts';

const failure = { error: { code: 'store-failed', message: 'The store is on fire.' } };

describe.skipIf(browserMissing !== null)(`states of pages${whyNoBrowser}`, { timeout: 60_000 }, () => {
  const app = holdApp({ teams: ['test/web/press.yaml'] });

  async function open(): Promise<Page> {
    const { page, context } = await openPage(app.browser);
    await app.server.signIn(context);
    return page;
  }

  /** The page is asked for while every question to the API is held, failed or cut off; then they are let through. */
  test.each([
    ['runs', '#/runs', 'Loading runs', 'No runs yet'],
    ['start', '#/runs/new', 'Loading the teams', 'Start a task'],
    ['comparisons', '#/comparisons', 'Loading comparisons', 'No comparisons yet'],
    ['start comparison', '#/comparisons/new', 'Loading the teams', 'Start a comparison'],
  ])('%s: loading, failed, out of reach, and empty', async (_name, hash, loading, empty) => {
    const page = await open();
    const held = Promise.withResolvers<void>();
    let answer: 'hold' | 'fail' | 'cut' | 'pass' = 'hold';
    await page.route('**/api/**', async (route) => {
      if (answer === 'hold') await held.promise;
      if (answer === 'fail') await route.fulfill({ status: 503, json: failure });
      else if (answer === 'cut') await route.abort('connectionrefused');
      else await route.continue();
    });
    await page.goto(`${app.server.url}/${hash}`);
    await page.getByRole('status').getByText(loading).waitFor();
    answer = 'fail';
    held.resolve();
    const alert = page.getByRole('alert');
    await alert.getByText('The store is on fire.').waitFor();
    answer = 'cut';
    await alert.getByRole('button', { name: 'Try again' }).click();
    await alert.getByText('The server can’t be reached').waitFor();
    answer = 'pass';
    await alert.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: empty }).waitFor();
    expect(await alert.count()).toBe(0);
    await page.context().close();
  });

  test('a list that was there stays readable when the server is lost, and says so', async () => {
    await app.server.post('api/runs', { team: 'press', plan: harborPlan, approve: true });
    const page = await open();
    await page.goto(`${app.server.url}/#/runs`);
    await page.locator('.run-card').waitFor();
    await page.route('**/api/**', (route) => route.abort('connectionrefused'));
    await page.getByRole('alert').getByText('The server can’t be reached').waitFor();
    expect(await page.locator('.run-card').count()).toBe(1);
    await page.unroute('**/api/**');
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('a run: loading, lost before its first event, then shown; unknown; its result failed; nothing there yet', async () => {
    const { runId } = await app.server.post<{ runId: string }>('api/runs', { team: 'press', plan: harborPlan, approve: true });
    const page = await open();
    const held = Promise.withResolvers<void>();
    let isCut = true;
    await page.route(`**/api/runs/${runId}/events`, async (route) => {
      await held.promise;
      if (isCut) await route.abort('connectionrefused');
      else await route.continue();
    });
    await page.goto(`${app.server.url}/#/runs/${runId}`);
    await page.getByRole('status').getByText(`Loading run ${runId}`).waitFor();
    held.resolve();
    await page.getByText(/^Connection lost/).waitFor();
    isCut = false;
    await page.locator('.node').first().waitFor();
    expect(await page.getByText(/^Connection lost/).count()).toBe(0);
    await page.getByRole('tab', { name: 'Result' }).click();
    await page.getByRole('heading', { name: 'No deliverable' }).waitFor();
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await page.getByText('Nothing has started yet.').waitFor();

    await page.goto('about:blank');
    await page.route(`**/api/runs/${runId}`, (route) => route.fulfill({ status: 503, json: failure }));
    await page.goto(`${app.server.url}/#/runs/${runId}?view=result`);
    await page.getByRole('alert').getByText('The store is on fire.').waitFor();

    await page.goto(`${app.server.url}/#/runs/no-such-run`);
    await page.getByRole('heading', { name: 'This run can’t be shown' }).waitFor();
    await page.getByRole('alert').getByText('No run "no-such-run"').waitFor();
    await page.goto(`${app.server.url}/#/comparisons/no-such-comparison`);
    await page.getByRole('alert').getByText('No comparison "no-such-comparison"').waitFor();
    await page.goto(`${app.server.url}/#/nowhere`);
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    await page.context().close();
  });
});
