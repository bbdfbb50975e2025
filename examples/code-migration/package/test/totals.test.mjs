import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { totalByLabel } from '../src/index.mjs';

test('minutes are summed over all journals, labels in alphabetical order', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'worklog-'));
  writeFileSync(join(folder, '2026-10.txt'), '2026-10-30 30 review\n2026-10-31 10 docs\n');
  writeFileSync(join(folder, '2026-11.txt'), '2026-11-02 45 docs\n');
  assert.deepEqual(Object.entries(await totalByLabel(folder)), [
    ['docs', 55],
    ['review', 30],
  ]);
});

test('a journal that cannot be read is named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'worklog-'));
  writeFileSync(join(folder, '2026-11.txt'), 'lunch\n');
  await assert.rejects(totalByLabel(folder), { message: '2026-11.txt: line 1 is not an entry: lunch' });
});
