import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { appendEntry, readEntries } from '../src/index.mjs';

const newFolder = () => mkdtempSync(join(tmpdir(), 'worklog-'));
const docs = { day: '2026-11-02', minutes: 45, label: 'writing the docs' };

test('an entry is appended and read again', async () => {
  const file = join(newFolder(), 'deep', '2026-11.txt');
  assert.deepEqual(await appendEntry(file, docs), docs);
  await appendEntry(file, { ...docs, minutes: 5 });
  assert.equal(readFileSync(file, 'utf8'), '2026-11-02 45 writing the docs\n2026-11-02 5 writing the docs\n');
  assert.deepEqual(await readEntries(file), [docs, { ...docs, minutes: 5 }]);
});

test('a journal that is not there yet has no entries', async () => {
  assert.deepEqual(await readEntries(join(newFolder(), '2026-11.txt')), []);
});

test('what is no entry is not appended', async () => {
  await assert.rejects(appendEntry(join(newFolder(), 'x.txt'), { ...docs, label: '' }), {
    message: 'not an entry: 2026-11-02 45 ',
  });
});

test('a line that is no entry is named', async () => {
  const file = join(newFolder(), '2026-11.txt');
  writeFileSync(file, '2026-11-02 45 writing\n\nlunch\n');
  await assert.rejects(readEntries(file), { message: 'line 3 is not an entry: lunch' });
});
