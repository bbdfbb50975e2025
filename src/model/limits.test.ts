import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../clock.ts';
import { MemoryStore } from '../engine/memory-store.ts';
import { PlanwrightError } from '../errors.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import type { Limiter, Reservation } from './limiter.ts';
import { createLimiter, type LimiterOptions } from './limits.ts';
import { noUsage } from './usage.ts';

const never = new AbortController().signal;

function estimate(tokens: number, model = 'm', usd: number | null = 0) {
  return { rootRunId: 'run', model, tokens, usd };
}

function used(tokens: number, costUsd: number | null = 0) {
  return { usage: { ...noUsage, inputTokens: tokens }, costUsd };
}

function limiterWith(limits: Partial<LimiterOptions['limits']>, more: Partial<LimiterOptions> = {}) {
  const time = fakeClock();
  return { time, limiter: createLimiter({ limits: { perModel: {}, ...limits }, clock: time.clock, ...more }) };
}

/** Of two runs. */
function twoLimiters(limits: Partial<LimiterOptions['limits']>) {
  const time = fakeClock();
  const { limits: shared } = new MemoryStore({ clock: time.clock });
  const make = () => createLimiter({ limits: { perModel: {}, ...limits }, clock: time.clock, shared });
  return { time, shared, first: make(), second: make() };
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'granted',
    (thrown: unknown) => (thrown instanceof PlanwrightError ? thrown.code : String(thrown)),
  );
}

