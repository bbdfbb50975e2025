/** What holds of a store's shared limits, whoever asks. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../clock.ts';
import type { SharedAnswer, SharedAsk, SharedLimits } from '../model/shared-limits.ts';
import { createRuns, type StoreChecks } from './store-assertions.ts';
import { makeCall } from './store-records.ts';

const never = new AbortController().signal;

export const limitCases: StoreChecks = {
  async 'two ask for a model’s last place in one turn: one gets it'({ limits }) {
    const answers = await Promise.all([1, 2].map(() => limits.reserve(makeAsk({ modelLimits: { concurrency: 1 } }))));
    assert.deepEqual(answers.map(outcomeOf).toSorted(), ['concurrency', 'granted']);
  },

  async 'a place is free again once it is given back; giving it back twice frees one'({ limits }) {
    const ask = makeAsk({ modelLimits: { concurrency: 2 } });
    const [first, second] = [await grant(limits, ask), await grant(limits, ask)];
    assert.equal(outcomeOf(await limits.reserve(ask)), 'concurrency');
    await limits.settle(first, 5);
    await limits.settle(first, 5);
    await grant(limits, ask);
    assert.equal(outcomeOf(await limits.reserve(ask)), 'concurrency');
    await limits.settle(second, null);
    await limits.settle(second, 7);
    await grant(limits, ask);
    assert.equal(outcomeOf(await limits.reserve(ask)), 'concurrency');
  },

  async 'a reservation that is not known is settled without a word'({ limits }) {
    await limits.settle('no reservation at all', 5);
    await limits.settle('4000000000', null);
    await limits.settle('', null);
  },

  async 'runs of one store count together, models apart'({ limits }) {
    const one = { modelLimits: { concurrency: 1 } };
    await grant(limits, makeAsk({ ...one, rootRunId: 'a' }));
    assert.equal(outcomeOf(await limits.reserve(makeAsk({ ...one, rootRunId: 'b' }))), 'concurrency');
    await grant(limits, makeAsk({ ...one, model: 'other' }));
    // The asker's own limits are what counts.
    await grant(limits, makeAsk({ modelLimits: { concurrency: 2 } }));
  },

  async 'requests of the last minute count, also those that have ended'({ limits }) {
    const ask = makeAsk({ modelLimits: { requestsPerMinute: 2 } });
    await limits.settle(await grant(limits, ask), 5);
    await grant(limits, ask);
    const answer = await limits.reserve(ask);
    assert.equal(outcomeOf(answer), 'rate');
    assert.ok(answer.kind === 'wait' && answer.waitMs > 50_000 && answer.waitMs <= 60_000);
  },

  async 'a call that was not made leaves no trace'({ limits }) {
    const ask = makeAsk({ modelLimits: { requestsPerMinute: 1, tokensPerMinute: 10 } });
    await limits.settle(await grant(limits, ask), null);
    await grant(limits, ask);
  },

  async 'tokens of the last minute count as estimated, and as used once that is known'({ limits }) {
    const ask = makeAsk({ tokens: 60, modelLimits: { tokensPerMinute: 100 } });
    const first = await grant(limits, ask);
    assert.equal(outcomeOf(await limits.reserve(ask)), 'rate');
    await limits.settle(first, 40);
    await grant(limits, ask);
    assert.equal(outcomeOf(await limits.reserve({ ...ask, tokens: 1 })), 'rate');
  },

  async 'a call larger than the limit itself is made when the last minute is empty'({ limits }) {
    const ask = makeAsk({ tokens: 500, modelLimits: { tokensPerMinute: 100 } });
    await grant(limits, ask);
    assert.equal(outcomeOf(await limits.reserve({ ...ask, tokens: 1 })), 'rate');
  },

  async 'a pause holds every run, the longer of two wins, and it ends'({ limits }) {
    const nowMs = systemClock.now();
    await limits.pause('m', nowMs + 60_000);
    await limits.pause('m', nowMs + 1000);
    for (const modelLimits of [{}, { concurrency: 9 }]) {
      const answer = await limits.reserve(makeAsk({ modelLimits }));
      assert.equal(outcomeOf(answer), 'pause');
      assert.ok(answer.kind === 'wait' && answer.waitMs > 50_000 && answer.waitMs <= 60_000);
    }
    await grant(limits, makeAsk({ model: 'other' }));
    await limits.pause('short', nowMs - 1);
    await grant(limits, makeAsk({ model: 'short' }));
    await limits.pause('short', systemClock.now() + 400);
    assert.equal(outcomeOf(await limits.reserve(makeAsk({ model: 'short' }))), 'pause');
    await wait(450);
    await grant(limits, makeAsk({ model: 'short' }));
  },

  async 'a model without limits is never waited for'({ limits }) {
    const reservations = await Promise.all(Array.from({ length: 50 }, () => grant(limits, makeAsk({}))));
    for (const reservation of reservations) await limits.settle(reservation, 5);
  },

  async 'who waits hears of a place that is given back'({ limits }) {
    const ask = makeAsk({ modelLimits: { concurrency: 1 } });
    const first = await grant(limits, ask);
    const waiting = limits.changed(5_000, never);
    const startMs = performance.now();
    await limits.settle(first, 5);
    await waiting;
    assert.ok(performance.now() - startMs < 2_000);
    await grant(limits, ask);
  },

  async 'who waits in vain is told after the time it named, and who leaves is let go with its reason'({ limits }) {
    await limits.changed(20, never);
    const leaving = new AbortController();
    const waiting = limits.changed(60_000, leaving.signal);
    leaving.abort(new Error('left'));
    await assert.rejects(waiting, /left/);
    await assert.rejects(limits.changed(60_000, AbortSignal.abort(new Error('gone'))), /gone/);
  },

  async 'budgets are kept over all who work on a run, where the store says that it keeps them'(store) {
    const { limits } = store;
    await createRuns(store, ['a']);
    await store.putCall(makeCall('a/s/1/0', { inputTokens: 50, outputTokens: 10, costUsd: 0.5 }));
    if (!limits.keepsBudgets) {
      // The process that works on the run does.
      await grant(limits, askWithin(1000));
      return;
    }
    const answer = await limits.reserve(askWithin(50));
    assert.ok(answer.kind === 'spent');
    assert.deepEqual([answer.budget.runId, answer.name, answer.spent, answer.needed], ['a', 'tokens', 60, 50]);
    const first = await grant(limits, askWithin(30));
    assert.equal(outcomeOf(await limits.reserve(askWithin(30))), 'budget');
    await store.putCall(makeCall('a/s/1/1', { inputTokens: 5, outputTokens: 0, costUsd: 0 }));
    await limits.settle(first, 5);
    const second = await grant(limits, askWithin(30));
    await limits.settle(second, null);
    await grant(limits, askWithin(35));
  },
};

/** Of run `a`, whose budget is 100 tokens, $1 and 9 calls. */
function askWithin(tokens: number): SharedAsk {
  return makeAsk({ rootRunId: 'a', tokens, budgets: [{ runId: 'a', limits: { tokens: 100, usd: 1, calls: 9 } }] });
}

function makeAsk(changes: Partial<SharedAsk>): SharedAsk {
  return { rootRunId: 'a', model: 'm', tokens: 10, usd: 0, modelLimits: {}, budgets: [], ...changes };
}

function outcomeOf(answer: SharedAnswer): string {
  return answer.kind === 'wait' ? answer.because : answer.kind;
}

async function grant(limits: SharedLimits, ask: SharedAsk): Promise<string> {
  const answer = await limits.reserve(ask);
  assert.ok(answer.kind === 'granted', `Not granted: ${JSON.stringify(answer)}`);
  return answer.reservation;
}
