/** Several hosts: a worker in each of two network namespaces, PostgreSQL and the provider on a third, one link cut and restored. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PostgresServer, postgresAvailability, startPostgres } from '../support/postgres.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import type { Moment } from './check-survey.ts';
import { addWorker, askState, lifetimeMs, type WorkerProcess, workerConcurrency } from './cluster.ts';
import { expectToHold, part } from './fault-case.ts';
import { findNamespaceProblem, makeHosts } from './network-namespaces.ts';
import { disposeAll, makeSurveyCluster } from './survey-cluster.ts';
import { startTcpProxy } from './tcp-proxy.ts';

const { skip, because } = postgresAvailability();
const problem = skip ? because : findNamespaceProblem();
const reason = problem === undefined ? '' : ` (${problem})`;
let postgres: PostgresServer;
beforeAll(async () => {
  if (problem === undefined) postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres?.remove());

test.skipIf(problem !== undefined)(
  `Several hosts: the link of one cut and restored${reason}`,
  { timeout: 240_000 },
  ({ task: { name } }) =>
    expectToHold(name, async () => {
      const cutMs = lifetimeMs * (part === 'quick' ? 3 : 10);
      using hosts = makeHosts(2);
      // Both listen on the loopback only; here they are reached from outside.
      await using database = await startTcpProxy({ port: postgres.port }, { host: hosts.address });
      await using provider = await startTcpProxy({ port: 0 }, { host: hosts.address });
      await using cluster = await makeSurveyCluster(makeTemporaryFolder(), postgres, {
        // So slow that the run is not over before the second cut.
        latencyMs: cutMs / 10,
        reach: async (port) => {
          provider.setTarget(port);
          return `http://${hosts.address}:${provider.port}/v1#scripted`;
        },
      });
      const url = new URL(cluster.url);
      url.hostname = hosts.address;
      url.port = String(database.port);
      const workers: WorkerProcess[] = [];
      for (const netns of hosts.names) workers.push(await addWorker(cluster, { url: url.href, netns }));
      try {
        const moments: Moment[] = [];
        await cluster.begin();
        for (const [index, host] of hosts.names.entries()) {
          await cluster.untilRequests(15 + 20 * index);
          const before = cluster.model.server.requests.length;
          hosts.setLink(host, 'down');
          await wait(cutMs);
          moments.push(await cluster.takeMoment());
          expect(cluster.model.server.requests.length, 'the other host goes on').toBeGreaterThan(before);
          hosts.setLink(host, 'up');
          const worker = workers[index];
          if (worker !== undefined) await untilWorking(worker);
        }
        await cluster.checkEnd(moments, 'link cut', workerConcurrency);
        await cluster.checkNothingHeld('link cut');
        for (const worker of workers) await cluster.expectTakesWork(worker, 'link restored');
        return `two workers in namespaces of their own, the link of each down for ${cutMs / 1000} s: same deliverable by the other, no finished call again; back, both take work`;
      } finally {
        await disposeAll(workers);
      }
    }),
);

async function untilWorking(worker: WorkerProcess): Promise<void> {
  const untilMs = performance.now() + 40_000;
  while (performance.now() < untilMs) {
    if ((await askState(worker)).state.phase === 'working') return;
    await wait(100);
  }
  throw new Error(`The worker does not come back: ${JSON.stringify(await askState(worker))}`);
}
