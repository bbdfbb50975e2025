import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { run } from '../src/command.mjs';

const program = join(import.meta.dirname, '..', 'bin', 'worklog.mjs');

test('the three commands, one after another', async () => {
  const said = [];
  const surroundings = { folder: mkdtempSync(join(tmpdir(), 'worklog-')), say: (line) => said.push(line) };
  await run(['add', '2026-10-30', '30', 'review'], surroundings);
  await run(['add', '2026-11-02', '45', 'writing', 'the', 'docs'], surroundings);
  await run(['total'], surroundings);
  await run(['archive', '2026-11'], surroundings);
  assert.deepEqual(said, [
    '30 minutes of review',
    '45 minutes of writing the docs',
    '30 review',
    '45 writing the docs',
    'archived 2026-10.txt',
  ]);
});

test('an unknown command says what there is', async () => {
  await assert.rejects(run(['sing'], {}), { message: 'worklog add DAY MINUTES LABEL | archive MONTH | total' });
});

test('the program prints what was said, and an error ends it with exit code 1', () => {
  const env = { WORKLOG: mkdtempSync(join(tmpdir(), 'worklog-')) };
  const printed = execFileSync(process.execPath, [program, 'add', '2026-11-02', '45', 'docs'], { env, encoding: 'utf8' });
  assert.equal(printed, '45 minutes of docs\n');
  const { status, stderr } = spawnSync(process.execPath, [program, 'add', 'today', '45', 'docs'], { env, encoding: 'utf8' });
  assert.deepEqual([status, stderr], [1, 'not an entry: today 45 docs\n']);
});
