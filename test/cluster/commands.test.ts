/** The commands about runs, where workers drive them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ScriptedServer, startScriptedServer } from '../../src/testing/index.ts';
import { startCommand } from '../cli/command-process.ts';
import { type PostgresServer, postgresAvailability, startPostgres } from '../support/postgres.ts';
import { step } from '../support/small-team.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { answerByName, namingTeam, planOf, subtaskOf, writeInputs } from './small-cluster.ts';
import { makeStore, planwrightOn, startWorkerCommand, until } from './worker-command.ts';

const start = ({ folder, url }: { folder: string; url: string }, ...more: string[]) =>
  startCommand(folder, ['run', '--plan', 'plan.json', '--team', 'team.json', ...more], {
    env: { PLANWRIGHT_STORE: url, WORKER: 'client' },
  });
const detach = async (cluster: { folder: string; url: string }, ...more: string[]) =>
  (await start(cluster, '--detach', ...more).ended).stdout.trim();
const lastOf = async (cluster: { planwright: ReturnType<typeof planwrightOn> }, runId: string) =>
  JSON.parse((await cluster.planwright('show', runId, '--json')).stdout);

const { skip, because } = postgresAvailability();

describe.skipIf(skip)(`runs at workers, from the command line${because}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.remove());

  /** A worker and a team whose subtask `held` gets its answer when `free` is called. */
  const prepare = async (workerArgs: string[] = []) => {
    const [folder, url] = [makeTemporaryFolder(), await makeStore(server)];
    const freed = Promise.withResolvers<void>();
    const model = await startScriptedServer(async (request) => {
      if (subtaskOf(request) === 'held') await freed.promise;
      return answerByName(request);
    });
    writeInputs(folder, namingTeam(model.url), planOf(step('a'), step('held', 'writer', ['a'])));
    const worker = await startWorkerCommand(folder, url, { args: workerArgs, env: { WORKER: 'w' } });
    return { folder, url, model, worker, free: freed.resolve, planwright: planwrightOn(folder, url) };
  };

  test('run --detach prints the id, show tells how it goes, resume follows to the end', async () => {
    const cluster = await prepare();
    await using model: ScriptedServer = cluster.model;
    const detached = await start(cluster, '--detach').ended;
    expect(detached).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d{8}-\S+\n$/) });
    const runId = detached.stdout.trim();
    await model.received(2);
    expect(await lastOf(cluster, runId)).toMatchObject({
      status: 'running',
      subtasks: [{ status: 'succeeded' }, { status: 'running' }],
    });
    const following = startCommand(cluster.folder, ['resume', runId], { env: { PLANWRIGHT_STORE: cluster.url } });
    await following.untilSaid('held  writer  started').catch(() => {});
    cluster.free();
    expect(await following.ended).toMatchObject({ code: 0, stdout: 'did held\n' });
    expect(model.requests).toHaveLength(2);
    const json = await start(cluster, '--detach', '--json').ended;
    expect(JSON.parse(json.stdout)).toEqual({ runId: expect.any(String), status: 'running' });
  }, 60_000);

  test('Ctrl-C while following ends the following only, and says so', async () => {
    const cluster = await prepare();
    await using model: ScriptedServer = cluster.model;
    const run = start(cluster);
    await model.received(2);
    await run.untilSaid('held  writer  started');
    run.child.kill('SIGINT');
    const { code, stderr } = await run.ended;
    expect(code).toBe(130);
    const [, runId = ''] = /The run goes on at its workers\. Look at it with: planwright show (\S+)/.exec(stderr) ?? [];
    expect(stderr).not.toContain('Interrupted');
    cluster.free();
    await until(async () => (await lastOf(cluster, runId)).status === 'succeeded', 'it ends');
    expect(model.requests).toHaveLength(2);
  }, 60_000);

  test('Ctrl-C while following a run that is still on the queue says so too', async () => {
    const cluster = await prepare(['--run-concurrency', '1']);
    await using model: ScriptedServer = cluster.model;
    const first = await detach(cluster);
    await model.received(2);
    const run = start(cluster);
    await run.untilSaid('a  finder  started');
    run.child.kill('SIGINT');
    const { code, stderr } = await run.ended;
    expect({ code, said: stderr }).toEqual({ code: 130, said: expect.stringContaining('The run goes on at its workers.') });
    expect(stderr).not.toContain('Interrupted');
    const [, runId = ''] = /planwright show (\S+)/.exec(stderr) ?? [];
    cluster.free();
    for (const id of [first, runId]) await until(async () => (await lastOf(cluster, id)).status === 'succeeded', `${id} ends`);
  }, 60_000);

  test('cancel reaches a run that waits on the queue, and one that is under way', async () => {
    const cluster = await prepare(['--run-concurrency', '1']);
    await using model: ScriptedServer = cluster.model;
    const running = await detach(cluster);
    await model.received(2);
    const queued = await detach(cluster);
    expect((await cluster.planwright('cancel', queued)).code).toBe(0);
    await until(async () => (await lastOf(cluster, queued)).status === 'cancelled', 'the queued run is cancelled');
    expect((await cluster.planwright('cancel', running, '--reason', 'Enough.')).code).toBe(0);
    await until(async () => (await lastOf(cluster, running)).status === 'cancelled', 'the running one is cancelled');
    expect(await lastOf(cluster, running)).toMatchObject({ detail: expect.stringContaining('Enough.') });
    await until(() => model.requests[1]?.abandoned === true, 'the call under way was stopped');
    // The worker is free for the next.
    cluster.free();
    expect(await start(cluster).ended).toMatchObject({ code: 0, stdout: 'did held\n' });
    expect(model.requests).toHaveLength(4);
  }, 90_000);

  test('approve goes on with a plan and with an attempt that waited', async () => {
    const cluster = await prepare();
    await using model: ScriptedServer = cluster.model;
    cluster.free();
    const team = namingTeam(model.url) as { roles: Record<string, object> };
    Object.assign(team.roles['writer'] ?? {}, { approval: 'required' });
    writeFileSync(join(cluster.folder, 'team.json'), JSON.stringify(team));
    const first = await start(cluster, '--approve', '--json').ended;
    expect(first.code).toBe(4);
    const { runId, status } = JSON.parse(first.stdout);
    expect(status).toBe('waiting');
    expect(model.requests).toHaveLength(0);
    const second = await cluster.planwright('approve', runId, '--json');
    expect({ code: second.code, ...JSON.parse(second.stdout) }).toMatchObject({
      code: 4,
      status: 'waiting',
      waiting: [{ subtaskId: 'held' }],
    });
    const third = await cluster.planwright('approve', runId);
    expect(third).toMatchObject({ code: 0, stdout: 'did held\n' });
    expect(model.requests.map(({ body }) => body.model)).toEqual(['w', 'w']);
  }, 60_000);
});
