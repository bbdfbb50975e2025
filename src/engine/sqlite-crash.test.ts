import { readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startStoreProcess } from '../../test/support/store-process.ts';
import { makeTemporaryFolder } from '../../test/support/temporary-folder.ts';
import { seededRandom } from '../clock.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { Store } from './store.ts';

/** Appends batches of 1 to 40 events, each with a call and a large value in the same turn; says the last seq that is durable. */
const appendForever = `
  await store.createRun(makeRun('a'));
  let seq = (await store.readEvents('a')).length;
  say('appending');
  for (;;) {
    const size = 1 + ((seq * 7919) % 40);
    const batch = Array.from({ length: size }, (_, index) => makeEntry(seq + 1 + index));
    const call = { version: 1, key: 'a/s/1/' + (seq + size), runId: 'a', rootRunId: 'a', endedMs: seq, response: '{}' };
    await Promise.all([store.appendEvents('a', batch), store.putCall(call), store.putValue('v'.repeat(5000) + (seq + size))]);
    seq += size;
    say(String(seq));
  }`;

test('after kill -9 at any moment the store opens, holds every resolved write, and has no gap', async () => {
  const folder = makeTemporaryFolder();
  const random = seededRandom(1);
  let lastSaid = 0;
  let roundsThatAppended = 0;
  for (let round = 0; round < 14; round += 1) {
    const writer = startStoreProcess(folder, appendForever);
    while ((await writer.nextLine()) === 'started');
    await wait(random.next() * 80);
    writer.kill('SIGKILL');
    await writer.ended;
    const said = writer.lines.map(Number).filter((seq) => seq > 0);
    if (said.length > 0) roundsThatAppended += 1;
    lastSaid = said.at(-1) ?? lastSaid;
    await checkStore(folder, lastSaid);
  }
  expect(roundsThatAppended).toBeGreaterThan(4);
});

async function checkStore(folder: string, lastSaid: number): Promise<void> {
  const store = await openSqliteStore(folder);
  const seqs = (await store.readEvents('a')).map((entry) => entry.seq);
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  expect(seqs.length).toBeGreaterThanOrEqual(lastSaid);
  // Each batch came with a call of its last seq: a torn group would leave one without the other.
  const keys = (await store.listCalls('a')).map((call) => call.key);
  expect(keys.at(-1)).toBe(seqs.length === 0 ? undefined : `a/s/1/${seqs.length}`);
  await store.close();
}

test('kill -9 while the store is being created leaves one that opens', async () => {
  const random = seededRandom(2);
  for (let round = 0; round < 8; round += 1) {
    const folder = makeTemporaryFolder();
    const creator = startStoreProcess(folder, `say('open'); setInterval(() => {}, 1000);`);
    expect(await creator.nextLine()).toBe('started');
    await wait(random.next() * 12);
    creator.kill('SIGKILL');
    await creator.ended;
    const store = await openSqliteStore(folder);
    expect(await store.listRuns()).toEqual([]);
    await store.close();
    expect(readdirSync(folder)).toEqual(['planwright.db']);
  }
});

test('processes that start at once on a new store all write, each its own run', async () => {
  const folder = makeTemporaryFolder();
  const body = `
    await store.createRun(makeRun(argument));
    await store.createRun(makeRun('shared'));
    for (let seq = 1; seq <= 150; seq += 1) {
      await Promise.all([store.appendEvents(argument, [makeEntry(seq)]), store.putValue('v'.repeat(5000) + seq % 10)]);
    }
    await store.sendSignal('shared', { type: 'approve', by: argument });
    await store.close();`;
  const runIds = ['a', 'b', 'c'];
  const ended = await Promise.all(runIds.map((argument) => startStoreProcess(folder, body, { argument }).ended));
  expect(ended).toEqual(runIds.map(() => ({ code: 0, stderr: '' })));
  const store = await openSqliteStore(folder);
  for (const runId of runIds) expect(await countEvents(store, runId)).toBe(150);
  const signals = (await store.readSignals('shared')).map(({ signal }) => signal);
  expect(signals).toHaveLength(3);
  expect(new Set(signals)).toEqual(new Set(runIds.map((by) => ({ type: 'approve', by }))));
  await store.close();
});

async function countEvents(store: Store, runId: string): Promise<number> {
  return (await store.readEvents(runId)).length;
}
