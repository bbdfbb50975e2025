/** A worker that leaves, and one that is upgraded: nothing that was finished is done again, and nothing is lost. */
import { defineTeam, defineTool } from 'planwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openDbosEngine, openPostgresStore, startWorker } from '../../src/engine/dbos/index.ts';
import { startScriptedServer } from '../../src/testing/index.ts';
import { type PostgresServer, postgresAvailability, startPostgres } from '../support/postgres.ts';
import { step } from '../support/small-team.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { answerByName, clusterTeam, planOf, subtaskOf } from './small-cluster.ts';
import { makeStore, startWorkerCommand, until, untilBegun, withEngine } from './worker-command.ts';

/** A worker whose code describes its tool so, as two versions of a program may. */
const startWith = async (url: string, description: string) => {
  const input = z.object({});
  const tool = defineTool({ name: 'look', description, effect: 'read', input, execute: () => 'seen' });
  return startWorker({ store: await openPostgresStore(url), tools: [tool] });
};
const lookingTeam = defineTeam({
  name: 'looking',
  roles: { finder: { instructions: 'You are the finder.', tools: ['look'] } },
  limits: { retries: 0, reroutes: 0, replans: 0 },
});

const { skip, because } = postgresAvailability();

describe.skipIf(skip)(`leaving and upgrading${because}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.remove());

  test('what does not finish within the grace is handed back and done by the other worker; a finished call is not repeated', async () => {
    const [folder, url] = [makeTemporaryFolder(), await makeStore(server)];
    let isFreed = false;
    await using model = await startScriptedServer((request) =>
      subtaskOf(request) === 'slow' && !isFreed ? { hang: true } : answerByName(request),
    );
    const first = await startWorkerCommand(folder, url, { args: ['--grace-s', '1'] });
    await withEngine(url, async (engine) => {
      const plan = planOf(step('quick'), step('slow', 'finder', ['quick']), step('end', 'writer', ['slow']));
      const run = engine.start({ task: 't', team: clusterTeam(), plan, model: model.spec });
      await model.received(2);
      const second = await startWorkerCommand(folder, url);
      const sinceMs = performance.now();
      first.child.kill('SIGTERM');
      await first.untilSaid('Leaving: 1 runs are handed back, 1 pieces of work are finished first.\n');
      const { code, stderr } = await first.ended;
      expect({ code, said: stderr.trimEnd().split('\n').at(-1) }).toEqual({
        code: 0,
        said: 'Left. 1 succeeded, 0 failed, 1 handed back.',
      });
      expect(performance.now() - sinceMs).toBeGreaterThan(900);
      isFreed = true;
      // The second worker has asked already, while it hung, or asks now.
      await until(() => model.requests.length === 3, 'the other worker asks');
      second.child.kill('SIGTERM');
      await startWorkerCommand(folder, url);
      const result = await run;
      expect(result).toMatchObject({ status: 'succeeded', deliverable: 'did end' });
      const asked = model.requests.map(subtaskOf);
      expect([asked.filter((id) => id === 'quick').length, asked.filter((id) => id === 'end').length]).toEqual([1, 1]);
      expect(result.subtasks.map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
    });
  }, 90_000);

  test('work of one version is not taken by workers of another, and is finished by its own', async () => {
    const [folder, url] = [makeTemporaryFolder(), await makeStore(server)];
    await using model = await startScriptedServer(answerByName);
    const store = await openPostgresStore(url);
    const older = await openDbosEngine(store, { version: 'planwright-0' });
    const newer = await openDbosEngine(store);
    const plan = planOf(step('a'), step('b', 'writer', ['a']));
    const given = { task: 't', team: clusterTeam(), plan, model: model.spec };
    const waiting = older.start({ ...given, runId: 'of-the-old' });
    await untilBegun(waiting);
    const before = await store.readEvents('of-the-old');

    const worker = await startWorkerCommand(folder, url);
    expect(await newer.start({ ...given, runId: 'of-the-new' })).toMatchObject({ status: 'succeeded' });
    const metrics = await (await fetch(`${worker.health}/metrics`)).text();
    expect(metrics).toContain('\nplanwright_version_open{version="planwright-0"} 1\n');
    expect(metrics).not.toMatch(/queue_depth\{role=""\} [1-9]/);
    expect(await store.readEvents('of-the-old')).toEqual(before);
    expect([(await older.workers()).length, (await newer.workers()).length]).toEqual([0, 1]);

    const own = await startWorker({ store: await openPostgresStore(url), version: 'planwright-0' });
    expect(await waiting).toMatchObject({ status: 'succeeded', deliverable: 'did b' });
    expect(own.state()).toMatchObject({ version: 'planwright-0', done: { succeeded: 2 } });
    await until(async () => own.state().runs === 0, 'it is empty');
    await own.drain();
    await Promise.all([older.close(), newer.close()]);
    await store.close();
  }, 60_000);

  test.each<[string, number, string]>([
    ['in hand when its worker leaves without a grace fails and says what changed', 0, 'failed'],
    ['that ends within the grace is not played again', 30_000, 'succeeded'],
  ])(
    'new code writes another request: an attempt %s',
    async (_name, graceMs, status) => {
      const url = await makeStore(server);
      let isFreed = false;
      const freeing: (() => void)[] = [];
      await using model = await startScriptedServer(async (request) => {
        if (!request.body.messages.some(({ role }) => role === 'tool')) return { toolCalls: [{ name: 'look', input: {} }] };
        if (!isFreed) await new Promise<void>((resolve) => freeing.push(resolve));
        return answerByName(request);
      });
      await withEngine(url, async (engine) => {
        const run = engine.start({ task: 't', team: lookingTeam, plan: planOf(step('a')), model: model.spec });
        const old = await startWith(url, 'Looks.');
        await model.received(2);
        const leaving = old.drain(graceMs);
        isFreed = true;
        for (const free of graceMs === 0 ? [] : freeing) free();
        await leaving;
        const next = await startWith(url, 'Looks about.');
        const result = await run;
        await next.drain();
        expect({ status: result.status, error: result.subtasks[0]?.error?.code, requests: model.requests.length }).toEqual({
          status,
          error: status === 'failed' ? 'replay-mismatch' : undefined,
          requests: 2,
        });
      });
    },
    60_000,
  );
});
