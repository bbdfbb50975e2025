/**
 * How smooth the graph of 500 subtasks is in the system's Chromium, which paints without a graphics card: frames while it is
 * dragged about, at the size it is read at and with all of it in view, after the run and during it, beside a plan of 12.
 *
 *   node --conditions=planwright:source bench/web-smooth.ts
 */
import type { Plan } from 'planwright';
import type { Browser, Page } from 'playwright-core';
import { type AppServer, startAppServer } from '../test/support/app-server.ts';
import { openBrowser, openPage } from '../test/support/browser.ts';
import { subtask } from '../test/web/harbor-plan.ts';

const watchFrames = `
  window.frames = [];
  let before = performance.now();
  const tick = (now) => {
    window.frames.push(now - before);
    before = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);`;

function planOf(size: number, waitMs: number): Plan {
  const instruction = waitMs === 0 ? 'Go.' : `Go. [wait ${waitMs}]`;
  const subtasks = Array.from({ length: size }, (_, index) =>
    subtask(`s${index}`, 'finder', index < 10 ? [] : [`s${Math.floor(index / 3)}`], instruction),
  );
  return { version: 1, task: `A plan of ${size} subtasks.`, subtasks };
}

async function drag(page: Page, stepX: number): Promise<void> {
  await page.mouse.move(1300, 500);
  await page.mouse.down();
  for (let step = 0; step < 120; step += 1) {
    await page.mouse.move(1300 - step * stepX, 500 - (step % 40) * 4);
    await page.waitForTimeout(8);
  }
  await page.mouse.up();
}

async function sayFrames(page: Page, what: string): Promise<void> {
  const [, ...frames] = (await page.evaluate('window.frames.splice(0)')) as number[];
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (share: number): string => `${(sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(0)} ms`;
  const nodes = await page.locator('.node').count();
  console.log(`${what}: ${nodes} nodes in view, a frame ${at(0.5)} median, ${at(0.95)} 95th percentile, ${at(1)} longest`);
}

async function measure(browser: Browser, server: AppServer, { size, waitMs }: { size: number; waitMs: number }): Promise<void> {
  const { runId } = await server.post<{ runId: string }>('api/runs', {
    team: 'press',
    plan: planOf(size, waitMs),
    limits: { concurrency: 10 },
  });
  const isUnderWay = async (): Promise<boolean> =>
    (await server.get<{ status: string }>(`api/runs/${runId}`)).status === 'running';
  while (waitMs === 0 && (await isUnderWay())) await new Promise((resolve) => setTimeout(resolve, 100));
  const { page, context } = await openPage(browser, { width: 1600, height: 1000 });
  await server.signIn(context);
  await page.goto(`${server.url}/#/runs/${runId}`);
  await page.locator('.node').first().waitFor();
  await page.waitForTimeout(1000);
  await page.evaluate(watchFrames);
  const when = waitMs === 0 ? 'after the run' : 'during the run';
  await drag(page, 8);
  await sayFrames(page, `${size} subtasks ${when}, dragged`);
  for (let step = 0; step < 60; step += 1) {
    await page.mouse.wheel(0, 120);
    await page.waitForTimeout(16);
  }
  await sayFrames(page, `${size} subtasks ${when}, zoomed out`);
  await drag(page, 4);
  await sayFrames(page, `${size} subtasks ${when}, dragged at a distance`);
  if (waitMs > 0 && !(await isUnderWay())) console.log('The run ended before the page was measured: its figures are too good.');
  await context.close();
}

await using server = await startAppServer({ teams: ['test/web/press.yaml'] });
const browser = await openBrowser();
try {
  for (const plan of [
    { size: 12, waitMs: 0 },
    { size: 500, waitMs: 0 },
    { size: 500, waitMs: 800 },
  ]) {
    await measure(browser, server, plan);
  }
} finally {
  await browser.close();
}
