/** What holds of signals in every store: none is lost, none is taken twice. */
import assert from 'node:assert/strict';
import type { RunSignal, Store } from './store.ts';
import { assertRefuses, createRuns, type StoreChecks } from './store-assertions.ts';
import { makeEntries } from './store-records.ts';

const cancel: RunSignal = { type: 'cancel', reason: 'enough' };
const approve: RunSignal = { type: 'approve', by: 'ana' };
const deny: RunSignal = { type: 'deny', by: 'bo', reason: 'too dear' };

export const signalCases: StoreChecks = {
  async 'signals stay until they are taken, oldest first, apart for each run'(store) {
    await createRuns(store, ['a', 'b']);
    await store.sendSignal('a', approve);
    await store.sendSignal('a', cancel);
    await store.sendSignal('b', deny);
    assert.deepEqual(await listSignals(store, 'a'), [approve, cancel]);
    assert.deepEqual(await listSignals(store, 'a'), [approve, cancel]);
    assert.deepEqual(await listSignals(store, 'b'), [deny]);
    assert.deepEqual(await listSignals(store, 'nobody'), []);
    await assertRefuses(store.sendSignal('nobody', cancel), 'run-unknown');
  },

  async 'signals have ids of their own, also when they say the same'(store) {
    await createRuns(store, ['a']);
    await Promise.all(Array.from({ length: 12 }, () => store.sendSignal('a', approve)));
    const ids = (await store.readSignals('a')).map(({ id }) => id);
    assert.equal(new Set(ids).size, 12);
    assert.deepEqual(
      (await store.readSignals('a')).map(({ id }) => id),
      ids,
    );
  },

  async 'entries take the signals they hold with them'(store) {
    await createRuns(store, ['a']);
    for (const signal of [approve, cancel, deny]) await store.sendSignal('a', signal);
    const [first, , third] = await readIds(store, 'a');
    assert.ok(first !== undefined && third !== undefined);
    await store.appendEvents('a', makeEntries(1, 2), { takes: [first, third] });
    assert.deepEqual(await listSignals(store, 'a'), [cancel]);
    assert.deepEqual(await store.readEvents('a'), makeEntries(1, 2));
  },

  async 'a refused append takes no signal'(store) {
    await createRuns(store, ['a']);
    await store.appendEvents('a', makeEntries(1, 1));
    await store.sendSignal('a', cancel);
    const takes = await readIds(store, 'a');
    await assertRefuses(store.appendEvents('a', makeEntries(1, 1), { takes }), 'run-busy');
    await assertRefuses(store.appendEvents('a', makeEntries(3, 3), { takes }), 'internal');
    assert.deepEqual(await listSignals(store, 'a'), [cancel]);
  },

  async 'a signal that is gone already, or that is of another run, is none of an append’s business'(store) {
    await createRuns(store, ['a', 'b']);
    await store.sendSignal('a', approve);
    await store.sendSignal('b', deny);
    const [ofA, ofB] = [await readIds(store, 'a'), await readIds(store, 'b')];
    await store.appendEvents('a', makeEntries(1, 1), { takes: ofA });
    await store.appendEvents('a', makeEntries(2, 2), { takes: [...ofA, 'no id at all'] });
    await store.sendSignal('a', cancel);
    assert.deepEqual(await listSignals(store, 'a'), [cancel]);
    assert.deepEqual(await readIds(store, 'b'), ofB);
  },

  async 'an id is not used again after its signal was taken'(store) {
    await createRuns(store, ['a']);
    await store.sendSignal('a', approve);
    const takes = await readIds(store, 'a');
    await store.appendEvents('a', makeEntries(1, 1), { takes });
    await store.sendSignal('a', cancel);
    assert.notDeepEqual(await readIds(store, 'a'), takes);
  },
};

async function listSignals(store: Store, runId: string): Promise<RunSignal[]> {
  return (await store.readSignals(runId)).map(({ signal }) => signal);
}

async function readIds(store: Store, runId: string): Promise<string[]> {
  return (await store.readSignals(runId)).map(({ id }) => id);
}
