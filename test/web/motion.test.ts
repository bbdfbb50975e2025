/** With motion reduced nothing moves by itself on any page; without, what is under way does, so that this can fail. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { browserMissing, openPage, whyNoBrowser } from '../support/browser.ts';
import { holdApp } from '../support/held-app.ts';
import { harborPlan, slowed } from './harbor-plan.ts';

/** Animations and transitions that run now, by what they belong to. */
const runningNow = `document.getAnimations().filter(({ playState }) => playState === 'running').map((one) =>
  (one.animationName ?? one.transitionProperty) + ' of ' + (one.effect.target.getAttribute('class') || one.effect.target.tagName))`;
const smoothNow = `[...document.querySelectorAll('*')].filter((one) => getComputedStyle(one).scrollBehavior !== 'auto').length`;

/** Starts to note where the graph stands, frame by frame. */
const watchGraph = `(() => {
  const graph = document.querySelector('.react-flow__viewport');
  const seen = (window.placesOfGraph = []);
  const look = () => {
    const at = getComputedStyle(graph).transform;
    if (seen.at(-1) !== at) seen.push(at);
    if (window.placesOfGraph === seen) requestAnimationFrame(look);
  };
  look();
})()`;
/** d3-zoom takes 250 ms for a double click. */
const watchedMs = 500;

/** How many places the graph had while something was done to it. */
async function placesWhile(page: Page, act: () => Promise<void>): Promise<number> {
  await page.evaluate(watchGraph);
  await act();
  await page.waitForTimeout(watchedMs);
  return page.evaluate('window.placesOfGraph.splice(0).length');
}

/** Where no subtask is: the tools are above, the controls at the left. */
async function doubleClick(page: Page): Promise<void> {
  const box = await page.locator('.graph').boundingBox();
  if (box === null) throw new Error('There is no graph.');
  await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height - 12);
}

describe.skipIf(browserMissing !== null)(`motion${whyNoBrowser}`, { timeout: 60_000 }, () => {
  const app = holdApp({ teams: ['test/web/press.yaml'] });
  let runId: string;
  let comparisonId: string;

  beforeAll(async () => {
    // Under way for as long as anybody looks.
    ({ runId } = await app.server.post<{ runId: string }>('api/runs', { team: 'press', plan: slowed(harborPlan, 400) }));
    const tasks = [{ id: '1', task: 'What is late? [wait 60000]', check: { contains: 'Done' } }];
    ({ comparisonId } = await app.server.post<{ comparisonId: string }>('api/comparisons', { tasks, team: 'press' }));
  }, 60_000);

  async function openGraph(page: Page): Promise<void> {
    await page.goto(`${app.server.url}/#/runs/${runId}`);
    await page.locator('.state-running .turning').first().waitFor({ state: 'attached' });
    await page.getByRole('button', { name: /zoom in/i }).waitFor();
    // It is put into view once it is laid out.
    await page.waitForTimeout(watchedMs);
  }

  test('reduced: no animation, no transition, no smooth scrolling, and the graph jumps', async () => {
    const { page, context, errors } = await openPage(app.browser, { reducedMotion: 'reduce' });
    await app.server.signIn(context);
    const moving: Record<string, unknown> = {};
    const look = async (name: string): Promise<void> => {
      const found = (await page.evaluate(runningNow)) as string[];
      const smooth = (await page.evaluate(smoothNow)) as number;
      if (found.length > 0 || smooth > 0) moving[name] = { found, smooth };
    };
    for (const [name, hash] of [
      ['graph', `#/runs/${runId}`],
      ['list', `#/runs/${runId}?view=list`],
      ['timeline', `#/runs/${runId}?view=timeline&subtask=arrivals`],
      ['ledger', `#/runs/${runId}?view=ledger`],
      ['runs', '#/runs'],
      ['start', '#/runs/new'],
      ['comparisons', '#/comparisons'],
      ['comparison', `#/comparisons/${comparisonId}`],
      ['start comparison', '#/comparisons/new'],
    ] as const) {
      await page.goto('about:blank');
      await page.goto(`${app.server.url}/${hash}`);
      await page.locator('main h1').first().waitFor();
      await look(name);
      for (const button of (await page.locator('main :is(button, a.button, .run-card):visible').all()).slice(0, 4)) {
        await button.hover({ force: true });
        await look(`${name}, hovered`);
      }
    }
    await page.route('**/api/runs?*', () => {});
    await page.route('**/api/runs', () => {});
    await page.goto('about:blank');
    await page.goto(`${app.server.url}/#/runs`);
    await page.locator('.spinner').waitFor();
    await look('loading');
    expect(moving).toEqual({});

    await openGraph(page);
    expect(await placesWhile(page, () => doubleClick(page))).toBeLessThanOrEqual(2);
    expect(await placesWhile(page, () => page.getByRole('button', { name: /zoom in/i }).click())).toBe(2);
    expect(await placesWhile(page, () => page.getByRole('button', { name: /fit view/i }).click())).toBe(2);
    expect(await placesWhile(page, () => page.mouse.wheel(0, 120))).toBeLessThanOrEqual(2);
    expect(errors).toEqual([]);
    await context.close();
  });

  test('not reduced: what is under way turns, and a double click glides nearer', async () => {
    const { page, context } = await openPage(app.browser, { reducedMotion: 'no-preference' });
    await app.server.signIn(context);
    await openGraph(page);
    expect(await page.evaluate(runningNow)).toContain('turn of turning');
    expect(await placesWhile(page, () => doubleClick(page))).toBeGreaterThan(3);
    await page.route('**/api/runs?*', () => {});
    await page.route('**/api/runs', () => {});
    await page.goto('about:blank');
    await page.goto(`${app.server.url}/#/runs`);
    await page.locator('.spinner').waitFor();
    expect(await page.evaluate(runningNow)).toEqual(['turn of spinner']);
    await context.close();
  });
});
