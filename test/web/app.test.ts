/** The web app in a real browser, on a real server: what a person does with it, from the first run on. */
import type { RunReport } from 'planwright';
import type { SectionList } from 'planwright/client';
import { describe, expect, test } from 'vitest';
import { serverToken } from '../support/app-server.ts';
import { browserMissing, openPage, type PageOptions, type WatchedPage, whyNoBrowser } from '../support/browser.ts';
import { holdApp } from '../support/held-app.ts';
import { breakableProxy } from './breakable-proxy.ts';
import { harborPlan, slowed, subtask } from './harbor-plan.ts';

/** Without its spaces and what a browser writes otherwise. */
const textIn = (markup: string) => markup.replace(/<[^>]*>/g, '').replaceAll(/&#39;|&amp;|&nbsp;|\s/g, '');

describe.skipIf(browserMissing !== null)(`the app${whyNoBrowser}`, { timeout: 60_000 }, () => {
  const app = holdApp({ teams: ['test/web/press.yaml'] });

  /** A page with a session. `url`: of a proxy before the app.server. */
  async function open(hash: string, options: PageOptions & { url?: string } = {}): Promise<WatchedPage> {
    const watched = await openPage(app.browser, options);
    await app.server.signIn(watched.context, options.url);
    await watched.page.goto(`${options.url ?? app.server.url}/${hash}`);
    return watched;
  }

  const start = (body: object) => app.server.post<{ runId: string }>('api/runs', { team: 'press', ...body });
  const report = (runId: string) => app.server.get<RunReport>(`api/runs/${runId}`);

  async function untilEnded(runId: string): Promise<RunReport> {
    for (;;) {
      const now = await report(runId);
      if (now.status !== 'running') return now;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  test('the printed link opens an empty store, and a first task is started there and shown while it runs', async () => {
    const { page, errors } = await openPage(app.browser);
    await page.goto(app.server.link);
    expect(new URL(page.url()).search).toBe('');
    await page.getByRole('heading', { name: 'No runs yet' }).waitFor();
    await page.getByRole('link', { name: 'Start a first task' }).click();
    await page
      .getByRole('textbox', { name: 'Task' })
      .fill(`Count the ships. [plan slowly 300] [plan: ${JSON.stringify(harborPlan)}]`);
    await page.getByRole('combobox', { name: 'Team', exact: true }).selectOption('press');
    await page.getByRole('combobox', { name: 'Strategy' }).selectOption('team');
    await page.getByRole('button', { name: 'Start' }).click();
    // It fills in while the planner writes.
    await page.locator('.node').first().waitFor({ timeout: 20_000 });
    expect(await page.locator('.node').count()).toBeLessThan(12);
    await page.getByText('12 succeeded').waitFor({ timeout: 30_000 });
    // Every one of its subtasks is in the graph, and says how it ended.
    await expect.poll(() => page.locator('.node').count()).toBe(12);
    expect(await page.locator('.node .node-state').allTextContents()).toEqual(new Array(12).fill('succeeded'));
    await page.goto(`${app.server.url}/#/runs`);
    await page.getByText('Count the ships.').waitFor();
    await page.getByRole('searchbox').fill('no such words');
    await page.getByRole('heading', { name: 'No run matches' }).waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('what happened to a subtask can be read: its context, calls, verdicts, attempts beside each other', async () => {
    const { runId } = await start({ plan: harborPlan });
    await untilEnded(runId);
    const { page, errors } = await open(`#/runs/${runId}?view=list`);
    await page.getByRole('searchbox').fill('delays');
    await page.getByRole('button', { name: 'delays', exact: true }).click();
    const panel = page.getByRole('complementary', { name: 'Subtask delays' });
    await panel.getByRole('heading', { name: /Attempt 2/ }).waitFor();
    expect(await panel.locator('.attempt h4').allTextContents()).toEqual([' Attempt 1 · finder', ' Attempt 2 · finder']);
    expect(await panel.locator('.verdict strong').allTextContents()).toEqual([
      'rejected',
      'predicate did not pass',
      'accepted',
      'predicate passed',
    ]);
    await panel.getByText('What it was told, to the letter').last().click();
    expect(await panel.locator('.attempt').last().locator('details').first().locator('pre').last().textContent()).toContain(
      'was not accepted',
    );
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    // A sub-team opens where it stands.
    await page.getByRole('tab', { name: 'Plan' }).click();
    await page.getByRole('button', { name: 'Open the sub-team of desk-north' }).click();
    await expect.poll(() => page.locator('.node').count()).toBe(14);
    // An address leads to what it names.
    await page.goto(`${app.server.url}/#/runs/${runId}?subtask=desk-north/polish&view=timeline`);
    await page
      .getByRole('complementary', { name: 'Subtask desk-north/polish' })
      .getByText('Needed by')
      .or(page.getByText('Depends on'))
      .first()
      .waitFor();
    expect(await page.locator('.timeline-row.is-critical').count()).toBeGreaterThan(2);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('the ledger is that of the run’s page on file, and can be saved as one', async () => {
    const { runId } = await start({ plan: harborPlan });
    await untilEnded(runId);
    const { page, errors } = await open(`#/runs/${runId}?view=ledger`);
    const ledger = page.getByRole('region', { name: 'Ledger' });
    const { sections } = await app.server.get<SectionList>(`api/runs/${runId}/sections?only=ledger`);
    await expect.poll(async () => textIn((await ledger.innerHTML()) || '')).toBe(textIn(sections[0]?.html ?? ''));
    const rows = await ledger.getByRole('region', { name: 'By purpose' }).locator('tbody tr').count();
    expect(rows).toBeGreaterThan(1);
    const link = page.getByRole('link', { name: 'As a page' });
    const saved = await app.server.text((await link.getAttribute('href')) ?? '');
    expect(saved).toContain(sections[0]?.html);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('a proposed plan is edited, checked as it is typed, and runs as it was approved', async () => {
    const { runId } = await start({ plan: harborPlan, approve: true });
    const { page, errors } = await open(`#/runs/${runId}`);
    await page.getByRole('button', { name: 'Edit the plan' }).click();
    await page.getByText('Valid: 12 subtasks').waitFor();
    // A cycle is said where it is, and can't be approved.
    await page.getByRole('combobox', { name: 'Let arrivals depend on' }).selectOption('report');
    await page.locator('.problems').getByText(/cycle/i).first().waitFor();
    expect(await page.getByRole('button', { name: 'Approve this plan' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'arrivals no longer depends on report' }).click();
    await page.getByRole('button', { name: 'Remove map' }).click();
    await page.getByRole('button', { name: 'Add a subtask' }).click();
    const added = page.locator('.editor-subtask').last();
    await added.getByRole('textbox', { name: 'Id' }).fill('weather');
    await added.getByRole('textbox', { name: 'Instruction' }).fill('Say what the weather was.');
    await added.getByRole('combobox', { name: 'Role' }).selectOption('finder');
    await page.getByRole('combobox', { name: 'Let report depend on' }).selectOption('weather');
    await page.getByText('Valid: 12 subtasks').waitFor();
    await page.getByRole('button', { name: 'Approve this plan' }).click();
    await page.getByText('12 succeeded').waitFor({ timeout: 30_000 });
    const { plan, subtasks } = await report(runId);
    expect(plan.subtasks.map(({ id }) => id)).not.toContain('map');
    expect(plan.subtasks.find(({ id }) => id === 'report')?.dependsOn).toEqual([
      'table',
      'desk-north',
      'check-reasons',
      'weather',
    ]);
    expect(subtasks.find(({ id }) => id === 'weather')).toMatchObject({ role: 'finder', status: 'succeeded' });
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('a browser without a session is asked for the token, and comes to the page it wanted', async () => {
    const { page, context } = await openPage(app.browser);
    await page.goto(`${app.server.url}/#/comparisons`);
    await page.getByRole('heading', { name: 'This browser has no session' }).waitFor();
    await page.getByLabel('Token').fill('not the token at all');
    await page.getByRole('button', { name: 'Open a session' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Token').fill(serverToken);
    await page.getByRole('button', { name: 'Open a session' }).click();
    await page.getByRole('heading', { name: 'No comparisons yet' }).waitFor();
    expect(new URL(page.url()).hash).toBe('#/comparisons');
    await context.close();
  });

  test('a refusal is given with its reason, and a run under way is cancelled', async () => {
    const waiting = await start({ plan: harborPlan, approve: true });
    const { page } = await open(`#/runs/${waiting.runId}`);
    await page.getByRole('button', { name: 'Deny …' }).click();
    await page.getByRole('textbox', { name: /Why not/ }).fill('Too dear.');
    await page.getByRole('button', { name: 'Deny', exact: true }).click();
    await page
      .getByText(/refused the plan: Too dear\./)
      .first()
      .waitFor();
    const slow = await start({
      plan: { ...harborPlan, deliverable: 'a', subtasks: [subtask('a', 'finder', [], 'Wait. [wait 20000]')] },
    });
    await page.goto(`${app.server.url}/#/runs/${slow.runId}`);
    await page.getByRole('button', { name: 'Cancel run' }).click();
    await page.locator('.run-facts').getByText('cancelled').waitFor();
    expect((await report(slow.runId)).status).toBe('cancelled');
    await page.context().close();
  });

  test('a connection that is lost in the middle of a run is told, and regained with no event lost or doubled', async () => {
    await using proxy = await breakableProxy(app.server.url);
    const { runId } = await start({ plan: slowed(harborPlan, 8) });
    const { page } = await open(`#/runs/${runId}`, { url: proxy.url });
    await page.locator('.node').first().waitFor();
    proxy.cut();
    await page.getByText(/^Connection lost/).waitFor();
    await untilEnded(runId);
    proxy.mend();
    await page.getByText('Connected again').waitFor({ timeout: 20_000 });
    await page.getByText('12 succeeded').waitFor();
    // The stream was asked to go on behind what was seen: each event has come once.
    const ids = proxy.eventIds();
    expect(ids.length).toBeGreaterThan(24);
    expect(new Set(ids).size).toBe(ids.length);
    expect(proxy.seqsOf(runId)).toEqual(Array.from({ length: proxy.seqsOf(runId).length }, (_, index) => index + 1));
    await page.context().close();
  });

  test('a fork with another instruction runs beside its parent, and says what differs', async () => {
    const { runId } = await start({ plan: harborPlan });
    await untilEnded(runId);
    const { page, errors } = await open(`#/runs/${runId}?subtask=table`);
    await page.getByText('Fork from here').click();
    const form = page.locator('.fork form');
    await form.getByRole('textbox', { name: 'Instruction' }).fill('Make the table shorter. [answer: A short table.]');
    await form.getByRole('button', { name: 'Fork and run' }).click();
    await page.getByText('forked from').waitFor();
    await page.getByText('12 succeeded').waitFor({ timeout: 30_000 });
    await page.getByRole('tab', { name: 'Beside its parent' }).click();
    const table = page.locator('.differences li', { has: page.getByRole('heading', { name: 'table', exact: true }) });
    await table.getByText('Make the table shorter.').waitFor();
    expect(await table.locator('.differs').count()).toBe(2);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('a hostile deliverable runs nothing and leads nowhere', async () => {
    const hostile = [
      '# Report',
      '<script>window.hacked = 1</script>',
      '<img src="x" onerror="window.hacked = 2">',
      '<svg onload="window.hacked = 3"></svg><iframe src="javascript:window.top.hacked = 4"></iframe>',
      '[a](javascript:window.hacked=5) [b](JaVaScRiPt:window.hacked=6) [c](data:text/html,<script>1</script>) [d](https://example.com/x)',
      '![e](https://example.com/pixel.png)',
      '<a href="javascript:window.hacked=7">f</a>',
      '[g]: javascript:window.hacked=8',
      '[g]',
    ].join('\n\n');
    const text = `Say it. [answer: ${hostile}]`;
    const { runId } = await start({ plan: { ...harborPlan, deliverable: 'a', subtasks: [subtask('a', 'finder', [], text)] } });
    await untilEnded(runId);
    const { page } = await open(`#/runs/${runId}?view=result&subtask=a`);
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.getByRole('region', { name: 'Deliverable' }).getByText('window.hacked = 1').waitFor();
    for (const link of await page.locator('.markdown a').all())
      expect(await link.getAttribute('href')).toMatch(/^https:\/\/example\.com\//);
    for (const name of ['a', 'b', 'f'])
      await page
        .locator('.markdown')
        .first()
        .getByText(name, { exact: true })
        .first()
        .click({ force: true, timeout: 300 })
        .catch(() => {});
    expect(await page.locator('.markdown script, .markdown img, .markdown iframe, .markdown svg').count()).toBe(0);
    expect(await page.evaluate(() => Reflect.get(globalThis, 'hacked'))).toBeUndefined();
    expect(requests.filter((url) => url.includes('example.com'))).toEqual([]);
    await page.context().close();
  });

  test('a run of 1,500 subtasks is summarized by level and role, and its list can be searched', async () => {
    const subtasks = Array.from({ length: 1500 }, (_, index) =>
      subtask(`s${index}`, index % 2 === 0 ? 'finder' : 'writer', index < 10 ? [] : [`s${Math.floor(index / 2)}`], 'Go.'),
    );
    const { deliverable: _, ...rest } = harborPlan;
    const { runId } = await start({ plan: { ...rest, subtasks }, approve: true });
    const { page, errors } = await open(`#/runs/${runId}`);
    await page.getByText('1,500 subtasks: too many to be drawn').waitFor();
    expect(await page.locator('.levels tbody tr').count()).toBe(9);
    await page.getByRole('tab', { name: 'Subtasks' }).click();
    await page.getByRole('searchbox').fill('s1499');
    await page.getByRole('button', { name: 's1499' }).waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  });
});
