/** A role that is a remote agent, where workers carry the work out: the secret is the worker's, and so is the crash. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from 'planwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveSdkAgent, states, text } from '../a2a/support.ts';
import { startCommand } from '../cli/command-process.ts';
import { type PostgresServer, postgresAvailability, startPostgres } from '../support/postgres.ts';
import { step } from '../support/small-team.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { makeStore, startWorkerCommand, until } from './worker-command.ts';

const { skip, because } = postgresAvailability();

describe.skipIf(skip)(`a remote role at workers${because}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.remove());

  test('a worker that is killed while the agent is at work is followed by one that finds the agent’s task', async () => {
    const held = Promise.withResolvers<void>();
    await using agent = await serveSdkAgent(async ({ publish }) => {
      publish.state(states.working, 'begun');
      await held.promise;
      publish.artifact([text('after all')]);
      publish.state(states.completed);
    });
    const [folder, url] = [makeTemporaryFolder(), await makeStore(server)];
    const a2a = { url: agent.url, headers: { 'x-key': '{env:AGENT_KEY}' } };
    writeFileSync(join(folder, 'team.json'), JSON.stringify({ roles: { remote: { a2a } } }));
    writeFileSync(join(folder, 'plan.json'), JSON.stringify({ version: 1, task: 't', subtasks: [step('a', 'remote')] }));
    const worker = { args: ['--lifetime-s', '3'], env: { AGENT_KEY: 'a-key-of-the-agent' } };
    const first = await startWorkerCommand(folder, url, worker);
    const client = startCommand(folder, ['run', '--plan', 'plan.json', '--team', 'team.json'], {
      env: { PLANWRIGHT_STORE: url },
    });
    const store = await openStore(url);
    const isSent = async (): Promise<boolean> => {
      const [run] = await store.listRuns();
      return (await store.findCall(`${run?.runId}/a/1/1/0`)) !== undefined;
    };
    await until(isSent, 'the agent’s task is journaled');
    await store.close();
    first.child.kill('SIGKILL');
    await startWorkerCommand(folder, url, worker);
    held.resolve();
    expect(await client.ended).toMatchObject({ code: 0, stdout: 'after all\n' });
    expect(agent.messages).toHaveLength(1);
    expect(agent.headers.every((headers) => headers['x-key'] === 'a-key-of-the-agent')).toBe(true);
  }, 60_000);
});
