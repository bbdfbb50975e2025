/** What happens to workers, to PostgreSQL and to the network between them, while the other worker goes on. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PostgresServer, postgresAvailability, startPostgres } from '../support/postgres.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import type { Moment } from './check-survey.ts';
import { addWorker, askState, lifetimeMs, workerConcurrency } from './cluster.ts';
import { expectToHold, part } from './fault-case.ts';
import { disposeAll, makeSurveyCluster } from './survey-cluster.ts';
import { startTcpProxy } from './tcp-proxy.ts';

const { skip, because } = postgresAvailability();
let postgres: PostgresServer;
beforeAll(async () => {
  if (!skip) postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres?.remove());

test.skipIf(skip)(
  `DBOS: a worker frozen beyond its lifetime and continued${because}`,
  { timeout: 120_000 },
  ({ task: { name } }) =>
    expectToHold(name, async () => {
      await using cluster = await makeSurveyCluster(makeTemporaryFolder(), postgres);
      const workers = [await addWorker(cluster), await addWorker(cluster)];
      try {
        const moments: Moment[] = [];
        await cluster.begin();
        for (const [index, worker] of workers.entries()) {
          await cluster.untilRequests(15 + 20 * index);
          worker.signal('SIGSTOP');
          await wait(lifetimeMs * 2.5);
          moments.push(await cluster.takeMoment());
          worker.signal('SIGCONT');
          await wait(500);
        }
        await cluster.checkEnd(moments, 'frozen', workerConcurrency);
        await cluster.checkNothingHeld('frozen');
        for (const worker of workers) await cluster.expectTakesWork(worker, 'frozen and continued');
        return `each of two workers stopped for ${(lifetimeMs * 2.5) / 1000} s (lifetime ${lifetimeMs / 1000} s): same deliverable, no finished call again, both take work again`;
      } finally {
        await disposeAll(workers);
      }
    }),
);

test.skipIf(skip)(`DBOS: a worker cut off from PostgreSQL${because}`, { timeout: 240_000 }, ({ task: { name } }) =>
  expectToHold(name, async () => {
    const cutMs = part === 'quick' ? 6_000 : 30_000;
    await using cluster = await makeSurveyCluster(makeTemporaryFolder(), postgres);
    await using proxy = await startTcpProxy({ port: postgres.port });
    const url = new URL(cluster.url);
    url.port = String(proxy.port);
    const workers = [await addWorker(cluster, { url: url.href }), await addWorker(cluster)];
    const [cutWorker] = workers;
    try {
      await cluster.begin();
      await cluster.untilRequests(20);
      proxy.cut();
      expect(proxy.cutConnections()).toBeGreaterThan(0);
      await wait(cutMs);
      const moments = [await cluster.takeMoment()];
      proxy.restore();
      await cluster.checkEnd(moments, 'cut off', workerConcurrency);
      await cluster.checkNothingHeld('cut off');
      if (cutWorker !== undefined) await cluster.expectTakesWork(cutWorker, 'cut off and back');
      return `one of two workers cut off for ${cutMs / 1000} s (lifetime ${lifetimeMs / 1000} s): same deliverable by the other, no finished call again; back, it takes work`;
    } finally {
      await disposeAll(workers);
    }
  }),
);

test.skipIf(skip)(`DBOS: PostgreSQL stopped hard and started again${because}`, { timeout: 180_000 }, ({ task: { name } }) =>
  expectToHold(name, async () => {
    const downsMs = part === 'quick' ? [3_000] : [3_000, 10_000];
    await using cluster = await makeSurveyCluster(makeTemporaryFolder(), postgres);
    const workers = [await addWorker(cluster), await addWorker(cluster)];
    try {
      const moments: Moment[] = [];
      await cluster.begin();
      for (const [index, downMs] of downsMs.entries()) {
        await cluster.untilRequests(15 + 25 * index);
        await postgres.kill();
        await wait(downMs);
        await postgres.start();
        moments.push(await cluster.takeMoment());
      }
      await cluster.checkEnd(moments, 'PostgreSQL stopped');
      await cluster.checkNothingHeld('PostgreSQL stopped');
      return `PostgreSQL killed ${downsMs.length}× for ${downsMs.map((ms) => ms / 1000).join(' and ')} s: same deliverable, no finished call again`;
    } finally {
      await disposeAll(workers);
    }
  }),
);

test.skipIf(skip)(`DBOS: the wall clock of a worker set back by an hour${because}`, { timeout: 120_000 }, ({ task: { name } }) =>
  expectToHold(name, async () => {
    await using cluster = await makeSurveyCluster(makeTemporaryFolder(), postgres);
    const shifted = await addWorker(cluster, { preload: 'clock-back.ts' });
    const workers = [shifted, await addWorker(cluster)];
    try {
      await cluster.begin();
      await cluster.untilRequests(20);
      shifted.signal('SIGUSR2');
      await wait(500);
      expect(Date.now() - (await askState(shifted)).nowMs).toBeGreaterThan(3_500_000);
      await cluster.checkEnd([await cluster.takeMoment()], 'clock set back');
      for (const worker of workers) expect((await askState(worker)).state.phase).toBe('working');
      return 'Date.now() of one of two workers went back by 3,600 s in mid-run: same deliverable, no finished call again, both live';
    } finally {
      await disposeAll(workers);
    }
  }),
);

test.skipIf(skip)(`DBOS: one run started twice and resumed twice${because}`, { timeout: 120_000 }, ({ task: { name } }) =>
  expectToHold(name, async () => {
    await using cluster = await makeSurveyCluster(makeTemporaryFolder(), postgres);
    const workers = [await addWorker(cluster), await addWorker(cluster)];
    try {
      const outcomes = await Promise.allSettled([cluster.begin(), cluster.begin()]);
      const codes = outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [(outcome.reason as { code: string }).code] : [],
      );
      expect(
        codes.filter((code) => code !== 'run-busy'),
        'why a second start may be refused',
      ).toEqual([]);
      await cluster.untilRequests(20);
      const stop = new AbortController();
      const followers = [1, 2, 3].map(() => cluster.engine.resume('survey', { signal: stop.signal }));
      await cluster.checkEnd([], 'started twice');
      stop.abort();
      await Promise.all(followers);
      expect(cluster.model.server.requests.length).toBe(cluster.reference.calls.size);
      return 'two starts at once and three resumes in mid-run: one drive, every call made once';
    } finally {
      await disposeAll(workers);
    }
  }),
);
