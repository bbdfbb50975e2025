/** `planwright serve` as a process: it says where it is, leaves when it is told to, and what it left goes on at the next one. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from 'planwright';
import { type FollowedMessage, followRun } from 'planwright/client';
import { startScriptedServer } from 'planwright/testing';
import { expect, test } from 'vitest';
import { type CommandProcess, runCommand, startCommand } from '../cli/command-process.ts';
import { answerByName, subtaskOf } from '../cluster/small-cluster.ts';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { planOf, smallDefinition, step } from './played-team.ts';
import { until } from './serving.ts';

const token = 'a-token-of-the-command';
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

async function startServe(
  folder: string,
  args: string[],
): Promise<CommandProcess & { url: string; link: string; store: string }> {
  const command = startCommand(folder, ['serve', '--port', '0', '--json', ...args], { env: { PLANWRIGHT_TOKEN: token } });
  await until(() => command.output.stdout.includes('}\n') || command.child.exitCode !== null);
  return { ...command, ...(JSON.parse(command.output.stdout) as { url: string; link: string; store: string }) };
}

const statusAt = async (url: string, runId: string) =>
  ((await (await fetch(`${url}/api/runs/${runId}`, { headers })).json()) as { status: string }).status;

test('SIGTERM in mid-run ends its streams and leaves the run to be resumed, which the next server does', async () => {
  const folder = makeTemporaryFolder();
  const freed = Promise.withResolvers<void>();
  const model = await startScriptedServer(async (request) => {
    if (subtaskOf(request) === 'held') await freed.promise;
    return answerByName(request);
  });
  writeFileSync(join(folder, 'team.json'), JSON.stringify({ ...smallDefinition, model: `${model.url}#any` }));
  const first = await startServe(folder, ['--team', 'team.json']);
  expect(first.store).toBe(join(folder, '.planwright/planwright.db'));
  const body = JSON.stringify({ team: 'small', plan: planOf(step('a'), step('held', 'writer', ['a'])) });
  const started = await fetch(`${first.url}/api/runs`, { method: 'POST', headers, body });
  const { runId } = (await started.json()) as { runId: string };
  const messages: FollowedMessage[] = [];
  const leaving = new AbortController();
  const broken = Promise.withResolvers<void>();
  const following = (async () => {
    const options = { url: first.url, runId, token, signal: leaving.signal, retryMs: 50, onBreak: () => broken.resolve() };
    for await (const message of followRun(options)) messages.push(message);
  })();
  const types = () => messages.flatMap(({ name, data }) => (name === 'run-event' ? [data.event.type] : []));
  await until(() => types().filter((type) => type === 'attempt-started').length === 2);
  first.child.kill('SIGTERM');
  expect((await first.ended).code).toBe(0);
  await broken.promise;
  leaving.abort();
  await following;
  expect(messages.map(({ name }) => name)).not.toContain('end');
  const listed = await runCommand(folder, ['runs', '--json']);
  expect(JSON.parse(listed.stdout)).toMatchObject({ runId, status: 'interrupted' });

  freed.resolve();
  const second = await startServe(folder, []);
  expect((await fetch(`${second.url}/api/runs/${runId}/resume`, { method: 'POST', headers })).status).toBe(202);
  await until(async () => (await statusAt(second.url, runId)) === 'succeeded');
  second.child.kill('SIGINT');
  expect((await second.ended).code).toBe(0);
  const store = await openStore(join(folder, '.planwright'));
  // The call that had been answered was not made again.
  expect((await store.listCalls(runId)).filter(({ subtaskId }) => subtaskId === 'a')).toHaveLength(1);
  await store.close();
  await model.close();
}, 60_000);

test('--otlp sends the runs that it drives as traces', async () => {
  await using receiver = await startOtlpReceiver();
  const server = await startServe(makeTemporaryFolder(), ['--otlp', receiver.url]);
  const body = JSON.stringify({ task: 'What is 6 times 7?', strategy: 'single' });
  const { runId } = (await (await fetch(`${server.url}/api/runs`, { method: 'POST', headers, body })).json()) as {
    runId: string;
  };
  await until(() => receiver.spans().some(({ name }) => name.startsWith('invoke_workflow')));
  expect(new Set(receiver.spans().map(({ attributes }) => attributes['planwright.run.root_id']))).toEqual(new Set([runId]));
  server.child.kill('SIGTERM');
  expect((await server.ended).code).toBe(0);
}, 30_000);

test.each([
  [['--host', '0.0.0.0'], 'PLANWRIGHT_TOKEN'],
  [['--token', 'short'], '16 to 500'],
  [['--port', '70000'], 'port from 0 to 65535'],
  [['--files-root', 'nowhere'], 'no folder "nowhere"'],
  [['--team', 'nobody'], 'nobody'],
])('refuses %j and says why', async (args, why) => {
  const { code, stderr } = await runCommand(makeTemporaryFolder(), ['serve', '--port', '0', ...args]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(why) });
});
