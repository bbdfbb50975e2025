import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import {
  type ClusterLimiterOptions,
  createClusterLimiter,
  initPostgresStore,
  openPostgresStore,
  type PostgresStore,
} from '../../src/engine/postgres/index.ts';
import { makeCall } from '../../src/engine/store-records.ts';
import type { CallEstimate, Limiter } from '../../src/model/limiter.ts';
import { createLimiter } from '../../src/model/limits.ts';
import { type PostgresServer, postgresAvailability, startPostgres } from '../support/postgres.ts';

const { skip, because } = postgresAvailability();
const never = new AbortController().signal;

describe.skipIf(skip)(`the limiter of several processes${because}`, () => {
  let server: PostgresServer;
  let stores: PostgresStore[] = [];
  let schemas = 0;

  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.remove());
  beforeEach(async () => {
    schemas += 1;
    const url = server.urlOf(`limiter_${schemas}`);
    await initPostgresStore(url);
    stores = [await openPostgresStore(url), await openPostgresStore(url)];
  });
  afterEach(() => Promise.all(stores.map((store) => store.close())));

  const limiterOf = (index: number, limits: Partial<ClusterLimiterOptions['limits']>, rootRunId = 'a') => {
    const store = stores[index];
    if (store === undefined) throw new Error('There are two stores.');
    return createClusterLimiter({ shared: store.limits, rootRunId, limits: { perModel: {}, ...limits } });
  };

  test('a spent budget is refused in the words of the limiter of one process', async () => {
    await stores[0]?.putCall(makeCall('a/s/1/0', { inputTokens: 80, outputTokens: 10, costUsd: 0.5 }));
    const spent = { calls: 1, tokens: 90, usd: 0.5 };
    for (const limits of [{ tokens: 100 }, { usd: 0.51 }, { calls: 1 }]) {
      const inProcess = createLimiter({ limits: { perModel: {}, ...limits }, spent, clock: systemClock });
      const [expected, found] = [await refusal(inProcess), await refusal(limiterOf(0, limits))];
      expect(found).toEqual(expected);
      expect(found.code).toBe('budget-spent');
      const share = { runId: 'a', team: 'x', limits, spent };
      expect(await refusal(limiterOf(0, {}).carve(share))).toEqual(
        await refusal(createLimiter({ limits: { perModel: {} }, clock: systemClock }).carve(share)),
      );
    }
  });

  test('a call without a price is refused where a budget is in USD', async () => {
    await expect(limiterOf(0, { usd: 1 }).reserve({ ...estimate(1), usd: null }, never)).rejects.toMatchObject({
      code: 'model-unpriced',
    });
  });

  test('what waits for a budget goes on when another process settles for less', async () => {
    const [mine, theirs] = [limiterOf(0, { tokens: 100 }), limiterOf(1, { tokens: 100 })];
    const first = await mine.reserve(estimate(80), never);
    const order: string[] = [];
    const large = theirs.reserve(estimate(70), never).then((reservation) => {
      order.push('large');
      return reservation;
    });
    await wait(150);
    const small = theirs.reserve({ ...estimate(5), model: 'other' }, never).then(() => order.push('small'));
    await wait(150);
    expect(order).toEqual([]);
    // Another run is not held up.
    await limiterOf(1, { tokens: 100 }, 'b').reserve({ ...estimate(90), rootRunId: 'b' }, never);
    await first.settle({ usage: usage(10), costUsd: 0 });
    await large;
    await small;
    expect(order).toEqual(['large', 'small']);
  });

  test('a budget that its last call overdraws is refused to whoever waited', async () => {
    const [mine, theirs] = [limiterOf(0, { tokens: 100 }), limiterOf(1, { tokens: 100 })];
    const first = await mine.reserve(estimate(80), never);
    const waiting = refusal(theirs, 70);
    await wait(100);
    await stores[0]?.putCall(makeCall('a/s/1/0', { inputTokens: 80, outputTokens: 15 }));
    await first.settle({ usage: usage(95), costUsd: 0 });
    expect(await waiting).toMatchObject({ code: 'budget-spent', details: { spent: 95, needed: 70 } });
  });

  test('a model’s places go round in the order of asking, over two processes never more than there are', async () => {
    const perModel = { m: { concurrency: 2 } };
    let underWay = 0;
    let most = 0;
    const begun: number[] = [];
    const work = async (index: number) => {
      const reservation = await limiterOf(index % 2, { perModel }, `r${index}`).reserve(estimate(1), never);
      underWay += 1;
      most = Math.max(most, underWay);
      begun.push(index);
      await wait(5);
      underWay -= 1;
      await reservation.settle({ usage: usage(1), costUsd: 0 });
    };
    await Promise.all(Array.from({ length: 30 }, (_, index) => work(index)));
    expect(most).toBe(2);
    for (const parity of [0, 1]) {
      const ofProcess = begun.filter((index) => index % 2 === parity);
      expect(ofProcess).toEqual(ofProcess.toSorted((a, b) => a - b));
    }
  });

  test('who leaves gives its turn to the next, and its reservation back', async () => {
    const limiter = limiterOf(0, { perModel: { '*': { concurrency: 1 } } });
    const first = await limiter.reserve(estimate(1), never);
    const leaving = new AbortController();
    const left = limiter.reserve(estimate(1), leaving.signal);
    const next = limiter.reserve(estimate(1), never);
    await wait(50);
    leaving.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    await first.cancel();
    await (await next).settle({ usage: usage(1), costUsd: 0 });
    await (await limiter.reserve(estimate(1), never)).cancel();
  });

  test('a pause of one process holds the other', async () => {
    await limiterOf(0, {}).pause('m', systemClock.now() + 300);
    const startMs = performance.now();
    await limiterOf(1, {}).reserve(estimate(1), never);
    expect(performance.now() - startMs).toBeGreaterThan(250);
  });
});

function estimate(tokens: number): CallEstimate {
  return { rootRunId: 'a', model: 'm', tokens, usd: 0.1 };
}

function usage(tokens: number) {
  return { inputTokens: tokens, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };
}

async function refusal(limiter: Limiter, tokens = 30) {
  const thrown: unknown = await limiter.reserve(estimate(tokens), never).catch((error: unknown) => error);
  return thrown as { code: string; message: string; details: unknown };
}
