/** A server on a store that workers meet in: they do the work where there are any, else the server does. */
import type { RunReport } from 'planwright';
import { followRun } from 'planwright/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeStore, startWorkerCommand } from '../cluster/worker-command.ts';
import { type PostgresServer, postgresAvailability, startPostgres } from '../support/postgres.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { type Serving, serve, token, until } from './serving.ts';

const { skip, because } = postgresAvailability();

async function start({ ask }: Serving, body: object): Promise<{ runId: string; drivenBy: string }> {
  const { status, json } = await ask('POST', '/api/runs', { body });
  expect(status).toBe(201);
  return json as { runId: string; drivenBy: string };
}

async function follow(serving: Serving, runId: string): Promise<string[]> {
  const types: string[] = [];
  for await (const message of followRun({ url: serving.url, runId, token })) {
    types.push(message.name === 'run-event' ? message.data.event.type : message.name);
  }
  return types;
}

describe.skipIf(skip)(`workers${because}`, () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await startPostgres();
  }, 60_000);
  afterAll(async () => postgres?.remove());

  const task = { task: 'What is 6 times 7? What is 2 plus 2?', strategy: 'team' };

  test('without one the server drives the run', async () => {
    await using serving = await serve({ store: await makeStore(postgres) });
    const { runId, drivenBy } = await start(serving, task);
    expect(drivenBy).toBe('server');
    const types = await follow(serving, runId);
    expect(types.filter((type) => type === 'run-ended' || type === 'end')).toEqual(['run-ended', 'end']);
    const { json } = await serving.ask('GET', '/api/server');
    expect((json as { store: string }).store).toMatch(/^postgres:\/\/.*127\.0\.0\.1/);
  }, 60_000);

  test('with one it hands the run over, follows it, and hands over the answers', async () => {
    const url = await makeStore(postgres);
    await using serving = await serve({ store: url });
    await startWorkerCommand(makeTemporaryFolder(), url);
    const { runId, drivenBy } = await start(serving, { ...task, approve: true });
    expect(drivenBy).toBe('workers');
    const following = follow(serving, runId);
    const read = async () => (await serving.ask('GET', `/api/runs/${runId}`)).json as RunReport;
    await until(async () => (await read()).status === 'waiting', 30_000);
    const answered = await serving.ask('POST', `/api/runs/${runId}/approve`, { body: { decision: 'approve' } });
    expect(answered).toMatchObject({ status: 202, json: { drivenBy: 'workers' } });
    const types = await following;
    expect(types).toContain('plan-approved');
    expect(types.at(-1)).toBe('end');
    expect((await read()).status).toBe('succeeded');
    expect(serving.errors).toEqual([]);
  }, 90_000);
});
