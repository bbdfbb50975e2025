/** What holds of calls in every store: one record a key, listed and added up over a tree of runs. */
import assert from 'node:assert/strict';
import type { StoreChecks } from './store-assertions.ts';
import { makeCall } from './store-records.ts';

export const callCases: StoreChecks = {
  async 'a call put again replaces the first'(store) {
    const started = makeCall('a/s/1/0/0', { kind: 'tool', outcome: 'started', response: null });
    const ended = makeCall('a/s/1/0/0', { kind: 'tool', endedMs: 7 });
    await store.putCall(started);
    assert.deepEqual(await store.findCall('a/s/1/0/0'), started);
    await store.putCall(ended);
    assert.deepEqual(await store.findCall('a/s/1/0/0'), ended);
    assert.deepEqual(await store.listCalls('a'), [ended]);
    assert.equal(await store.findCall('a/s/1/0'), undefined);
  },

  async 'calls of the whole tree are listed by their end, then by key'(store) {
    await store.putCall(makeCall('a/z/1/0', { endedMs: 5 }));
    await store.putCall(makeCall('a/late/1/0', { endedMs: 9 }));
    await store.putCall(makeCall('child/y/1/0', { runId: 'child', endedMs: 5 }));
    await store.putCall(makeCall('a/b/1/0', { endedMs: 5 }));
    await store.putCall(makeCall('other/b/1/0', { runId: 'other', rootRunId: 'other' }));
    const keys = (await store.listCalls('a')).map((call) => call.key);
    assert.deepEqual(keys, ['a/b/1/0', 'a/z/1/0', 'child/y/1/0', 'a/late/1/0']);
    assert.deepEqual(await store.listCalls('nobody'), []);
  },

  async 'calls of models add up over the tree, those of a sub-run and below it apart'(store) {
    const usage = { inputTokens: 100, outputTokens: 20, costUsd: 0.5 };
    await store.putCall(makeCall('a/s/1/0', usage));
    await store.putCall(makeCall('a/s/1/1', { ...usage, outcome: 'failed', response: null, costUsd: null }));
    await store.putCall(makeCall('a/s/1/1/0', { ...usage, kind: 'tool', costUsd: 9 }));
    await store.putCall(makeCall('a.x.1/s/1/0', { ...usage, runId: 'a.x.1', costUsd: 0.25 }));
    await store.putCall(makeCall('a.x.1.y.1/s/1/0', { ...usage, runId: 'a.x.1.y.1', inputTokens: 1 }));
    await store.putCall(makeCall('a.x.12/s/1/0', { ...usage, runId: 'a.x.12', inputTokens: 2 }));
    await store.putCall(makeCall('b/s/1/0', { ...usage, runId: 'b', rootRunId: 'b' }));
    assert.deepEqual(await store.sumCalls('a'), { calls: 5, tokens: 120 * 3 + 21 + 22, usd: 1.75 });
    assert.deepEqual(await store.sumCalls('a', 'a'), { calls: 5, tokens: 120 * 3 + 21 + 22, usd: 1.75 });
    assert.deepEqual(await store.sumCalls('a', 'a.x.1'), { calls: 2, tokens: 141, usd: 0.75 });
    assert.deepEqual(await store.sumCalls('a', 'b'), { calls: 0, tokens: 0, usd: 0 });
    assert.deepEqual(await store.sumCalls('nobody'), { calls: 0, tokens: 0, usd: 0 });
  },

  async 'a call put again counts once, as it is now'(store) {
    await store.putCall(makeCall('a/s/1/0', { inputTokens: 10, outputTokens: 5, costUsd: 1 }));
    await store.putCall(makeCall('a/s/1/0', { inputTokens: 7, outputTokens: 0, costUsd: 0.5 }));
    assert.deepEqual(await store.sumCalls('a'), { calls: 1, tokens: 7, usd: 0.5 });
    await Promise.all([2, 3, 4].map((outputTokens) => store.putCall(makeCall('a/s/1/1', { inputTokens: 1, outputTokens }))));
    assert.deepEqual(await store.sumCalls('a'), { calls: 2, tokens: 12, usd: 0.5 });
    await store.putCall(makeCall('a/s/1/0', { runId: 'b', rootRunId: 'b' }));
    assert.deepEqual(await store.sumCalls('a'), { calls: 1, tokens: 5, usd: 0 });
  },
};
