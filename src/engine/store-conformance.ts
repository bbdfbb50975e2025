/**
 * What every store has to do, as cases for any test runner:
 *
 *     for (const { name, run } of listStoreCases(openStore)) test(name, run);
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { PlanwrightError } from '../errors.ts';
import type { Json } from '../json.ts';
import { inlineCharacters, type OutcomeFilter, type RunFilter, type Store } from './store.ts';
import { assertRefuses, createRuns, type StoreChecks } from './store-assertions.ts';
import { callCases } from './store-cases-calls.ts';
import { limitCases } from './store-cases-limits.ts';
import { removalCases } from './store-cases-removal.ts';
import { signalCases } from './store-cases-signals.ts';
import { makeCalibration, makeCall, makeEntries, makeOutcome, makeRun } from './store-records.ts';

export interface StoreCase {
  name: string;
  run: () => Promise<void>;
}

/** @param openStore Opens a store that is empty, another one each time. */
export function listStoreCases(openStore: () => Promise<Store>): StoreCase[] {
  const cases = { ...recordCases, ...callCases, ...signalCases, ...removalCases, ...limitCases };
  return Object.entries(cases).map(([name, check]) => ({
    name,
    run: async () => {
      const store = await openStore();
      try {
        await check(store);
      } finally {
        await store.close();
      }
    },
  }));
}

