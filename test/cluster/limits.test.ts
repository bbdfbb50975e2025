/** Limits hold over all workers together, and the lowest number goes first. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startScriptedServer } from '../../src/testing/index.ts';
import { type PostgresServer, postgresAvailability, startPostgres } from '../support/postgres.ts';
import { step } from '../support/small-team.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { answerByName, clusterTeam, type Limits, manyFinders, planOf } from './small-cluster.ts';
import { makeStore, startWorkerCommand, withEngine } from './worker-command.ts';

const { skip, because } = postgresAvailability();

describe.skipIf(skip)(`limits over two workers${because}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.remove());

  const startTwo = async () => {
    const [folder, url] = [makeTemporaryFolder(), await makeStore(server)];
    await Promise.all([1, 2].map(() => startWorkerCommand(folder, url, { args: ['--concurrency', '4'] })));
    return url;
  };

  test.each<[string, Limits]>([
    ['calls', { calls: 7 }],
    ['tokens', { tokens: 30_000 }],
  ])(
    'a budget of %s is never exceeded',
    async (_name, limits) => {
      const url = await startTwo();
      await using model = await startScriptedServer(
        () => ({ text: 'done', usage: { promptTokens: 100, completionTokens: 3_900 } }),
        {
          latencyMs: 20,
        },
      );
      const result = await withEngine(url, async (engine) =>
        engine.start({
          task: 't',
          team: clusterTeam({ concurrency: 8, ...limits }),
          plan: manyFinders(20),
          model: model.spec,
        }),
      );
      expect(result).toMatchObject({ endReason: 'budget' });
      const { requests, promptTokens, completionTokens } = model.counts();
      expect(requests).toBeLessThanOrEqual(limits.calls ?? 20);
      expect(promptTokens + completionTokens).toBeLessThanOrEqual(limits.tokens ?? 1e9);
      expect(requests).toBeGreaterThan(0);
      expect(result.ledger).toMatchObject({ calls: requests, inputTokens: promptTokens, outputTokens: completionTokens });
    },
    60_000,
  );

  test('as many calls of a model at once as its limit says', async () => {
    const url = await startTwo();
    await using model = await startScriptedServer(answerByName, { latencyMs: 60 });
    const perModel = { [model.spec]: { concurrency: 3 } };
    const result = await withEngine(url, async (engine) =>
      engine.start({ task: 't', team: clusterTeam({ concurrency: 8, perModel }), plan: manyFinders(24), model: model.spec }),
    );
    expect(result.status).toBe('succeeded');
    // One more puts the results together.
    expect([model.requests.length, model.peakConcurrency()]).toEqual([25, 3]);
  }, 60_000);

  test('as many calls a minute as its limit says', async () => {
    const url = await startTwo();
    await using model = await startScriptedServer(answerByName);
    const perModel = { [model.spec]: { requestsPerMinute: 6 } };
    await withEngine(url, async (engine) => {
      const run = engine.start({
        task: 't',
        team: clusterTeam({ concurrency: 8, perModel, timeoutMs: 8_000 }),
        plan: manyFinders(12),
        model: model.spec,
      });
      expect(await run).toMatchObject({ status: 'partial', endReason: 'time' });
    });
    expect(model.requests).toHaveLength(6);
  }, 60_000);

  test('of runs that wait, the lowest number goes first', async () => {
    const [folder, url] = [makeTemporaryFolder(), await makeStore(server)];
    await using model = await startScriptedServer(answerByName);
    const done: number[] = [];
    await withEngine(url, async (engine) => {
      const runs = [7, 3, 5].map(async (priority) => {
        const plan = planOf(step(`p-${priority}`));
        await engine.start({ task: 't', team: clusterTeam(), plan, model: model.spec, priority });
        done.push(priority);
      });
      // All three are queued before there is a worker.
      const schema = new URL(url).searchParams.get('schema');
      for (;;) {
        const [row] = await server.query(`SELECT count(*)::int AS count FROM "${schema}".workflow_status`);
        if (row?.['count'] === 3) break;
      }
      await startWorkerCommand(folder, url, { args: ['--concurrency', '1', '--run-concurrency', '1'] });
      await Promise.all(runs);
    });
    expect(done).toEqual([3, 5, 7]);
  }, 60_000);
});
