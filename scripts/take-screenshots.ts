/**
 * docs/images/app-*.png: each page of the web app, light and dark, of runs that a scripted model carries out on a real server.
 *
 *   node scripts/with-node.js scripts/take-screenshots.ts
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan } from 'planwright';
import type { Page } from 'playwright-core';
import { type AppServer, playInstruction, startAppServer } from '../test/support/app-server.ts';
import { openBrowser, openPage } from '../test/support/browser.ts';
import { harborPlan, slowed, subtask } from '../test/web/harbor-plan.ts';

const size = { width: 1180, height: 740 };

/** What is shown has no stage directions: the script puts them back before the model reads a request. */
const directions = new Map<string, string>();
const server = await startAppServer({
  teams: ['test/web/press.yaml'],
  script: (asked) => {
    let { text } = asked;
    for (const [shown, meant] of directions) text = text.replaceAll(shown, meant);
    return playInstruction({ ...asked, text });
  },
});
const browser = await openBrowser();
const folder = mkdtempSync(join(tmpdir(), 'planwright-screenshots-'));
try {
  const { views, running } = await makeScenes(server, folder);
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, context } = await openPage(browser, { ...size, colorScheme });
    await server.signIn(context);
    const slow = await start(server, { plan: hideIn(slowed(harborPlan, 12)) });
    for (const [name, hash, prepare] of [running(slow), ...views]) {
      await page.goto('about:blank');
      await page.goto(`${server.url}/${hash}`);
      await prepare(page);
      await page.waitForTimeout(900);
      await page.screenshot({ path: `docs/images/app-${name}-${colorScheme}.png` });
    }
    await context.close();
  }
} finally {
  await browser.close();
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
}

type View = [name: string, hash: string, prepare: (page: Page) => Promise<unknown>];

/** Of `Do it. [wait 9]` shows `Do it.` */
function hide(text: string): string {
  const shown = text.replace(/\s*\[[^]*\]/, '').trim();
  directions.set(shown, text);
  return shown;
}

function hideIn(plan: Plan): Plan {
  return { ...plan, subtasks: plan.subtasks.map((one) => ({ ...one, instruction: hide(one.instruction) })) };
}

async function start(to: AppServer, body: object): Promise<string> {
  return (await to.post<{ runId: string }>('api/runs', { team: 'press', ...body })).runId;
}