const recordCases: StoreChecks = {
  async 'outcomes: one a run, the last one wins; listed newest end first, by class and team'(store) {
    await store.putOutcome(makeOutcome('a', { endedMs: 10 }));
    await store.putOutcome(makeOutcome('b', { endedMs: 20.5, taskClass: 'large' }));
    await store.putOutcome(makeOutcome('c', { endedMs: 20.5, team: 'other' }));
    const judged = makeOutcome('a', { endedMs: 30, label: { success: true, source: 'person' } });
    await store.putOutcome(judged);
    assert.deepEqual(await store.getOutcome('a'), judged);
    assert.equal(await store.getOutcome('nobody'), undefined);
    const listIds = async (filter?: OutcomeFilter) => (await store.listOutcomes(filter)).map((outcome) => outcome.runId);
    assert.deepEqual(await listIds(), ['a', 'b', 'c']);
    assert.deepEqual(await listIds({ taskClass: 'small' }), ['a', 'c']);
    assert.deepEqual(await listIds({ taskClass: 'small', team: 'other' }), ['c']);
    assert.deepEqual(await listIds({ limit: 1 }), ['a']);
    assert.deepEqual(await listIds({ taskClass: 'none' }), []);
  },

  async 'blobs are found by the hash of their content, through every handle'(store) {
    const bytes = new TextEncoder().encode('content');
    const key = await (await store.openBlobs()).put(bytes);
    assert.equal(key, createHash('sha256').update(bytes).digest('hex'));
    assert.deepEqual(new Uint8Array(await (await store.openBlobs()).get(key)), bytes);
  },

  async 'a calibration is kept by its critic, the last one'(store) {
    const record = makeCalibration('c1', 1);
    await store.putCalibration(record);
    await store.putCalibration(makeCalibration('c1', 2));
    assert.deepEqual(await store.getCalibration('c1'), makeCalibration('c1', 2));
    assert.equal(await store.getCalibration('c2'), undefined);
  },

  async 'a forecast is kept with the run'(store) {
    await store.createRun(makeRun('a'));
    const forecast = {
      version: 1,
      success: 0.59,
      makespanMs: null,
      calls: 7,
      tokens: 900,
      costUsd: null,
      basis: ['prior'],
    } as const;
    await store.updateRun('a', { forecast: { ...forecast, basis: [...forecast.basis] } });
    assert.deepEqual((await store.getRun('a'))?.forecast, forecast);
  },

  async 'a run is created once; a second one with its id changes nothing'(store) {
    const forkedFrom = { runId: 'z', seq: 7 };
    const run = makeRun('a', { task: 'first', setup: { team: ['coder', null, 1.5] }, priority: 3, forkedFrom });
    assert.equal(await store.createRun(run), true);
    assert.equal(await store.createRun({ ...run, task: 'second' }), false);
    assert.deepEqual(await store.getRun('a'), run);
    assert.equal(await store.getRun('b'), undefined);
  },

  async 'two creations of one run in the same turn: one of them wins'(store) {
    assert.deepEqual(await Promise.all([store.createRun(makeRun('a')), store.createRun(makeRun('a'))]), [true, false]);
  },

  async 'an update changes what it names and keeps the rest'(store) {
    await store.createRun(makeRun('a'));
    const before = await store.getRun('a');
    await store.updateRun('a', { status: 'waiting', strategy: 'team' });
    await store.updateRun('a', { status: 'failed', endReason: 'stalled', endedMs: 9.5 });
    assert.deepEqual(await store.getRun('a'), {
      ...makeRun('a'),
      strategy: 'team',
      status: 'failed',
      endReason: 'stalled',
      endedMs: 9.5,
    });
    assert.deepEqual(before, makeRun('a'));
    await assertRefuses(store.updateRun('nobody', { status: 'failed' }), 'run-unknown');
  },

  async 'runs are listed newest first, the later of two at once first'(store) {
    await store.createRun(makeRun('middle', { createdMs: 20 }));
    await store.createRun(makeRun('oldest', { createdMs: 10 }));
    await store.createRun(makeRun('newest', { createdMs: 30 }));
    await store.createRun(makeRun('child', { createdMs: 30, parentRunId: 'newest', rootRunId: 'newest' }));
    const listIds = async (filter?: RunFilter) => (await store.listRuns(filter)).map((run) => run.runId);
    assert.deepEqual(await listIds(), ['child', 'newest', 'middle', 'oldest']);
    assert.deepEqual(await listIds({ rootsOnly: true }), ['newest', 'middle', 'oldest']);
    assert.deepEqual(await listIds({ rootsOnly: true, limit: 2 }), ['newest', 'middle']);
    assert.deepEqual(await listIds({ limit: 0 }), []);
    assert.deepEqual(await listIds({ rootRunId: 'newest' }), ['child', 'newest']);
    assert.deepEqual(await listIds({ rootRunId: 'newest', limit: 1 }), ['child']);
    assert.deepEqual(await listIds({ rootRunId: 'newest', rootsOnly: true }), ['newest']);
    assert.deepEqual(await listIds({ rootRunId: 'child' }), []);
  },

  async 'events come back as they were, in order, apart for each run'(store) {
    await createRuns(store, ['a', 'b']);
    await store.appendEvents('a', makeEntries(1, 2));
    await store.appendEvents('b', makeEntries(1, 1));
    await store.appendEvents('a', makeEntries(3, 3));
    await store.appendEvents('a', []);
    assert.deepEqual(await store.readEvents('a'), makeEntries(1, 3));
    assert.deepEqual(await store.readEvents('b'), makeEntries(1, 1));
    assert.deepEqual(await store.readEvents('c'), []);
  },

  async 'a journal that was read does not grow under its reader'(store) {
    await createRuns(store, ['a']);
    await store.appendEvents('a', makeEntries(1, 1));
    const read = await store.readEvents('a');
    await store.appendEvents('a', makeEntries(2, 2));
    assert.deepEqual(read, makeEntries(1, 1));
  },

  async 'an entry whose seq is taken is refused with all that came with it'(store) {
    await createRuns(store, ['a']);
    await store.appendEvents('a', makeEntries(1, 3));
    await assertRefuses(store.appendEvents('a', makeEntries(3, 5)), 'run-busy');
    await assertRefuses(store.appendEvents('a', [...makeEntries(4, 5), ...makeEntries(5, 5)]), 'internal');
    assert.deepEqual(await store.readEvents('a'), makeEntries(1, 3));
    await store.appendEvents('a', makeEntries(4, 4));
    assert.deepEqual(await store.readEvents('a'), makeEntries(1, 4));
  },

  async 'a gap is refused with all that came with it'(store) {
    await createRuns(store, ['a']);
    await assertRefuses(store.appendEvents('a', makeEntries(2, 2)), 'internal');
    await assertRefuses(store.appendEvents('a', [...makeEntries(1, 2), ...makeEntries(4, 4)]), 'internal');
    assert.deepEqual(await store.readEvents('a'), []);
  },

  async 'a refused append does not harm what others wrote in the same turn'(store) {
    await createRuns(store, ['a', 'b']);
    const outcomes = await Promise.allSettled([
      store.appendEvents('a', makeEntries(1, 2)),
      store.appendEvents('b', makeEntries(7, 8)),
      store.appendEvents('a', makeEntries(3, 4)),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(await store.readEvents('a'), makeEntries(1, 4));
    assert.deepEqual(await store.readEvents('b'), []);
  },

  async 'no event is kept for a run that is not there'(store) {
    await assertRefuses(store.appendEvents('nobody', makeEntries(1, 1)), 'run-unknown');
    assert.deepEqual(await store.readEvents('nobody'), []);
  },

  async 'a batch of 20,000 events keeps its order'(store) {
    await createRuns(store, ['a']);
    await store.appendEvents('a', makeEntries(1, 20_000));
    assert.deepEqual(await store.readEvents('a'), makeEntries(1, 20_000));
  },

  async 'a value of 512 characters of JSON stands inline, a longer one is stored'(store) {
    const small = 'x'.repeat(inlineCharacters - 2);
    const large = ['y'.repeat(inlineCharacters - 3)];
    assert.deepEqual(await store.putValue(small), { kind: 'inline', value: small });
    const stored = await store.putValue(large);
    const hash = createHash('sha256').update(JSON.stringify(large)).digest('hex');
    assert.deepEqual(stored, { kind: 'stored', hash, characters: inlineCharacters + 1 });
    assert.deepEqual(await store.getValue(stored), large);
    assert.equal(await store.getValue({ kind: 'inline', value: small }), small);
  },

  async 'characters that take six in JSON count as six'(store) {
    const value = '\u0001'.repeat(1000);
    assert.equal((await store.putValue(value)).kind, 'stored');
  },

  async 'every kind of JSON value comes back as it was'(store) {
    const values: Json[] = [null, true, 0, -1.5e-7, '', [], {}, { a: [{ b: null }] }, '"\\\n\u0000\u2028'];
    const stored = await Promise.all(values.map((value) => store.putValue(value)));
    assert.deepEqual(await Promise.all(stored.map((each) => store.getValue(each))), values);
  },

  async 'equal values have one hash, and putting one again is fine'(store) {
    const [first, second] = await Promise.all([store.putValue('z'.repeat(5000)), store.putValue('z'.repeat(5000))]);
    assert.deepEqual(first, second);
    assert.deepEqual(await store.putValue('z'.repeat(5000)), first);
    assert.equal(await store.getValue(first), 'z'.repeat(5000));
  },

  async 'a value that was never put is an error that names it'(store) {
    const missing = store.getValue({ kind: 'stored', hash: 'f'.repeat(64), characters: 5000 });
    await assert.rejects(missing, (error) => error instanceof PlanwrightError && error.message.includes('f'.repeat(64)));
  },

  async 'a value of ten million characters comes back as it was'(store) {
    const value = { text: 'naïve 🦆 '.repeat(1_250_000) };
    const stored = await store.putValue(value);
    assert.equal(stored.kind === 'stored' && stored.characters, 11_250_011);
    assert.deepEqual(await store.getValue(stored), value);
  },

  async 'a value over the limit is refused, and the store goes on'(store) {
    await assertRefuses(store.putValue('x'.repeat(64 * 1024 * 1024)), 'value-too-large');
    assert.deepEqual(await store.putValue('small'), { kind: 'inline', value: 'small' });
  },

  async 'emoji, zero bytes and halves of surrogate pairs survive everywhere'(store) {
    const text = '漢字 🦆 e\u0301 \u0000 \ud800 \u202e';
    await store.createRun(makeRun('ü-🦆', { task: text, setup: { [text]: text } }));
    await store.appendEvents('ü-🦆', [{ version: 1, seq: 1, atMs: 1, event: { type: 'cancel-requested', reason: text } }]);
    const stored = await store.putValue([text, 'x'.repeat(5000)]);
    const call = makeCall('ü-🦆/🦆/1/0', { rootRunId: 'ü-🦆', response: JSON.stringify(text), error: text });
    await store.putCall(call);
    await store.sendSignal('ü-🦆', { type: 'cancel', reason: text });
    assert.deepEqual(await store.getRun('ü-🦆'), makeRun('ü-🦆', { task: text, setup: { [text]: text } }));
    assert.deepEqual(await store.readEvents('ü-🦆'), [
      { version: 1, seq: 1, atMs: 1, event: { type: 'cancel-requested', reason: text } },
    ]);
    assert.deepEqual(await store.getValue(stored), [text, 'x'.repeat(5000)]);
    assert.deepEqual(await store.findCall('ü-🦆/🦆/1/0'), call);
    assert.deepEqual(await store.listCalls('ü-🦆'), [call]);
    const signals = await store.readSignals('ü-🦆');
    assert.deepEqual(
      signals.map(({ signal }) => signal),
      [{ type: 'cancel', reason: text }],
    );
  },

  async 'a run has one driver at a time'(store) {
    await createRuns(store, ['a', 'b']);
    assert.equal(await store.isDriven('a'), false);
    const lease = await store.acquireLease('a');
    assert.equal(lease.runId, 'a');
    assert.equal(lease.lost.aborted, false);
    assert.equal(await store.isDriven('a'), true);
    assert.equal(await store.isDriven('b'), false);
    await assertRefuses(store.acquireLease('a'), 'run-busy');
    const other = await store.acquireLease('b');
    await lease.release();
    assert.equal(await store.isDriven('a'), false);
    assert.equal(await store.isDriven('b'), true);
    await other.release();
  },

  async 'of ten who want a run in one turn, one gets it'(store) {
    await createRuns(store, ['a']);
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => store.acquireLease('a')));
    assert.equal(outcomes.filter((outcome) => outcome.status === 'fulfilled').length, 1);
  },

  async 'releasing twice does not take the run from the next driver'(store) {
    await createRuns(store, ['a']);
    const first = await store.acquireLease('a');
    await first.release();
    const second = await store.acquireLease('a');
    await first.release();
    assert.equal(await store.isDriven('a'), true);
    await second.release();
    assert.equal(await store.isDriven('a'), false);
  },

  async 'writes of one turn are done in the order in which they were made'(store) {
    const appended: number[] = [];
    const append = (seq: number) => store.appendEvents('a', makeEntries(seq, seq)).then(() => appended.push(seq));
    await Promise.all([store.createRun(makeRun('a')), append(1), append(2), append(3)]);
    assert.deepEqual(appended, [1, 2, 3]);
    assert.deepEqual(await store.readEvents('a'), makeEntries(1, 3));
  },

  async 'a closed store refuses, and closing again does nothing'(store) {
    await createRuns(store, ['a']);
    await store.acquireLease('a');
    await Promise.all([store.close(), store.close()]);
    await store.close();
    await assertRefuses(store.getRun('a'), 'store-failed');
    await assertRefuses(store.appendEvents('a', makeEntries(1, 1)), 'store-failed');
    await assertRefuses(store.putValue(1), 'store-failed');
    await assertRefuses(store.acquireLease('a'), 'store-failed');
  },
};
