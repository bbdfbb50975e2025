/** Traces of runs that worker processes carry out on one PostgreSQL: whoever drives a run sends all of its spans. */
import { exportTrace, openStore } from 'planwright';
import { startScriptedServer } from 'planwright/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCommand } from '../cli/command-process.ts';
import { answerByName, namingTeam, planOf, writeInputs } from '../cluster/small-cluster.ts';
import { makeStore, startWorkerCommand, until } from '../cluster/worker-command.ts';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';
import { type PostgresServer, postgresAvailability, startPostgres } from '../support/postgres.ts';
import { step } from '../support/small-team.ts';
import { findFaults, sumOf } from '../support/span-tree.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const { skip, because } = postgresAvailability();
const plan = planOf(step('a'), step('b'), step('c', 'writer', ['a', 'b']), step('d', 'finder', ['c']));
const lifetime = ['--lifetime-s', '3'];

describe.skipIf(skip)(`traces of workers’ runs${because}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.remove());

  test('the driver sends the spans of calls that others made, and they send none', async () => {
    const [folder, url] = [makeTemporaryFolder(), await makeStore(server)];
    await using model = await startScriptedServer(answerByName);
    await using receiver = await startOtlpReceiver();
    writeInputs(folder, namingTeam(model.url), plan);
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
    await Promise.all([
      startWorkerCommand(folder, url, { args: ['--roles', 'finder'], env: { ...env, WORKER: 'one' } }),
      startWorkerCommand(folder, url, { args: ['--roles', 'writer'], env: { ...env, WORKER: 'two' } }),
      startWorkerCommand(folder, url, { args: ['--roles', 'nobody', '--runs'], env: { ...env, WORKER: 'three' } }),
    ]);
    const run = await startCommand(folder, ['run', '--plan', 'plan.json', '--team', 'team.json', '--store', url, '--json'], {
      env: { WORKER: 'client' },
    }).ended;
    const { status, ledger } = JSON.parse(run.stdout);
    expect(status).toBe('succeeded');
    await until(() => receiver.spans().length >= 9, 'all spans have come');
    const spans = receiver.spans();
    expect(findFaults(spans)).toEqual([]);
    expect(spans).toHaveLength(1 + 4 + 4);
    expect(sumOf(spans, 'gen_ai.usage.output_tokens')).toBe(ledger.outputTokens);
    expect(model.requests.map(({ body }) => body.model).toSorted()).toEqual(['one', 'one', 'one', 'two']);
    expect(spans.filter(({ name }) => name.startsWith('chat'))).toHaveLength(4);
  }, 60_000);

  test('another driver goes on in the same trace when one is killed; what it had not sent is in the store', async () => {
    const [folder, url] = [makeTemporaryFolder(), await makeStore(server)];
    await using model = await startScriptedServer(answerByName, { latencyMs: 400 });
    await using receiver = await startOtlpReceiver();
    writeInputs(folder, namingTeam(model.url), plan);
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '50' };
    const [, first] = await Promise.all([
      startWorkerCommand(folder, url, { args: ['--roles', 'finder', 'writer', ...lifetime], env: { ...env, WORKER: 'one' } }),
      startWorkerCommand(folder, url, { args: ['--roles', 'nobody', '--runs', ...lifetime], env: { ...env, WORKER: 'two' } }),
    ]);
    const run = startCommand(folder, ['run', '--plan', 'plan.json', '--team', 'team.json', '--store', url, '--json'], {
      env: { WORKER: 'client' },
    });
    await run.untilSaid('c  writer  started');
    await until(() => receiver.spans().length > 0, 'the first driver has sent spans');
    process.kill(first.pid, 'SIGKILL');
    await startWorkerCommand(folder, url, {
      args: ['--roles', 'nobody', '--runs', ...lifetime],
      env: { ...env, WORKER: 'three' },
    });
    const { runId, status } = JSON.parse((await run.ended).stdout);
    expect(status).toBe('succeeded');
    await until(() => receiver.spans().some(({ parentSpanId }) => parentSpanId === ''), 'the run’s own span has come');
    const live = receiver.spans();
    expect(new Set(live.map(({ spanId }) => spanId)).size).toBe(live.length);
    const store = await openStore(url);
    await using later = await startOtlpReceiver();
    const { traceId, spans, lost } = await exportTrace(store, runId, { endpoint: later.url });
    await store.close();
    expect({ spans, lost }).toEqual({ spans: 9, lost: 0 });
    expect(findFaults(later.spans())).toEqual([]);
    expect(new Set(live.map((span) => span.traceId))).toEqual(new Set([traceId]));
    const known = new Map(later.spans().map((span) => [span.spanId, span]));
    for (const { spanId, name, startNs, endNs } of live) expect(known.get(spanId)).toMatchObject({ name, startNs, endNs });
  }, 60_000);
});
