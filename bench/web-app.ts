/**
 * The web app's figures, in the system's Chromium on a real server: sizes of what a browser loads, how soon the page of a run
 * of 300 subtasks says something beside that of an empty store, and how long an event takes to the screen.
 *
 *   node --conditions=planwright:source bench/web-app.ts
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plan, RunUpdate } from 'planwright';
import type { Browser } from 'playwright-core';
import { type AppServer, startAppServer } from '../test/support/app-server.ts';
import { openBrowser, openPage } from '../test/support/browser.ts';
import { subtask } from '../test/web/harbor-plan.ts';

const measuredRounds = 15;
const drawn = 300;

/** ms from the navigation's start to the frame after `selector` first matches. */
const watchFor = (selector: string) => `
  new MutationObserver((_, observer) => {
    if (document.querySelector(${JSON.stringify(selector)}) === null) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.paintedMs = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });`;

/** By subtask, when its node said `succeeded` on the screen, ms since the Unix epoch. */
const watchNodes = `
  window.seen = {};
  new MutationObserver(() => {
    const fresh = [...document.querySelectorAll('.node')].filter((node) => {
      const id = node.querySelector('.node-name').textContent;
      return node.querySelector('.node-state').textContent === 'succeeded' && !(id in window.seen);
    });
    for (const node of fresh) window.seen[node.querySelector('.node-name').textContent] = 0;
    requestAnimationFrame(() => setTimeout(() => {
      for (const node of fresh) window.seen[node.querySelector('.node-name').textContent] = performance.timeOrigin + performance.now();
    }));
  }).observe(document, { childList: true, subtree: true, characterData: true });`;

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function planOf(size: number, waitMs: number): Plan {
  const wait = waitMs === 0 ? 'Go.' : `Go. [wait ${waitMs}]`;
  const subtasks = Array.from({ length: size }, (_, index) =>
    subtask(`s${index}`, ['finder', 'checker', 'writer'][index % 3] ?? '', index < 10 ? [] : [`s${Math.floor(index / 3)}`], wait),
  );
  return { version: 1, task: `A plan of ${size} subtasks.`, subtasks };
}

interface Paint {
  paintMs: number;
  layoutMs: number;
}

async function measurePaint(browser: Browser, server: AppServer, hash: string, selector: string): Promise<Paint> {
  const { page, context } = await openPage(browser);
  await server.signIn(context);
  await page.addInitScript(watchFor(selector));
  await page.goto(`${server.url}/${hash}`);
  let paintMs = 0;
  while (paintMs === 0) paintMs = Number(await page.evaluate('window.paintedMs ?? 0'));
  const layoutMs = Number(await page.evaluate('document.querySelector(".graph")?.dataset.layoutMs ?? 0'));
  await context.close();
  return { paintMs, layoutMs };
}

/** One after the other in each round, so that whatever else the machine does weighs on both. */
async function measurePaints(browser: Browser, empty: AppServer, server: AppServer, runId: string) {
  const rounds = { empty: [] as Paint[], large: [] as Paint[] };
  for (let round = 0; round <= measuredRounds; round += 1) {
    const one = await measurePaint(browser, empty, '#/runs', '.notice.empty');
    const other = await measurePaint(browser, server, `#/runs/${runId}`, '.node');
    // The first round fills caches of both servers.
    if (round === 0) continue;
    rounds.empty.push(one);
    rounds.large.push(other);
  }
  return {
    emptyMs: median(rounds.empty.map(({ paintMs }) => paintMs)),
    largeMs: median(rounds.large.map(({ paintMs }) => paintMs)),
    layoutMs: median(rounds.large.map(({ layoutMs }) => layoutMs)),
  };
}

async function startRun(server: AppServer, plan: Plan, concurrency: number): Promise<string> {
  const body = { team: 'press', plan, limits: { concurrency } };
  return (await server.post<{ runId: string }>('api/runs', body)).runId;
}

async function untilEnded(server: AppServer, runId: string): Promise<void> {
  while ((await server.get<{ status: string }>(`api/runs/${runId}`)).status === 'running') {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** ms between an event's entry into the journal and the frame that shows it, over the subtasks of a run. */
async function measureLag(browser: Browser, server: AppServer): Promise<{ medianMs: number; p95Ms: number; events: number }> {
  const runId = await startRun(server, planOf(60, 150), 4);
  const { page, context } = await openPage(browser, { width: 1600, height: 1000 });
  await server.signIn(context);
  await page.addInitScript(watchNodes);
  await page.goto(`${server.url}/#/runs/${runId}`);
  const openedMs = Number(await page.evaluate('performance.timeOrigin + performance.now()'));
  await page.getByText('60 succeeded').waitFor({ timeout: 60_000 });
  await page.waitForTimeout(300);
  const seen = (await page.evaluate('window.seen')) as Record<string, number>;
  await context.close();
  const lags: number[] = [];
  for (const line of (await server.text(`api/runs/${runId}/events`)).split('\n')) {
    if (!line.startsWith('data: ')) continue;
    const { event, atMs } = JSON.parse(line.slice(6)) as Partial<RunUpdate>;
    // What ended before the page was there, it had to read first.
    if (event?.type !== 'attempt-finished' || atMs === undefined || atMs < openedMs + 1000) continue;
    const shownMs = seen[event.subtaskId];
    if (shownMs !== undefined && shownMs > 0) lags.push(shownMs - atMs);
  }
  const sorted = lags.toSorted((a, b) => a - b);
  return { medianMs: median(lags), p95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN, events: lags.length };
}

await using empty = await startAppServer();
await using server = await startAppServer({ teams: ['test/web/press.yaml'] });
const browser = await openBrowser();
try {
  for (const name of readdirSync('dist/web/assets').toSorted()) {
    const bytes = readFileSync(join('dist/web/assets', name));
    console.log(
      `${name}: ${(gzipSync(bytes).byteLength / 1000).toFixed(1)} kB packed, ${(bytes.byteLength / 1000).toFixed(1)} kB`,
    );
  }
  const runId = await startRun(server, planOf(drawn, 0), 50);
  await untilEnded(server, runId);
  const { emptyMs, largeMs, layoutMs } = await measurePaints(browser, empty, server, runId);
  const times = ((largeMs - layoutMs) / emptyMs).toFixed(2);
  console.log(`empty store: ${emptyMs.toFixed(0)} ms to its words`);
  console.log(
    `run of ${drawn}: ${largeMs.toFixed(0)} ms to its nodes, ${layoutMs.toFixed(0)} ms of them their layout; without it ${times} times the empty store`,
  );
  const lag = await measureLag(browser, server);
  console.log(
    `event to screen: ${lag.medianMs.toFixed(0)} ms median, ${lag.p95Ms.toFixed(0)} ms 95th percentile, ${lag.events} events`,
  );
} finally {
  await browser.close();
}
