/** `planwright worker` as it is operated: what it says, how it is asked for its health, how it ends, and what it refuses. */
import { createServer } from 'node:net';
import type { Plan } from 'planwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ScriptedServer, startScriptedServer } from '../../src/testing/index.ts';
import { clusterTeam, manyFinders, planOf, subtaskOf } from '../cluster/small-cluster.ts';
import {
  askFor,
  makeStore,
  planwrightOn,
  readMetrics,
  startWorkerCommand,
  until,
  untilBegun,
  withEngine,
} from '../cluster/worker-command.ts';
import { type PostgresServer, postgresAvailability, startPostgres } from '../support/postgres.ts';
import { step } from '../support/small-team.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { runCommand, startCommand } from './command-process.ts';

const { skip, because } = postgresAvailability();

/** Puts a run on the queue. @returns its id. */
async function startRun(url: string, model: ScriptedServer, plan: Plan = manyFinders(2)): Promise<string> {
  return withEngine(url, async (engine) => {
    const following = new AbortController();
    const run = engine.start({ task: 't', team: clusterTeam(), plan, model: model.spec, signal: following.signal });
    await untilBegun(run);
    following.abort();
    return (await run).runId;
  });
}

describe('without a server', () => {
  test.each<[string[], string, RegExp]>([
    [[], 'usage', /^Required option '--store <url>' not specified/],
    [['--store', '.planwright'], 'usage', /^Workers meet in a store on PostgreSQL: --store postgres:\/\/user@host\/database\./],
    [['--store', 'postgres://h'], 'usage', /^The store's URL names no database\./],
    [['--store', 'postgres://ada:secret@h:port/d'], 'usage', /^The store's URL cannot be read\. /],
    [['--store', 'postgres://h/d?schema=No'], 'usage', /^The schema "No" of the store's URL cannot be used\./],
    [['--store', 'postgres://h/d', '--roles'], 'usage', /^Option '--roles <names\.\.\.>' argument missing/],
    [['--store', 'postgres://h/d', '--roles', 'a,,b'], 'usage', /^A role has a name: --roles coder,critic$/],
    [['--store', 'postgres://h/d', '--concurrency', '0'], 'usage', /Give a whole number from 1 on, such as 4\.$/],
    [['--store', 'postgres://h/d', '--grace-s', 'long'], 'usage', /Give seconds, more than 0 /],
  ])('worker %j is refused with 2', async (args, code, message) => {
    const { code: exitCode, stdout } = await runCommand(makeTemporaryFolder(), ['worker', '--json', ...args]);
    expect(exitCode).toBe(2);
    const { error } = JSON.parse(stdout);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(stdout).not.toContain('secret');
  });
});

describe.skipIf(skip)(`planwright worker${because}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.remove());

  const start = async (args: string[] = []) => {
    const [folder, url] = [makeTemporaryFolder(), await makeStore(server)];
    return { folder, url, worker: await startWorkerCommand(folder, url, { args }) };
  };

  test('the example of its --help works', async () => {
    const [folder, url] = [makeTemporaryFolder(), await makeStore(server)];
    const { stdout } = await runCommand(folder, ['worker', '--help']);
    const examples = [...stdout.matchAll(/^ {2}\$ planwright (.+)$/gm)].map(([, line = '']) => line);
    expect(examples).toEqual(['worker --store postgres://planwright@localhost/planwright --roles coder,critic --health 9464']);
    const args = (examples[0] ?? '')
      .replace(/postgres:\S+/, url)
      .replace(/9464$/, '0')
      .split(' ');
    const worker = startCommand(folder, args);
    await worker.untilSaid(' takes coder, critic from ');
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toMatchObject({ code: 0, stdout: '' });
  });

  test('its health: wrong methods and paths, HEAD, and ready while it works', async () => {
    const { worker } = await start();
    expect(await askFor(`${worker.health}/healthz`)).toEqual({ status: 200, body: 'ok\n' });
    expect(await askFor(`${worker.health}/readyz?verbose`)).toEqual({ status: 200, body: 'ready\n' });
    expect(await askFor(`${worker.health}/`)).toEqual({ status: 404, body: 'There is /healthz, /readyz and /metrics.\n' });
    const post = await fetch(`${worker.health}/healthz`, { method: 'POST', body: 'x' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const head = await fetch(`${worker.health}/metrics`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(head.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(new URL(worker.health).hostname).toBe('127.0.0.1');
  });

  test('its metrics count queues, work in hand, calls, tokens, money and failures', async () => {
    const { url, worker } = await start(['--concurrency', '1']);
    let isFreed = false;
    const held: (() => void)[] = [];
    await using model = await startScriptedServer(async (request) => {
      if (!isFreed) await new Promise<void>((resolve) => held.push(resolve));
      return subtaskOf(request) === 'bad'
        ? { status: 400, message: 'no' }
        : { text: 'done', usage: { promptTokens: 30, completionTokens: 4 } };
    });
    const metrics = async () => readMetrics((await askFor(`${worker.health}/metrics`)).body);
    const runId = await startRun(url, model, planOf(step('a'), step('b'), step('bad', 'writer')));
    await model.received(1);
    const during = await metrics();
    expect(Object.fromEntries([...during].filter(([name]) => !/circuit|oldest/.test(name)))).toEqual({
      'planwright_queue_depth{role="finder"}': 1,
      'planwright_queue_depth{role="writer"}': 1,
      'planwright_queue_depth{role=""}': 0,
      'planwright_queue_under_way{role="finder"}': 1,
      'planwright_queue_under_way{role="writer"}': 0,
      'planwright_queue_under_way{role=""}': 1,
      'planwright_version_open{version="planwright-1"}': 4,
      'planwright_version_workers{version="planwright-1"}': 1,
      planwright_workers: 1,
      planwright_model_calls: 0,
      planwright_tokens: 0,
      planwright_usd: 0,
      planwright_failed_calls: 0,
      'planwright_worker_in_flight{kind="run"}': 1,
      'planwright_worker_in_flight{kind="work"}': 1,
      'planwright_worker_phase{phase="working"}': 1,
      'planwright_worker_phase{phase="rejoining"}': 0,
      'planwright_worker_phase{phase="draining"}': 0,
      'planwright_worker_phase{phase="stopped"}': 0,
      'planwright_worker_done_total{outcome="succeeded"}': 0,
      'planwright_worker_done_total{outcome="failed"}': 0,
      'planwright_worker_done_total{outcome="handed_back"}': 0,
    });
    expect(during.get('planwright_queue_oldest_seconds{role="finder"}')).toBeGreaterThan(0);
    isFreed = true;
    for (const free of held) free();
    await withEngine(url, (engine) => engine.resume(runId));
    await until(async () => (await metrics()).get('planwright_worker_in_flight{kind="run"}') === 0, 'the run has left');
    const after = await metrics();
    expect(Object.fromEntries([...after].filter(([name]) => /calls|tokens|usd|done|version/.test(name)))).toEqual({
      'planwright_version_open{version="planwright-1"}': 0,
      'planwright_version_workers{version="planwright-1"}': 1,
      // The last puts two results together.
      planwright_model_calls: 4,
      planwright_tokens: 102,
      planwright_usd: 0,
      planwright_failed_calls: 1,
      'planwright_worker_done_total{outcome="succeeded"}': 2,
      'planwright_worker_done_total{outcome="failed"}': 1,
      'planwright_worker_done_total{outcome="handed_back"}': 0,
    });
  }, 60_000);

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: what it holds is finished, nothing more is taken, and it is not ready',
    async (signal) => {
      const { url, worker } = await start(['--concurrency', '1']);
      const freed = Promise.withResolvers<void>();
      await using model = await startScriptedServer(async () => {
        await freed.promise;
        return 'done';
      });
      await startRun(url, model);
      await model.received(1);
      worker.child.kill(signal);
      await worker.untilSaid('Leaving: 1 runs are handed back, 1 pieces of work are finished first.\n');
      await until(async () => (await askFor(`${worker.health}/readyz`)).status === 503, 'it is not ready');
      expect(await askFor(`${worker.health}/readyz`)).toEqual({ status: 503, body: 'draining\n' });
      expect(await askFor(`${worker.health}/healthz`)).toEqual({ status: 200, body: 'ok\n' });
      expect(readMetrics((await askFor(`${worker.health}/metrics`)).body).get('planwright_worker_phase{phase="draining"}')).toBe(
        1,
      );
      freed.resolve();
      const { code, stderr } = await worker.ended;
      expect({ code, said: stderr.trimEnd().split('\n').at(-1) }).toEqual({
        code: 0,
        said: 'Left. 1 succeeded, 0 failed, 0 handed back.',
      });
      expect(model.requests).toHaveLength(1);
      expect(await withEngine(url, (engine) => engine.workers())).toEqual([]);
    },
    60_000,
  );

  test('a second signal ends it at once', async () => {
    const { url, worker } = await start();
    await using model = await startScriptedServer(() => ({ hang: true }));
    await startRun(url, model);
    await model.received(1);
    worker.child.kill('SIGTERM');
    await worker.untilSaid('Leaving: ');
    const sinceMs = performance.now();
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(130);
    expect(performance.now() - sinceMs).toBeLessThan(2_000);
  });

  test('without PostgreSQL it lives, is not ready, has no figures, and comes back', async () => {
    const { folder, url, worker } = await start();
    await server.stop();
    try {
      expect(await askFor(`${worker.health}/healthz`)).toEqual({ status: 200, body: 'ok\n' });
      expect(await askFor(`${worker.health}/readyz`)).toEqual({ status: 503, body: 'PostgreSQL does not answer\n' });
      expect(await askFor(`${worker.health}/metrics`)).toEqual({
        status: 503,
        body: 'The figures could not be read from PostgreSQL.\n',
      });
    } finally {
      await server.start();
    }
    await until(async () => (await askFor(`${worker.health}/readyz`)).status === 200, 'it is ready again');
    const run = await planwrightOn(folder, url)('run', 'What is 6 times 7?', '--strategy', 'single');
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('6 * 7 = 42') });
    expect(run.stderr).not.toContain('this process does the work');
  }, 90_000);

  test('it can leave while PostgreSQL is away', async () => {
    const { worker } = await start();
    await server.stop();
    try {
      const sinceMs = performance.now();
      worker.child.kill('SIGTERM');
      expect((await worker.ended).code).toBe(0);
      expect(performance.now() - sinceMs).toBeLessThan(40_000);
    } finally {
      await server.start();
    }
  }, 90_000);

  test.each(['nowhere', '127.0.0.1:', '127.0.0.1:99999', '999.1.1.1:1', 'a:b:c'])(
    '--health %s is refused, and the worker leaves',
    async (address) => {
      const [folder, url] = [makeTemporaryFolder(), await makeStore(server)];
      const refused = await runCommand(folder, ['worker', '--store', url, '--health', address, '--json']);
      expect(refused.code).toBe(2);
      expect(JSON.parse(refused.stdout).error).toMatchObject({ code: 'usage', message: expect.stringContaining(address) });
      expect(await withEngine(url, (engine) => engine.workers())).toEqual([]);
    },
  );

  test('a port in use is refused, and the worker leaves', async () => {
    const [folder, url] = [makeTemporaryFolder(), await makeStore(server)];
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const port = (taken.address() as { port: number }).port;
    const refused = await planwrightOn(folder, url)('worker', '--health', String(port));
    taken.close();
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(`Nothing can listen on ${port}: `);
    expect(refused.stderr).toContain('Choose another --health.');
    expect(await withEngine(url, (engine) => engine.workers())).toEqual([]);
  });

  test.each<[string, string, RegExp]>([
    ['missing', 'store-missing', /planwright store init/],
    ['older', 'store-older', /planwright store init/],
    ['newer', 'store-newer', /99/],
  ])('a store that is %s is refused with 2', async (state, code, message) => {
    const url = state === 'missing' ? server.urlOf('not_there') : await makeStore(server);
    const schema = new URL(url).searchParams.get('schema');
    if (state !== 'missing') await server.query(`UPDATE "${schema}".pw_meta SET version = ${state === 'older' ? 0 : 99}`);
    const refused = await planwrightOn(makeTemporaryFolder(), url)('worker', '--json');
    expect(refused.code).toBe(2);
    const { error } = JSON.parse(refused.stdout);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  test('it says what it takes', async () => {
    const [folder, url] = [makeTemporaryFolder(), await makeStore(server)];
    const takes = async (...args: string[]) => (await startWorkerCommand(folder, url, { args })).takes;
    expect(
      await Promise.all([takes(), takes('--no-runs'), takes('--roles', 'a', 'b,c'), takes('--roles', 'a', '--runs')]),
    ).toEqual(['all roles and runs', 'all roles', 'a, b, c', 'a and runs']);
  }, 60_000);
});
