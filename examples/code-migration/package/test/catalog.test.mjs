import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { archiveBefore, listJournals } from '../src/index.mjs';

function folderOf(...names) {
  const folder = mkdtempSync(join(tmpdir(), 'worklog-'));
  for (const name of names) writeFileSync(join(folder, name), `${name}\n`);
  return folder;
}

test('journals are listed in the order of their months, and nothing else is', async () => {
  assert.deepEqual(await listJournals(folderOf('2026-11.txt', '2025-12.txt', 'notes.txt')), ['2025-12.txt', '2026-11.txt']);
});

test('a folder that is not there yet has no journals', async () => {
  assert.deepEqual(await listJournals(join(folderOf(), 'later')), []);
});

test('older months are moved to the archive', async () => {
  const folder = folderOf('2026-09.txt', '2026-10.txt', '2026-11.txt');
  assert.deepEqual(await archiveBefore(folder, '2026-11'), ['2026-09.txt', '2026-10.txt']);
  assert.deepEqual(readdirSync(folder).toSorted(), ['2026-11.txt', 'archive']);
  assert.deepEqual(readdirSync(join(folder, 'archive')).toSorted(), ['2026-09.txt', '2026-10.txt']);
});

test('without older months nothing is moved', async () => {
  assert.deepEqual(await archiveBefore(folderOf('2026-11.txt'), '2026-11'), []);
});

test('a journal that the archive has already is an error, and both files stay', async () => {
  const folder = folderOf('2026-10.txt');
  mkdirSync(join(folder, 'archive'));
  writeFileSync(join(folder, 'archive', '2026-10.txt'), 'kept\n');
  await assert.rejects(archiveBefore(folder, '2026-11'), { code: 'EEXIST' });
  assert.equal(readFileSync(join(folder, 'archive', '2026-10.txt'), 'utf8'), 'kept\n');
  assert.equal(readFileSync(join(folder, '2026-10.txt'), 'utf8'), '2026-10.txt\n');
});