async function untilEnded(to: AppServer, runId: string): Promise<void> {
  while ((await to.get<{ status: string }>(`api/runs/${runId}`)).status === 'running') {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function makeScenes(to: AppServer, place: string): Promise<{ views: View[]; running: (runId: string) => View }> {
  await compare(to, place);
  const runId = await start(to, { plan: hideIn(harborPlan) });
  const replanned = await start(to, { task: hide(replanTask()), strategy: 'team' });
  const large = await start(to, { plan: largePlan(3000), limits: { concurrency: 40 } });
  await untilEnded(to, runId);
  const waiting = await start(to, { plan: hideIn(harborPlan), approve: true });
  const change = { instruction: hide('Make one table of all ships, the late ones first. [answer: A table.]') };
  const fork = (await to.post<{ runId: string }>(`api/runs/${runId}/fork`, { before: 'table', change })).runId;
  await untilEnded(to, fork);
  await untilEnded(to, replanned);
  await to.post(`api/runs/${large}/cancel`, {});
  const { comparisons } = await to.get<{ comparisons: { comparisonId: string }[] }>('api/comparisons');
  const views: View[] = [
    ['runs', '#/runs', (page) => page.locator('.run-card').first().waitFor()],
    [
      'start',
      '#/runs/new',
      (page) => page.getByRole('textbox', { name: 'Task' }).fill('What arrived in the harbor today, and what is late?'),
    ],
    [
      'start-comparison',
      '#/comparisons/new',
      (page) =>
        page
          .getByRole('textbox', { name: 'Tasks' })
          .fill('How many ships arrived on Monday? => 12\nWhich ship was late on Tuesday? => ferry\n'),
    ],
    [
      'plan',
      `#/runs/${runId}`,
      async (page) => {
        await untilDrawn(page);
        await page.getByRole('button', { name: 'Open the sub-team of desk-north' }).click();
      },
    ],
    ['replan', `#/runs/${replanned}`, untilDrawn],
    ['subtask', `#/runs/${runId}?subtask=delays`, (page) => page.locator('.verdict').first().waitFor()],
    ['timeline', `#/runs/${runId}?view=timeline`, (page) => page.locator('.is-critical').first().waitFor()],
    ['ledger', `#/runs/${runId}?view=ledger`, (page) => page.locator('.report table').first().waitFor({ state: 'attached' })],
    ['result', `#/runs/${runId}?view=result`, (page) => page.locator('.markdown').waitFor()],
    [
      'edit',
      `#/runs/${waiting}?view=edit`,
      (page) => page.getByRole('combobox', { name: 'Let arrivals depend on' }).selectOption('report'),
    ],
    ['fork', `#/runs/${fork}?view=beside`, (page) => page.locator('.differences li').first().waitFor()],
    ['large', `#/runs/${large}`, (page) => page.locator('.levels').waitFor()],
    [
      'comparison',
      `#/comparisons/${comparisons[0]?.comparisonId ?? ''}`,
      (page) => page.locator('.report figure').first().waitFor(),
    ],
  ];
  return { views, running: (slow) => ['running', `#/runs/${slow}`, async (page) => page.waitForTimeout(2500)] };
}

async function untilDrawn(page: Page): Promise<void> {
  await page.locator('.node').first().waitFor();
}

function replanTask(): string {
  const plan = {
    subtasks: [
      subtask('timetable', 'finder', []),
      {
        ...subtask('ask-harbor', 'finder', [], 'Ask the harbor. [answer: It does not answer.]'),
        accept: [{ kind: 'predicate', contains: 'late' }],
      },
      subtask('weigh', 'checker', ['timetable', 'ask-harbor']),
      subtask('answer', 'writer', ['weigh']),
    ],
    deliverable: 'answer',
  };
  const revision = {
    subtasks: [
      subtask('ask-pilots', 'finder', []),
      subtask('weigh-again', 'checker', ['timetable', 'ask-pilots']),
      subtask('tell', 'writer', ['weigh-again']),
    ],
    deliverable: 'tell',
  };
  return `Is the ferry late?\n[revision: ${JSON.stringify(revision)}]\n[plan: ${JSON.stringify(plan)}]`;
}

function largePlan(count: number) {
  const roles = ['finder', 'checker', 'writer'];
  const subtasks = Array.from({ length: count }, (_, index) => {
    const dependsOn =
      index < 40 ? [] : [`s${index - 40}`, `s${Math.floor(index / 2)}`].filter((id, at, all) => all.indexOf(id) === at);
    return subtask(`s${index}`, roles[index % 3] ?? '', dependsOn, 'Go.');
  });
  return { version: 1, task: `Check all ${count} berths of the coast.`, subtasks };
}

async function compare(to: AppServer, place: string): Promise<void> {
  const plan = JSON.stringify({
    subtasks: [
      subtask('look', 'finder', [], 'Look.'),
      subtask('write', 'writer', ['look'], 'Write. [answer: The ferry is late.]'),
    ],
    deliverable: 'write',
  });
  const tasks = Array.from({ length: 14 }, (_, index) => ({
    id: `day-${index + 1}`,
    task: hide(`What is late on day ${index + 1}? ${index % 4 === 1 ? '' : '[at first: I don’t know.]'} [plan: ${plan}]`),
    check: { contains: 'ferry' },
  }));
  const file = join(place, 'tasks.jsonl');
  writeFileSync(file, tasks.map((task) => `${JSON.stringify(task)}\n`).join(''));
  const flags = ['--team', 'test/web/press.yaml', '--model', to.model.spec, '--store', to.store];
  const child = spawn(process.execPath, ['--conditions=planwright:source', 'src/cli/main.ts', 'compare', file, ...flags], {
    stdio: 'ignore',
  });
  await new Promise((resolve) => child.once('exit', resolve));
}
