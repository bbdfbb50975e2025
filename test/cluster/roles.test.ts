/** Which worker takes what. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startScriptedServer } from '../../src/testing/index.ts';
import { startCommand } from '../cli/command-process.ts';
import { type PostgresServer, postgresAvailability, startPostgres } from '../support/postgres.ts';
import { step } from '../support/small-team.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { answerByName, namingTeam, planOf, subtaskOf, writeInputs } from './small-cluster.ts';
import { makeStore, planwrightOn, startWorkerCommand, until, withEngine } from './worker-command.ts';

const { skip, because } = postgresAvailability();

describe.skipIf(skip)(`workers by role${because}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.remove());

  const plan = planOf(step('a'), step('b'), step('c', 'writer', ['a', 'b']), step('d', 'finder', ['c']));

  test('each takes only its roles; a run waits for a role that nobody takes, and says so', async () => {
    const [folder, url] = [makeTemporaryFolder(), await makeStore(server)];
    await using model = await startScriptedServer(answerByName);
    writeInputs(folder, namingTeam(model.url), plan);
    const [finder, driver] = await Promise.all([
      startWorkerCommand(folder, url, { args: ['--roles', 'finder'], env: { WORKER: 'one' } }),
      startWorkerCommand(folder, url, { args: ['--roles', 'nobody', '--runs'], env: { WORKER: 'two' } }),
    ]);
    expect([finder.takes, driver.takes]).toEqual(['finder', 'nobody and runs']);
    const cards = await withEngine(url, (engine) => engine.workers());
    expect(cards.map(({ roles, runs }) => ({ roles, runs })).toSorted((a, b) => Number(a.runs) - Number(b.runs))).toEqual([
      { roles: ['finder'], runs: false },
      { roles: ['nobody'], runs: true },
    ]);

    const run = startCommand(folder, ['run', '--plan', 'plan.json', '--team', 'team.json', '--store', url, '--json'], {
      env: { WORKER: 'client' },
    });
    await run.untilSaid('No worker takes writer, generalist now; subtasks of these roles wait for one.\n');
    await run.untilSaid('c  writer  started');
    await until(async () => (await server.query(queued(url)))[0]?.['queue_name'] === 'planwright.role.writer', 'it is queued');
    expect(model.requests.map((request) => `${subtaskOf(request)} by ${request.body.model}`).toSorted()).toEqual([
      'a by one',
      'b by one',
    ]);
    expect(run.child.exitCode).toBe(null);

    await startWorkerCommand(folder, url, { args: ['--roles', 'writer'], env: { WORKER: 'three' } });
    const { code, stdout } = await run.ended;
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, status: 'succeeded', deliverable: 'did d' });
    expect(model.requests.slice(2).map((request) => `${subtaskOf(request)} by ${request.body.model}`)).toEqual([
      'c by three',
      'd by one',
    ]);
  }, 60_000);

  test('without a worker that drives runs the command drives the run itself, and says so', async () => {
    const [folder, url] = [makeTemporaryFolder(), await makeStore(server)];
    await using model = await startScriptedServer(answerByName);
    writeInputs(folder, namingTeam(model.url), plan);
    await startWorkerCommand(folder, url, { args: ['--roles', 'finder'], env: { WORKER: 'one' } });
    const planwright = planwrightOn(folder, url);
    const detached = await planwright('run', '--plan', 'plan.json', '--team', 'team.json', '--detach');
    expect(detached).toMatchObject({ code: 2, stdout: '' });
    expect(detached.stderr).toContain('With --detach a worker has to be there that drives runs');
    const run = await startCommand(folder, ['run', '--plan', 'plan.json', '--team', 'team.json', '--store', url], {
      env: { WORKER: 'client' },
    }).ended;
    expect(run).toMatchObject({ code: 0, stdout: 'did d\n' });
    expect(run.stderr).toContain('No worker is there that drives runs: this process does the work.');
    expect(new Set(model.requests.map(({ body }) => body.model))).toEqual(new Set(['client']));
  }, 60_000);
});

function queued(url: string): string {
  const schema = new URL(url).searchParams.get('schema');
  return `SELECT queue_name FROM "${schema}".workflow_status WHERE status = 'ENQUEUED'`;
}
