/** Spans out of a store: of calls that other processes put there while a run goes on, and of whole runs afterwards. */
import { exportTrace, MemoryStore, reportRun, runTask } from 'planwright';
import { expect, test } from 'vitest';
import { readSetup } from '../../src/engine/run-setup.ts';
import { deriveTrace } from '../../src/interop/otel/export-trace.ts';
import { openRunTelemetry } from '../../src/interop/otel/run-telemetry.ts';
import { keepRuns, keptRuns } from '../support/kept-runs.ts';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';
import { planText, playModel, smallTeam, step } from '../support/small-team.ts';
import { findFaults, sumOf } from '../support/span-tree.ts';

test('calls that others put into the store are sent once, each in its place, whenever they are seen', async () => {
  const done = new MemoryStore();
  const { runId } = await runTask({
    task: 't',
    team: smallTeam,
    model: playModel((call) =>
      call.schema === 'plan' ? planText(step('a'), step('b'), step('c', 'writer', ['a', 'b'])) : 'done',
    ),
    strategy: 'team',
    store: done,
  });
  const record = await done.getRun(runId);
  if (record === undefined) throw new Error('The run is not there.');
  const entries = await done.readEvents(runId);
  const calls = await done.listCalls(runId);
  // The driver comes to a run that another process has entered; every call of it is another process's.
  const store = new MemoryStore();
  await store.createRun({ ...record, status: 'running', endedMs: null, endReason: null });
  await store.appendEvents(runId, entries.slice(0, 1));
  await using receiver = await startOtlpReceiver();
  const telemetry = await openRunTelemetry({
    store,
    rootRunId: runId,
    team: readSetup(record.setup).team,
    telemetry: { endpoint: receiver.url },
    env: {},
    isShared: true,
  });
  await telemetry.begin();
  for (const entry of entries.slice(1)) {
    for (const call of calls.splice(0, 1)) await store.putCall(call);
    await store.appendEvents(runId, [entry]);
    telemetry.enter(runId, [entry]);
  }
  await telemetry.close();
  const spans = receiver.spans();
  expect(findFaults(spans)).toEqual([]);
  const whole = await deriveTrace(done, runId);
  expect(spans.map(({ spanId }) => spanId).toSorted()).toEqual(whole.map(({ spanId }) => spanId).toSorted());
});

test('runs of every kind can be exported from their store: workspaces, waiting for people, a fork', async () => {
  const store = new MemoryStore();
  await keepRuns(store);
  for (const runId of keptRuns) {
    await using receiver = await startOtlpReceiver();
    const { lost } = await exportTrace(store, runId, { endpoint: receiver.url, captureContent: true });
    expect(lost).toBe(0);
    const { status, ledger, forkedFrom } = await reportRun(store, runId);
    const spans = receiver.spans();
    const hasEnded = status !== 'waiting' && status !== 'interrupted';
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
    expect(hasEnded ? findFaults(spans) : []).toEqual([]);
    // A fork's ledger leaves out what its parent has spent.
    const tokens = sumOf(spans, 'gen_ai.usage.output_tokens');
    expect(forkedFrom === undefined ? tokens : Math.min(tokens, ledger.outputTokens)).toBe(ledger.outputTokens);
  }
});
