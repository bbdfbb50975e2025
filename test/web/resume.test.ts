/** A run that another process drove and left in the middle, gone on with from its page: nothing that was finished is repeated. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunReport } from 'planwright';
import { describe, expect, test } from 'vitest';
import { browserMissing, openPage, whyNoBrowser } from '../support/browser.ts';
import { holdApp } from '../support/held-app.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { harborPlan } from './harbor-plan.ts';

describe.skipIf(browserMissing !== null)(`resuming${whyNoBrowser}`, { timeout: 60_000 }, () => {
  const app = holdApp({ teams: ['test/web/press.yaml'] });

  async function findRunning(): Promise<string> {
    for (;;) {
      const { runs } = await app.server.get<{ runs: { runId: string }[] }>('api/runs?status=running');
      if (runs[0] !== undefined) return runs[0].runId;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Requests so far, by the instruction they are about. */
  function countAsked(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { text } of app.server.model.requests) {
      const instruction =
        /<instruction>\s*([^]*?)\s*<\/instruction>/.exec(text.slice(text.lastIndexOf('<instruction>')))?.[1] ?? '';
      counts.set(instruction, (counts.get(instruction) ?? 0) + 1);
    }
    return counts;
  }

  test.each(['killed', 'interrupted'] as const)('a run whose process was %s in the middle', async (how) => {
    const before = countAsked();
    // One takes so long that the others are done and the end isn't there yet.
    const [was, slow] = ['Do reasons with care. [wait 150]', `List the reasons, ${how}. [wait 5000]`];
    const subtasks = harborPlan.subtasks.map((one) => (one.instruction === was ? { ...one, instruction: slow } : one));
    const plan = { ...harborPlan, subtasks };
    const file = join(makeTemporaryFolder(), 'plan.json');
    writeFileSync(file, JSON.stringify(plan));
    const flags = [
      '--plan',
      file,
      '--team',
      'test/web/press.yaml',
      '--model',
      app.server.model.spec,
      '--store',
      app.server.store,
    ];
    const command = ['--conditions=planwright:source', 'src/cli/main.ts', 'run', plan.task, ...flags];
    const child = spawn(process.execPath, command, { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));

    const { page, context, errors } = await openPage(app.browser);
    await app.server.signIn(context);
    const runId = await findRunning();
    await page.goto(`${app.server.url}/#/runs/${runId}`);
    // Seen here while the other process drives it.
    await page.getByText(/(?<!\d)[3-9] succeeded/).waitFor({ timeout: 20_000 });
    child.kill(how === 'killed' ? 'SIGKILL' : 'SIGINT');
    await ended;
    const resume = page.getByRole('button', { name: 'Resume' });
    await resume.waitFor({ timeout: 20_000 });
    await page.locator('.run-facts').getByText('interrupted').waitFor();
    const left = await app.server.get<RunReport>(`api/runs/${runId}`);
    expect(left.status).toBe('interrupted');
    const finished = left.subtasks.filter(({ status }) => status === 'succeeded').map(({ id }) => id);
    expect(finished.length).toBeGreaterThanOrEqual(3);
    expect(finished.length).toBeLessThan(12);

    await resume.click();
    await page.getByText('12 succeeded').waitFor({ timeout: 30_000 });
    await page.locator('.run-facts').getByText('succeeded').waitFor();
    expect(await resume.count()).toBe(0);
    const report = await app.server.get<RunReport>(`api/runs/${runId}`);
    expect(report.status).toBe('succeeded');
    const asked = countAsked();
    const timesAsked = (instruction: string) => (asked.get(instruction) ?? 0) - (before.get(instruction) ?? 0);
    for (const { id, instruction, accept } of plan.subtasks) {
      // One of them is rejected at first; what the sub-team does is asked for by its own subtasks.
      if (!finished.includes(id) || accept !== undefined || id === 'desk-north') continue;
      expect({ id, times: timesAsked(instruction) }).toEqual({ id, times: 1 });
    }
    expect(errors).toEqual([]);
    await context.close();
  });
});
