/** `show --html`: a page that stands alone, written whole or not at all. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { runCommand, writeDocuments } from './command-process.ts';

test('the page of a run is written, and takes the place of an older one', async () => {
  const folder = makeTemporaryFolder();
  writeDocuments(folder);
  const run = await runCommand(folder, ['run', 'What are the risks? What are the costs?', '--files', 'docs', '--json']);
  const { runId, status } = JSON.parse(run.stdout);
  expect(status).toBe('succeeded');
  writeFileSync(join(folder, 'run.html'), 'old');
  const shown = await runCommand(folder, ['show', 'last', '--html', 'run.html']);
  expect(shown).toEqual({ code: 0, stdout: '', stderr: 'Wrote run.html\n' });
  const page = readFileSync(join(folder, 'run.html'), 'utf8');
  expect(page).toContain(`<h1>Run ${runId}</h1>`);
  expect(page).toContain('corrosion of its steel cables');
  expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
});

test('a folder that is not there is told before anything is read', async () => {
  const shown = await runCommand(makeTemporaryFolder(), ['show', 'last', '--html', 'no/run.html']);
  expect(shown.code).toBe(2);
  expect(shown.stderr).toContain('there is no folder no');
});
