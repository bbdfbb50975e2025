/** What holds of removing in every store: deleted runs are gone, and what anything refers to stays. */
import assert from 'node:assert/strict';
import type { Json } from '../json.ts';
import type { Store } from './store.ts';
import { assertRefuses, createRuns, type StoreChecks } from './store-assertions.ts';
import { makeCall, makeEntries, makeOutcome, makeRun } from './store-records.ts';

export const removalCases: StoreChecks = {
  async 'a deleted run is gone with the runs below it; others stay'(store) {
    await createRuns(store, ['a', 'b']);
    const below = { rootRunId: 'a', parentRunId: 'a' };
    await store.createRun(makeRun('a.x.1', below));
    for (const runId of ['a', 'b', 'a.x.1']) {
      await store.appendEvents(runId, makeEntries(1, 3));
      await store.putCall(makeCall(`${runId}/s/1/0`, { runId, rootRunId: runId === 'b' ? 'b' : 'a' }));
      await store.sendSignal(runId, { type: 'cancel', reason: 'enough' });
      await store.putOutcome(makeOutcome(runId));
    }
    assert.equal(await store.deleteRun('a'), true);
    for (const runId of ['a', 'a.x.1']) {
      assert.equal(await store.getRun(runId), undefined);
      assert.deepEqual(await store.readEvents(runId), []);
      assert.deepEqual(await store.readSignals(runId), []);
      assert.equal(await store.findCall(`${runId}/s/1/0`), undefined);
      await assertRefuses(store.appendEvents(runId, makeEntries(4, 4)), 'run-unknown');
    }
    assert.deepEqual(await store.listCalls('a'), []);
    assert.deepEqual(await store.sumCalls('a'), { calls: 0, tokens: 0, usd: 0 });
    assert.equal(await store.getOutcome('a'), undefined);
    assert.equal(await store.deleteRun('a'), false);
    assert.deepEqual(
      (await store.listRuns()).map(({ runId }) => runId),
      ['b'],
    );
    assert.deepEqual(await store.readEvents('b'), makeEntries(1, 3));
    assert.equal((await store.listCalls('b')).length, 1);
    assert.equal((await store.readSignals('b')).length, 1);
    assert.deepEqual(await store.getOutcome('b'), makeOutcome('b'));
  },

  async 'a run can begin again under the id of a deleted one'(store) {
    await createRuns(store, ['a']);
    await store.appendEvents('a', makeEntries(1, 3));
    await store.deleteRun('a');
    assert.equal(await store.createRun(makeRun('a', { task: 'again' })), true);
    await store.appendEvents('a', makeEntries(1, 1));
    assert.deepEqual(await store.readEvents('a'), makeEntries(1, 1));
  },

  async 'a run that is driven is not deleted, nor is the run of a sub-team by itself'(store) {
    await createRuns(store, ['a']);
    await store.createRun(makeRun('a.x.1', { rootRunId: 'a', parentRunId: 'a' }));
    const lease = await store.acquireLease('a');
    await assertRefuses(store.deleteRun('a'), 'run-busy');
    await assertRefuses(store.deleteRun('a.x.1'), 'usage');
    assert.equal(await store.deleteRun('nobody'), false);
    assert.equal((await store.listRuns()).length, 2);
    await lease.release();
    assert.equal(await store.deleteRun('a'), true);
    assert.deepEqual(await store.listRuns(), []);
  },

  async 'garbage is what nothing refers to; it is counted'(store) {
    const value = await putLarge(store, 'nobody');
    const blobs = await store.openBlobs();
    const blob = await blobs.put(encode('nobody'));
    assert.deepEqual(await store.collectGarbage({ minAgeMs: 0 }), { values: 1, blobs: 1, bytes: 5010 + 6 });
    await assertRefuses(store.getValue({ kind: 'stored', hash: value, characters: 5010 }), 'store-corrupt');
    await assertRefuses(blobs.get(blob), 'store-corrupt');
    assert.deepEqual(await store.collectGarbage({ minAgeMs: 0 }), { values: 0, blobs: 0, bytes: 0 });
  },

  async 'what was put a moment ago is kept: a run may be about to refer to it'(store) {
    const value = await putLarge(store, 'young');
    const blob = await (await store.openBlobs()).put(encode('young'));
    assert.deepEqual(await store.collectGarbage(), { values: 0, blobs: 0, bytes: 0 });
    assert.deepEqual(await store.collectGarbage({ minAgeMs: 60_000 }), { values: 0, blobs: 0, bytes: 0 });
    await assertThere(store, [value], [blob]);
  },

  async 'a run’s setup, events, calls and outcome keep what they name'(store) {
    const [inSetup, inEvent, inRecord, inResponse, inOutcome] = await Promise.all(
      ['setup', 'event', 'record', 'response', 'outcome'].map((name) => putLarge(store, name)),
    );
    const hashes = [inSetup, inEvent, inRecord, inResponse, inOutcome].map((hash) => hash ?? '');
    const blobs = await store.openBlobs();
    const blob = await blobs.put(encode('in an event'));
    await store.createRun(makeRun('a', { setup: { base: { kind: 'stored', hash: inSetup ?? '' } } }));
    await store.appendEvents('a', [
      { version: 1, seq: 1, atMs: 1, event: { type: 'cancel-requested', reason: `see ${inEvent} and "${blob}".` } },
    ]);
    await store.putCall(
      makeCall('a/s/1/0', { error: `not ${inRecord}`, response: JSON.stringify({ text: `{"hash":"${inResponse}"}` }) }),
    );
    await store.putOutcome(makeOutcome('a', { team: inOutcome ?? '' }));
    assert.deepEqual(await store.collectGarbage({ minAgeMs: 0 }), { values: 0, blobs: 0, bytes: 0 });
    await assertThere(store, hashes, [blob]);
    await store.deleteRun('a');
    assert.deepEqual((await store.collectGarbage({ minAgeMs: 0 })).values, 5);
  },

  async 'what is kept keeps what it names in turn, values and blobs alike'(store) {
    const blobs = await store.openBlobs();
    const file = await blobs.put(encode('the content of a file'));
    const tree = await blobs.put(encode(JSON.stringify({ files: [{ hash: file }] })));
    const inner = await putLarge(store, tree);
    const named = await blobs.put(encode(`see ${inner}`));
    const outer = await putLarge(store, { patch: named });
    const unrelated = await putLarge(store, 'unrelated');
    const unrelatedBlob = await blobs.put(encode('unrelated'));
    await store.createRun(makeRun('a', { setup: { outer } }));
    assert.deepEqual(await store.collectGarbage({ minAgeMs: 0 }), { values: 1, blobs: 1, bytes: 5013 + 9 });
    await assertThere(store, [outer, inner], [named, tree, file]);
    await assertRefuses(store.getValue({ kind: 'stored', hash: unrelated, characters: 5013 }), 'store-corrupt');
    await assertRefuses(blobs.get(unrelatedBlob), 'store-corrupt');
  },

  async 'what was collected can be put again'(store) {
    const blobs = await store.openBlobs();
    const [value, blob] = [await putLarge(store, 'again'), await blobs.put(encode('again'))];
    await store.collectGarbage({ minAgeMs: 0 });
    assert.deepEqual([await putLarge(store, 'again'), await blobs.put(encode('again'))], [value, blob]);
    await assertThere(store, [value], [blob]);
  },
};

/** @returns the hash of a value of 5,002 characters of JSON and those of the name. */
async function putLarge(store: Store, name: Json): Promise<string> {
  const stored = await store.putValue(['x'.repeat(4997), name]);
  assert.ok(stored.kind === 'stored');
  return stored.hash;
}

async function assertThere(store: Store, values: readonly string[], blobs: readonly string[]): Promise<void> {
  for (const hash of values) await store.getValue({ kind: 'stored', hash, characters: 5000 });
  const folder = await store.openBlobs();
  for (const hash of blobs) await folder.get(hash);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
