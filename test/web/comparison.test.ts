/** The page of a comparison while `planwright compare` runs on the same store, and its verdict. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SectionList } from 'planwright/client';
import { describe, expect, test } from 'vitest';
import { browserMissing, openPage, whyNoBrowser } from '../support/browser.ts';
import { holdApp } from '../support/held-app.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { subtask } from './harbor-plan.ts';

/** One agent does not know; the team's writer does. */
const plan = JSON.stringify({
  subtasks: [
    subtask('look', 'finder', [], 'Look. [wait 400]'),
    subtask('write', 'writer', ['look'], 'Write. [wait 400] [answer: The ferry is late.]'),
  ],
  deliverable: 'write',
});

describe.skipIf(browserMissing !== null)(`comparisons${whyNoBrowser}`, { timeout: 60_000 }, () => {
  const app = holdApp({ teams: ['test/web/press.yaml'] });

  test('the verdict is there while the comparison runs, and changes as pairs end', async () => {
    const { page, context, errors } = await openPage(app.browser);
    await app.server.signIn(context);
    await page.goto(`${app.server.url}/#/comparisons`);
    await page.getByRole('heading', { name: 'No comparisons yet' }).waitFor();

    const tasks = join(makeTemporaryFolder(), 'tasks.jsonl');
    const lines = Array.from({ length: 12 }, (_, index) =>
      JSON.stringify({
        id: `t${index}`,
        task: `What is late on day ${index}? [at first: I don’t know.] [plan: ${plan}]`,
        check: { contains: 'ferry' },
      }),
    );
    writeFileSync(tasks, `${lines.join('\n')}\n`);
    const flags = ['--team', 'test/web/press.yaml', '--model', app.server.model.spec, '--store', app.server.store, '--json'];
    const compare = spawn(process.execPath, ['--conditions=planwright:source', 'src/cli/main.ts', 'compare', tasks, ...flags], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said: string[] = [];
    compare.stderr.on('data', (bytes: Buffer) => said.push(String(bytes)));
    const ended = new Promise<number | null>((resolve) => compare.once('exit', resolve));

    await page.getByText(/single against team|team against single/).click({ timeout: 20_000 });
    await page.getByRole('heading', { name: /Undecided so far|The team is better/ }).waitFor();
    expect(compare.exitCode).toBeNull();
    // The report is there while the pairs end, and what was opened of it stays open.
    const success = page.getByRole('region', { name: 'Success', exact: true });
    await success.getByText('The data as a table').click();
    const tableBefore = await success.locator('tbody').first().textContent();
    if ((await ended) !== 0) throw new Error(said.join(''));
    await page.getByRole('heading', { name: 'The team is better' }).waitFor();
    await expect.poll(() => success.locator('tbody').first().textContent()).not.toBe(tableBefore);
    expect(await success.locator('details').first().getAttribute('open')).toBe('');
    const [comparison] = (await app.server.get<{ comparisons: { comparisonId: string }[] }>('api/comparisons')).comparisons;
    const { sections } = await app.server.get<SectionList>(`api/comparisons/${comparison?.comparisonId}/sections`);
    expect(await page.locator('.report > section').evaluateAll((all) => all.map(({ id }) => id))).toEqual(
      sections.map(({ id }) => `report-${id}`),
    );
    // An anchor of the report leads within it: the app's address stays.
    const address = page.url();
    await page
      .getByRole('region', { name: 'The runs behind them' })
      .getByRole('link', { name: 'Back to the tasks' })
      .first()
      .click();
    expect(page.url()).toBe(address);
    const rows = page.getByRole('region', { name: 'Pairs' }).locator('tbody tr');
    expect(await rows.count()).toBeGreaterThanOrEqual(5);
    // A pair leads to its runs.
    await rows.first().getByRole('link', { name: 'right' }).click();
    await page.getByText('2 succeeded').waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });
});