/** Whether the promise has been settled once everything that can run has run. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  const settled = promise.then(
    () => undefined,
    () => undefined,
  );
  await new Promise((resolve) => setImmediate(resolve));
  return (await Promise.race([settled, Promise.resolve(pending)])) === pending;
}

describe('budgets', () => {
  it('refuses at once what can never fit, and says which limit, what is spent and what is needed', async () => {
    const { limiter } = limiterWith({ tokens: 100 }, { spent: { calls: 3, tokens: 60, usd: 0 } });
    const refusal = limiter.reserve(estimate(50), never);
    await expect(refusal).rejects.toMatchObject({
      code: 'budget-spent',
      message:
        'The budget of 100 tokens is spent: 60 tokens used, and the next call of m may need 50 tokens. Raise --budget-tokens.',
      details: { limit: 'tokens', limitAmount: 100, spent: 60, needed: 50 },
    });
  });

  it('lets a refused reservation wait for calls in flight, which may settle for less', async () => {
    const { limiter } = limiterWith({ tokens: 100 });
    const first = await limiter.reserve(estimate(80), never);
    const second = limiter.reserve(estimate(50), never);
    expect(await isPending(second)).toBe(true);
    await first.settle(used(20));
    expect(await codeOf(second)).toBe('granted');
  });

  it('refuses the waiting one when the call in flight has settled for too much', async () => {
    const { limiter } = limiterWith({ tokens: 100 });
    const first = await limiter.reserve(estimate(80), never);
    const second = limiter.reserve(estimate(50), never);
    await first.settle(used(70));
    expect(await codeOf(second)).toBe('budget-spent');
  });

  it('does not let small calls starve a large one that waits for the budget', async () => {
    const { limiter } = limiterWith({ tokens: 100 });
    const order: string[] = [];
    const first = await limiter.reserve(estimate(60), never);
    const large = limiter.reserve(estimate(70), never).then((reservation) => {
      order.push('large');
      return reservation;
    });
    const small = limiter.reserve(estimate(10, 'other'), never).then((reservation) => {
      order.push('small');
      return reservation;
    });
    await first.settle(used(5));
    await Promise.all([large, small]);
    expect(order).toEqual(['large', 'small']);
  });

  it('counts a call whose cost is not known after all as what was reserved', async () => {
    const { limiter } = limiterWith({ usd: 1 });
    await (await limiter.reserve(estimate(1, 'm', 0.75), never)).settle(used(1, null));
    await expect(limiter.reserve(estimate(1, 'm', 0.5), never)).rejects.toMatchObject({ details: { limit: 'usd', spent: 0.75 } });
  });

  it('refuses an unpriced model under a budget in dollars', async () => {
    const { limiter } = limiterWith({ usd: 1 });
    expect(await codeOf(limiter.reserve(estimate(1, 'm', null), never))).toBe('model-unpriced');
  });

  it('settles once, so that a call that fails twice over is not counted twice', async () => {
    const { limiter } = limiterWith({ calls: 2 });
    const first = await limiter.reserve(estimate(1), never);
    await first.settle(used(1));
    await first.settle(used(1));
    expect(await codeOf(limiter.reserve(estimate(1), never))).toBe('granted');
    expect(await isPending(limiter.reserve(estimate(1), never))).toBe(true);
  });
});

describe('rates and concurrency', () => {
  it('lets no more requests through in any minute than the limit, first come first served', async () => {
    const { limiter, time } = limiterWith({ perModel: { m: { requestsPerMinute: 2 } } });
    const startMs = time.clock.now();
    const granted: [number, number][] = [];
    const asked = Array.from({ length: 5 }, async (_, index) => {
      await (await limiter.reserve(estimate(1), never)).settle(used(1));
      granted.push([index, time.clock.now() - startMs]);
    });
    await time.advance(180_000);
    await Promise.all(asked);
    expect(granted).toEqual([
      [0, 0],
      [1, 0],
      [2, 60_000],
      [3, 60_000],
      [4, 120_000],
    ]);
  });

  it('gives back the tokens of a minute that a call did not use', async () => {
    const { limiter } = limiterWith({ perModel: { '*': { tokensPerMinute: 100 } } });
    const first = await limiter.reserve(estimate(90), never);
    const second = limiter.reserve(estimate(50), never);
    expect(await isPending(second)).toBe(true);
    await first.settle(used(10));
    expect(await codeOf(second)).toBe('granted');
  });

  it('lets a call larger than the limit itself through when the window is empty: it would wait forever', async () => {
    const { limiter, time } = limiterWith({ perModel: { m: { tokensPerMinute: 10 } } });
    await (await limiter.reserve(estimate(5), never)).settle(used(5));
    const large = limiter.reserve(estimate(50), never);
    expect(await isPending(large)).toBe(true);
    await time.advance(60_000);
    expect(await codeOf(large)).toBe('granted');
  });

  it('holds no other model up while one waits for its rate', async () => {
    const { limiter } = limiterWith({ perModel: { slow: { requestsPerMinute: 1 } } });
    await limiter.reserve(estimate(1, 'slow'), never);
    const waiting = limiter.reserve(estimate(1, 'slow'), never);
    expect(await codeOf(limiter.reserve(estimate(1, 'quick'), never))).toBe('granted');
    expect(await isPending(waiting)).toBe(true);
  });

  it('keeps to the concurrency of a model', async () => {
    const { limiter } = limiterWith({ perModel: { m: { concurrency: 1 } } });
    const first = await limiter.reserve(estimate(1), never);
    const second = limiter.reserve(estimate(1), never);
    expect(await isPending(second)).toBe(true);
    await first.settle(used(1));
    expect(await codeOf(second)).toBe('granted');
  });

  it('refuses limits that let nothing through instead of waiting forever', () => {
    expect(() => limiterWith({ perModel: { m: { requestsPerMinute: 0 } } })).toThrow(
      'limits.perModel.m.requestsPerMinute is 0; it has to be greater than 0.',
    );
  });

  it('keeps no timer when the last waiter has left: the process could not end', async () => {
    const { limiter, time } = limiterWith({ perModel: { m: { requestsPerMinute: 1 } } });
    await limiter.reserve(estimate(1), never);
    const leaving = new AbortController();
    const waiting = limiter.reserve(estimate(1), leaving.signal);
    expect(time.sleeping()).toBe(1);
    leaving.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    expect(time.sleeping()).toBe(0);
  });

  it('passes the turn on when the first of those who wait for the budget leaves', async () => {
    const { limiter } = limiterWith({ tokens: 100 });
    await limiter.reserve(estimate(60), never);
    const leaving = new AbortController();
    const large = limiter.reserve(estimate(90), leaving.signal);
    const small = limiter.reserve(estimate(30), never);
    expect(await isPending(small)).toBe(true);
    leaving.abort(new Error('left'));
    await expect(large).rejects.toThrow('left');
    expect(await codeOf(small)).toBe('granted');
  });
});

describe('a pause', () => {
  it('holds every call of the model until it ends, and no other model', async () => {
    const { limiter, time } = limiterWith({});
    await limiter.pause('m', time.clock.now() + 5_000);
    await limiter.pause('m', time.clock.now() + 1_000);
    const held = limiter.reserve(estimate(1), never);
    expect(await codeOf(limiter.reserve(estimate(1, 'other'), never))).toBe('granted');
    await time.advance(4_999);
    expect(await isPending(held)).toBe(true);
    await time.advance(1);
    expect(await codeOf(held)).toBe('granted');
    expect(time.sleeping()).toBe(0);
  });

  it('is told to the limiter above by that of a sub-team', async () => {
    const { limiter, time } = limiterWith({});
    const share = { runId: 'run.x.1', team: 'x', limits: { calls: 5 }, spent: { calls: 0, tokens: 0, usd: 0 } };
    const carved = limiter.carve(share).carve({ ...share, runId: 'run.x.1.y.1' });
    await carved.pause('m', time.clock.now() + 1_000);
    expect(await isPending(limiter.reserve(estimate(1), never))).toBe(true);
  });
});

describe('a part of the budget', () => {
  const nothing = { calls: 0, tokens: 0, usd: 0 };

  it('counts in the whole and has room of its own, which goes on from what was spent', async () => {
    const { limiter } = limiterWith({ tokens: 100 });
    const carved = limiter.carve({ runId: 'run.x.1', team: 'x', limits: { tokens: 50 }, spent: { ...nothing, tokens: 30 } });
    await expect(carved.reserve(estimate(21), never)).rejects.toMatchObject({ code: 'share-spent' });
    const reservation = await carved.reserve(estimate(20), never);
    await reservation.settle(used(10));
    expect(await codeOf(limiter.reserve(estimate(91), never))).toBe('budget-spent');
    expect(await codeOf(limiter.reserve(estimate(90), never))).toBe('granted');
  });

  it('is given back when the whole has no room', async () => {
    const { limiter } = limiterWith({ tokens: 10 });
    const carved = limiter.carve({ runId: 'run.x.1', team: 'x', limits: { tokens: 50 }, spent: nothing });
    await expect(carved.reserve(estimate(20), never)).rejects.toMatchObject({ code: 'budget-spent' });
    await (await carved.reserve(estimate(10), never)).cancel();
    expect(await codeOf(carved.reserve(estimate(10), never))).toBe('granted');
  });

  it('can be carved again: the innermost refuses first', async () => {
    const { limiter } = limiterWith({ calls: 3 });
    const outer = limiter.carve({ runId: 'run.x.1', team: 'x', limits: { calls: 2 }, spent: nothing });
    const inner = outer.carve({ runId: 'run.x.1.y.1', team: 'y', limits: { calls: 1 }, spent: nothing });
    await (await inner.reserve(estimate(1), never)).settle(used(1));
    await expect(inner.reserve(estimate(1), never)).rejects.toThrow('The sub-team "y" has used 1 calls of its 1 calls');
    await (await outer.reserve(estimate(1), never)).settle(used(1));
    await expect(outer.reserve(estimate(1), never)).rejects.toThrow('The sub-team "x"');
    expect(await codeOf(limiter.reserve(estimate(1), never))).toBe('granted');
  });
});

describe('two runs of one store', () => {
  it('share a model’s places, in the order of asking within each', async () => {
    const { first, second, time } = twoLimiters({ perModel: { m: { concurrency: 1 } } });
    const held = await first.reserve(estimate(1), never);
    const waiting = second.reserve(estimate(1), never);
    expect(await isPending(waiting)).toBe(true);
    expect(await codeOf(second.reserve(estimate(1, 'other'), never))).toBe('granted');
    await held.settle(used(1));
    await (await waiting).settle(used(1));
    expect(time.sleeping()).toBe(0);
  });

  it('share a model’s rate, and a call that was not made leaves no trace in it', async () => {
    const { first, second, time } = twoLimiters({ perModel: { m: { requestsPerMinute: 2 } } });
    await (await first.reserve(estimate(1), never)).cancel();
    await (await first.reserve(estimate(1), never)).settle(used(1));
    await time.advance(10_000);
    await (await second.reserve(estimate(1), never)).settle(used(1));
    const third = second.reserve(estimate(1), never);
    await time.advance(49_000);
    expect(await isPending(third)).toBe(true);
    await time.advance(1_000);
    expect(await codeOf(third)).toBe('granted');
  });

  it('share a pause, also of a model without limits', async () => {
    const { first, second, time } = twoLimiters({});
    await first.pause('m', time.clock.now() + 1_000);
    const held = second.reserve(estimate(1), never);
    expect(await isPending(held)).toBe(true);
    await time.advance(1_000);
    expect(await codeOf(held)).toBe('granted');
  });

  it('have budgets of their own, which a waiting call holds and gives back when it leaves', async () => {
    const { first, second } = twoLimiters({ calls: 1, perModel: { m: { concurrency: 1 } } });
    const held = await first.reserve(estimate(1), never);
    const leaving = new AbortController();
    const waiting = second.reserve(estimate(1), leaving.signal);
    expect(await isPending(waiting)).toBe(true);
    leaving.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    await held.settle(used(1));
    expect(await codeOf(second.reserve(estimate(1), never))).toBe('granted');
    expect(await codeOf(first.reserve(estimate(1), never))).toBe('budget-spent');
  });

  it('pass the turn on when the first of those who wait for the store leaves', async () => {
    const { first, second } = twoLimiters({ perModel: { m: { concurrency: 2 } } });
    const held = [await first.reserve(estimate(1), never), await first.reserve(estimate(1), never)];
    const leaving = new AbortController();
    const [gone, next] = [second.reserve(estimate(1), leaving.signal), second.reserve(estimate(1), never)];
    expect(await isPending(next)).toBe(true);
    leaving.abort(new Error('left'));
    await expect(gone).rejects.toThrow('left');
    await held[0]?.settle(used(1));
    expect(await codeOf(next)).toBe('granted');
  });
});

describe('whatever the order of calls', () => {
  const call = fc.record({
    model: fc.constantFrom('a', 'b'),
    tokens: fc.integer({ min: 1, max: 60 }),
    usedShare: fc.double({ min: 0, max: 1, noNaN: true }),
    startMs: fc.integer({ min: 0, max: 90_000 }),
    durationMs: fc.integer({ min: 0, max: 20_000 }),
    abortMs: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined }),
  });

  interface Seen {
    atMs: number;
    model: string;
    tokens: number;
  }

  it('budgets and rates hold, everybody is answered, and nothing is left sleeping', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { maxLength: 40 }),
        fc.integer({ min: 50, max: 600 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 5 }),
        async (calls, tokens, callLimit, requestsPerMinute) => {
          const time = fakeClock();
          const usd = tokens / 1000;
          const tokensPerMinute = 120;
          const limiter: Limiter = createLimiter({
            limits: {
              tokens,
              usd,
              calls: callLimit,
              perModel: { a: { requestsPerMinute, tokensPerMinute }, '*': { concurrency: 2 } },
            },
            clock: time.clock,
          });
          const seen: Seen[] = [];
          let held = 0;
          let spent = 0;
          let worst = 0;
          let inFlightB = 0;
          let answered = 0;
          const runs = calls.map(async (one) => {
            await time.clock.sleep(one.startMs);
            const leaving = new AbortController();
            if (one.abortMs !== undefined) {
              time.clock.sleep(one.abortMs).then(
                () => leaving.abort(new Error('left')),
                () => undefined,
              );
            }
            let reservation: Reservation;
            try {
              reservation = await limiter.reserve(estimate(one.tokens, one.model, one.tokens / 1000), leaving.signal);
            } catch {
              answered += 1;
              return;
            }
            seen.push({ atMs: time.clock.now(), model: one.model, tokens: one.tokens });
            held += one.tokens;
            if (one.model === 'b') inFlightB += 1;
            worst = Math.max(worst, spent + held);
            expect(inFlightB).toBeLessThanOrEqual(2);
            await time.clock.sleep(one.durationMs);
            const actual = Math.floor(one.tokens * one.usedShare);
            held -= one.tokens;
            spent += actual;
            if (one.model === 'b') inFlightB -= 1;
            await reservation.settle(used(actual, actual / 1000));
            answered += 1;
          });
          while (await time.advanceToNext());
          await Promise.all(runs);
          expect(answered).toBe(calls.length);
          expect(time.sleeping()).toBe(0);
          expect(worst).toBeLessThanOrEqual(tokens);
          expect(seen.length).toBeLessThanOrEqual(callLimit);
          const rated = seen.filter(({ model }) => model === 'a');
          for (const first of rated) {
            const within = rated.filter(({ atMs }) => atMs >= first.atMs && atMs < first.atMs + 60_000);
            expect(within.length).toBeLessThanOrEqual(requestsPerMinute);
          }
        },
      ),
      { numRuns: 150, seed: 7 },
    );
  });

  it('tokens of any minute stay within the rate when calls use what they reserve', async () => {
    const random = seededRandom(11);
    const { limiter, time } = limiterWith({ perModel: { m: { tokensPerMinute: 100 } } });
    const seen: { atMs: number; tokens: number }[] = [];
    const runs = Array.from({ length: 60 }, async () => {
      const tokens = 1 + Math.floor(random.next() * 60);
      await time.clock.sleep(Math.floor(random.next() * 30_000));
      const reservation = await limiter.reserve(estimate(tokens), never);
      seen.push({ atMs: time.clock.now(), tokens });
      await time.clock.sleep(Math.floor(random.next() * 5_000));
      await reservation.settle(used(tokens));
    });
    while (await time.advanceToNext());
    await Promise.all(runs);
    const worst = Math.max(
      ...seen.map(({ atMs }) =>
        seen.filter((other) => other.atMs >= atMs && other.atMs < atMs + 60_000).reduce((sum, { tokens }) => sum + tokens, 0),
      ),
    );
    expect(seen.length).toBe(60);
    expect(worst).toBeLessThanOrEqual(100);
  });

  it('10,000 waiting reservations are granted without looking at all of them each time', async () => {
    const { limiter } = limiterWith({ perModel: { m: { concurrency: 1 } } });
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 10_000 }, async (_, index) => {
        const reservation = await limiter.reserve(estimate(1), new AbortController().signal);
        order.push(index);
        await reservation.settle(used(1));
      }),
    );
    expect(order).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
  }, 5_000);
});
