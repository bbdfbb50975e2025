/** Runs that go out of one store and into another are the same runs there. */
import { join } from 'node:path';
import { checkStore, exportRuns, importRuns, MemoryStore, openSqliteStore, PlanwrightError, type Store } from 'planwright';
import { expect, test } from 'vitest';
import { keepRuns, keptRuns } from '../support/kept-runs.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { readAll } from './read-all.ts';

async function exportText(store: Store, runIds?: string[]): Promise<string> {
  let text = '';
  for await (const line of exportRuns(store, runIds === undefined ? {} : { runIds })) text += line;
  return text;
}

function parse(text: string): unknown[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

async function* inPieces(text: string, length = 1000): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

test('memory → SQLite → memory: the same records, events, calls, outcomes, signals and reports', async () => {
  const first = new MemoryStore();
  await keepRuns(first);
  const exported = await exportText(first);
  const second = await openSqliteStore(join(makeTemporaryFolder(), 'runs.db'));
  const told = await importRuns(second, inPieces(exported));
  expect(told).toEqual({ imported: keptRuns, skipped: [] });
  const kept = await readAll(first);
  expect(kept.length).toBeGreaterThan(keptRuns.length + 2);
  expect(kept.flatMap(({ signals }) => signals)).toHaveLength(1);
  expect(await readAll(second)).toEqual(kept);
  expect(await checkStore(second)).toMatchObject({ ok: true, problems: [], counts: { runs: kept.length } });
  expect((await checkStore(second)).counts.blobs).toBeGreaterThan(2);
  expect((await checkStore(second)).counts.values).toBeGreaterThan(0);

  const again = await exportText(second);
  expect(parse(again)).toEqual(parse(exported));
  const third = new MemoryStore();
  await importRuns(third, inPieces(again, 7));
  expect(await readAll(third)).toEqual(kept);
  await second.close();
});

test('runs that are there are skipped, one that differs is named and left as it is', async () => {
  const store = new MemoryStore();
  await keepRuns(store);
  const exported = await exportText(store);
  expect(await importRuns(store, inPieces(exported))).toEqual({ imported: [], skipped: keptRuns });
  const other = new MemoryStore();
  await importRuns(other, inPieces(await exportText(store, ['asked'])));
  const seq = (await other.readEvents('asked')).length + 1;
  await other.appendEvents('asked', [{ version: 1, seq, atMs: 1, event: { type: 'run-resumed' } }]);
  await expect(importRuns(other, inPieces(exported), { file: 'runs.jsonl' })).rejects.toMatchObject({
    code: 'archive-invalid',
    message: expect.stringMatching(
      new RegExp(`^runs\\.jsonl:\\d+: run "asked" is in memory already, with other events from event ${seq} on\\.`),
    ),
  });
  expect(await other.readEvents('asked')).toHaveLength(seq);
  // What came whole before it stays.
  expect((await other.listRuns({ rootsOnly: true })).map(({ runId }) => runId).toSorted()).toEqual(['asked', 'ported', 'stored']);
});

test('only what is named is exported; a run below another is not', async () => {
  const store = new MemoryStore();
  await keepRuns(store);
  const kinds = (await exportText(store, ['stored']))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(kinds.filter(({ kind }) => kind === 'run').map(({ record }) => record.runId)).toEqual(['stored', 'stored.together.1']);
  expect(kinds.at(-1)).toEqual({ kind: 'end', trees: 1 });
  await expect(exportText(store, ['stored.together.1'])).rejects.toMatchObject({ code: 'usage' });
  await expect(exportText(store, ['none'])).rejects.toMatchObject({ code: 'run-unknown' });
});

test('a file that is cut off anywhere is refused with its line, and shows no half run', async () => {
  const store = new MemoryStore();
  await keepRuns(store);
  const exported = await exportText(store);
  const lines = exported.split('\n');
  for (const length of [0, 1, 5, lines.length >> 1, lines.length - 2]) {
    const target = new MemoryStore();
    const cut = lines
      .slice(0, length)
      .map((line) => `${line}\n`)
      .join('');
    await expect(importRuns(target, inPieces(cut)), `${length} lines`).rejects.toMatchObject({
      code: 'archive-invalid',
      location: { file: 'archive', line: Math.max(1, length) },
    });
    const found = (await readAll(target)).map(({ record }) => record.runId);
    const whole = (await readAll(store))
      .map(({ record }) => record.runId)
      .filter((id) => found.some((one) => id.startsWith(one)));
    expect(found).toEqual(whole);
  }
  const midLine = exported.slice(0, exported.indexOf('"kind":"event"') + 100);
  await expect(importRuns(new MemoryStore(), inPieces(midLine))).rejects.toMatchObject({
    code: 'archive-invalid',
    message: expect.stringMatching(/^archive:\d+: it is no JSON; the file may be cut off here\.$/),
  });
});

/** Its disk is full when the outermost run's events are to be written. */
class FullStore extends MemoryStore {
  isFull = true;
  override appendEvents(...[runId, entries, options]: Parameters<MemoryStore['appendEvents']>): Promise<void> {
    if (this.isFull && runId === 'asked') return Promise.reject(new PlanwrightError('store-failed', 'The disk is full.'));
    return super.appendEvents(runId, entries, options);
  }
}

test('an import that fails while a run is written is completed by the next one', async () => {
  const store = new MemoryStore();
  await keepRuns(store);
  const exported = await exportText(store);
  const target = new FullStore();
  await expect(importRuns(target, inPieces(exported))).rejects.toMatchObject({ code: 'store-failed' });
  expect(await target.readEvents('asked')).toEqual([]);
  target.isFull = false;
  expect(await importRuns(target, inPieces(exported))).toEqual({ imported: ['asked', 'forked'], skipped: ['stored', 'ported'] });
  expect(await readAll(target)).toEqual(await readAll(store));
});
