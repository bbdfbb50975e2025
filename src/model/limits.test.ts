import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../clock.ts';
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
    first.settle(used(20));
    expect(await codeOf(second)).toBe('granted');
  });

  it('refuses the waiting one when the call in flight has settled for too much', async () => {
    const { limiter } = limiterWith({ tokens: 100 });
    const first = await limiter.reserve(estimate(80), never);
    const second = limiter.reserve(estimate(50), never);
    first.settle(used(70));
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
    first.settle(used(5));
    await Promise.all([large, small]);
    expect(order).toEqual(['large', 'small']);
  });

  it('counts a call whose cost is not known after all as what was reserved', async () => {
    const { limiter } = limiterWith({ usd: 1 });
    (await limiter.reserve(estimate(1, 'm', 0.75), never)).settle(used(1, null));
    await expect(limiter.reserve(estimate(1, 'm', 0.5), never)).rejects.toMatchObject({ details: { limit: 'usd', spent: 0.75 } });
  });

  it('refuses an unpriced model under a budget in dollars', async () => {
    const { limiter } = limiterWith({ usd: 1 });
    expect(await codeOf(limiter.reserve(estimate(1, 'm', null), never))).toBe('model-unpriced');
  });

  it('settles once, so that a call that fails twice over is not counted twice', async () => {
    const { limiter } = limiterWith({ calls: 2 });
    const first = await limiter.reserve(estimate(1), never);
    first.settle(used(1));
    first.settle(used(1));
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
      (await limiter.reserve(estimate(1), never)).settle(used(1));
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
    first.settle(used(10));
    expect(await codeOf(second)).toBe('granted');
  });

  it('lets a call larger than the limit itself through when the window is empty: it would wait forever', async () => {
    const { limiter, time } = limiterWith({ perModel: { m: { tokensPerMinute: 10 } } });
    (await limiter.reserve(estimate(5), never)).settle(used(5));
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
    first.settle(used(1));
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
            reservation.settle(used(actual, actual / 1000));
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
      reservation.settle(used(tokens));
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
        reservation.settle(used(1));
      }),
    );
    expect(order).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
  }, 5_000);
});
